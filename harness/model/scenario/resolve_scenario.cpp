#include "harness/model/expectations/expectation.h"
#include "harness/model/names.h"
#include "harness/model/plan/expansion.h"
#include "harness/model/resolve.h"
#include "harness/model/scenario/watches.h"
#include "harness/model/time.h"
#include "harness/model/wording.h"

namespace reprise {
namespace {

using nlohmann::json;

std::string default_patience(const json& plan) {
  Duration patience = 60s;
  json::json_pointer rto("/objectives/rto");
  if (plan.contains(rto)) {
    auto given = parse_duration(plan.at(rto).get<std::string>());
    if (given) patience = std::min(patience, *given);
  }
  return format_duration(patience);
}

class ScenarioResolution {
 public:
  ScenarioResolution(const ScenarioSource& source, const json& plan, const Vocabulary& vocabulary)
      : source_(source), plan_(plan), vocabulary_(vocabulary) {}

  json resolve(const std::vector<PlacedFault>& faults) {
    json out = source_.root();
    out.erase("vars");
    out.erase("for-each");
    for (const char* key : {"steady-state", "abort", "procedures"}) place_items(out, key);
    out["faults"] = json::array();
    for (const PlacedFault& fault : faults) {
      json one = fault.value;
      one["where"] = source_.where(fault.pointer).text();
      if (one.contains("when")) place_watch(one["when"], fault.pointer + "/when");
      out["faults"].push_back(std::move(one));
    }
    for (std::size_t i = 0; i < out["procedures"].size(); ++i) {
      json& one = out["procedures"][i];
      if (one.contains("when")) place_watch(one["when"], "/procedures" + segment(i) + "/when");
    }
    out["assertions"] = assertions();
    if (out.contains("leaves")) out["leaves"] = leaves(std::move(out.at("leaves")));
    json& steady = out["steady"];
    if (!steady.contains("for")) steady["for"] = "1s";
    if (!steady.contains("within")) steady["within"] = "15s";
    if (!out.contains("hold")) out["hold"] = "0s";
    if (!out.contains("patience")) {
      out["patience"] = default_patience(plan_);
      out["patience-by-default"] = true;
    }
    if (!out.contains("repeat")) out["repeat"] = 1;
    out["where"] = source_.where("").text();
    return out;
  }

 private:
  void place_items(json& out, const char* key) {
    json& list = out[key];
    if (list.is_null()) list = json::array();
    for (std::size_t i = 0; i < list.size(); ++i) {
      list[i]["where"] = source_.where(segment(key) + segment(i)).text();
    }
  }

  void place_watch(json& watch, const std::string& pointer) {
    watch["where"] = source_.where(pointer).text();
  }

  json assertions() {
    json out = json::array();
    const json& list = source_.root().at("assertions");
    std::set<std::string> names;
    for (const json& one : list) {
      if (one.contains("name")) names.insert(one.at("name").get<std::string>());
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
      out.push_back(assertion(list[i], "/assertions" + segment(i), names));
    }
    return out;
  }

  json assertion(const json& written, const std::string& pointer, std::set<std::string>& names) {
    json out;
    for (const KindInfo& kind : vocabulary_.assertions) {
      if (!written.contains(kind.name)) continue;
      out["kind"] = kind.name;
      out["options"] = written.at(kind.name);
    }
    out["objective"] = fill_objective(out["options"]);
    if (written.contains("name")) {
      out["name"] = written.at("name");
    } else {
      auto kind = out.at("kind").get<std::string>();
      auto name = kind;
      for (int i = 2; !names.insert(name).second; ++i) name = fmt::format("{}-{}", kind, i);
      out["name"] = name;
    }
    if (written.contains("known")) out["known"] = written.at("known");
    out["where"] = source_.where(pointer).text();
    return out;
  }

  // {home: down, reason: text} is {home: {level: down, reason: text}}.
  static json leaves(json written) {
    const json common = written.value("reason", json());
    written.erase("reason");
    for (json& one : written) {
      if (!one.is_object()) one = {{"level", one}};
      if (!one.contains("reason")) one["reason"] = common;
    }
    return written;
  }

  // Replaces `within: rto` by the plan's duration; tells which objective it was.
  std::string fill_objective(json& options) {
    if (!options.is_object()) return {};
    for (const char* key : objective_keys) {
      auto found = options.find(key);
      if (found == options.end() || (*found != "rto" && *found != "rpo")) continue;
      auto objective = found->get<std::string>();
      *found = plan_.at("objectives").at(objective);
      if (objective == "rpo") compress(*found);
      return objective;
    }
    return {};
  }

  void compress(json& objective) const {
    const auto given = source_.root().find("compress");
    if (given == source_.root().end()) return;
    const auto shorter = compressed(objective.get<std::string>(), *given);
    if (shorter) objective = format_duration(*shorter);
  }

  const ScenarioSource& source_;
  const json& plan_;
  const Vocabulary& vocabulary_;
};

void keep_expectation(const json& value, Kept& kept) {
  auto parsed = Expectation::parse(value);
  if (!parsed) return;  // a level name: its predicate is among the levels
  kept.pointers.merge(parsed->pointers());
  kept.headers.merge(parsed->headers());
  for (const auto& search : parsed->searches()) kept.searches.insert(search.written());
}

}  // namespace

void collect_kept(const json& value, KeptByProbe& kept) {
  if (auto levels = value.find("levels"); levels != value.end()) {
    for (const auto& [probe, by_level] : levels->items()) {
      for (const json& predicate : by_level) keep_expectation(predicate, kept[probe]);
    }
  }
  each_watch(value, "",
             [&](const PlacedWatch& watch) { keep_expectation(*watch.expect, kept[watch.probe]); });
}

json resolve_scenario(const ScenarioSource& source, const std::vector<PlacedFault>& faults,
                      const json& plan, const Vocabulary& vocabulary) {
  return ScenarioResolution(source, plan, vocabulary).resolve(faults);
}

}  // namespace reprise
