#include "harness/model/scenario/predicate_names.h"

#include <algorithm>

#include "harness/model/expectations/predicate_flaws.h"
#include "harness/model/scenario/watches.h"
#include "harness/model/wording.h"

namespace reprise {
namespace {

using nlohmann::json;

class PredicateNames {
 public:
  PredicateNames(const json& plan, const Vocabulary& vocabulary, Mentions& mentions)
      : plan_(plan), vocabulary_(vocabulary), mentions_(mentions) {}

  void scenario(const json& root) {
    for (const auto& [key, value] : root.items()) {
      if (key == "vars" || key == "for-each") continue;
      if (key == "levels") {
        levels(value);
      } else if (value.is_structured()) {
        watches(value, segment(key));
      }
    }
  }

  void plan() {
    const auto& system = plan_.at("system");
    if (system.contains("procedures")) {
      watches(system.at("procedures"), "/system/procedures");
      for (const auto& [name, procedure] : system.at("procedures").items()) {
        const json& steps = procedure.at("steps");
        for (std::size_t i = 0; i < steps.size(); ++i) {
          step(steps[i], "/system/procedures" + segment(name) + "/steps" + segment(i));
        }
      }
    }
    if (!plan_.contains("ledgers")) return;
    for (const auto& [name, ledger] : plan_.at("ledgers").items()) {
      const json& write = ledger.at("write");
      if (!write.contains("acknowledged")) continue;
      const auto at = "/ledgers" + segment(name) + "/write/acknowledged";
      one(write.at("acknowledged"), write, at);
    }
  }

 private:
  void levels(const json& by_probe) {
    for (const auto& [probe, levels] : by_probe.items()) {
      for (const auto& [level, predicate] : levels.items()) {
        of_probe(predicate, probe, "/levels" + segment(probe) + segment(level));
      }
      shadowed(levels, "/levels" + segment(probe) + "/degraded");
    }
  }

  // Nominal is tried first: what demands as much and more is never degraded.
  void shadowed(const json& levels, const std::string& at) {
    if (!levels.contains("nominal") || !levels.contains("degraded")) return;
    const json& nominal = levels.at("nominal");
    const json& degraded = levels.at("degraded");
    if (!nominal.is_object() || !degraded.is_object()) return;
    if (degraded.contains("outcome") && !nominal.contains("outcome")) return;  // not answered
    json both = degraded;
    both.merge_patch(nominal);
    if (both != degraded) return;
    mentions_.add(at, "whatever meets this meets nominal too, so no sample is ever degraded",
                  "let nominal demand what degraded does not show");
  }

  void watches(const json& value, const std::string& at) {
    each_watch(value, at, [&](const PlacedWatch& watch) {
      of_probe(*watch.expect, watch.probe, watch.pointer + "/expect");
    });
  }

  // A step that looks for itself.
  void step(const json& step, const std::string& at) {
    for (const KindInfo& kind : vocabulary_.steps) {
      const auto own = step.find(kind.name);
      if (kind.looks_as.empty() || own == step.end() || !own->is_object()) continue;
      if (!own->contains("expect")) continue;
      one(own->at("expect"), {{kind.looks_as, *own}}, at + segment(kind.name) + "/expect");
    }
  }

  void of_probe(const json& predicate, const std::string& probe, const std::string& at) {
    if (!mentions_.has("probe", probe)) return;  // has been said
    one(predicate, plan_.at("probes").at(probe), at);
  }

  void one(const json& predicate, const json& probe, const std::string& at) {
    if (mentions_.enough()) return;
    const auto kind = std::ranges::find_if(
        vocabulary_.probes, [&](const ProbeInfo& one) { return probe.contains(one.name); });
    if (kind == vocabulary_.probes.end()) return;
    for (Flaw& flaw : flaws_of(predicate, *kind, probe)) {
      mentions_.add(at + flaw.pointer, std::move(flaw.what), std::move(flaw.remedy));
    }
  }

  const json& plan_;
  const Vocabulary& vocabulary_;
  Mentions& mentions_;
};

}  // namespace

void check_scenario_predicates(const json& scenario, const json& plan, const Vocabulary& vocabulary,
                               Mentions& mentions) {
  PredicateNames(plan, vocabulary, mentions).scenario(scenario);
}

void check_plan_predicates(const json& plan, const Vocabulary& vocabulary, Mentions& mentions) {
  PredicateNames(plan, vocabulary, mentions).plan();
}

}  // namespace reprise
