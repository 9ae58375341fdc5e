#include "harness/model/scenario/assertion_names.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "harness/model/expectations/pattern.h"
#include "harness/model/expectations/predicate_flaws.h"
#include "harness/model/names.h"
#include "harness/model/wording.h"

namespace reprise {
namespace {

using nlohmann::json;

class AssertionNames {
 public:
  AssertionNames(const ScenarioSource& source, const std::vector<PlacedFault>& faults,
                 const json& plan, const Vocabulary& vocabulary, Mentions& mentions)
      : source_(source),
        faults_(faults),
        plan_(plan),
        vocabulary_(vocabulary),
        mentions_(mentions),
        steady_(steady_probes(source.root())) {
    for (const PlacedFault& fault : faults) {
      auto id = fault.value.at("id").get<std::string>();
      if (std::ranges::find(ids_, id) == ids_.end()) ids_.push_back(std::move(id));
    }
  }

  void check() {
    const json& list = source_.root().at("assertions");
    std::map<std::string, std::string> names;
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto at = "/assertions" + segment(i);
      if (list[i].contains("name")) unique(list[i].at("name").get<std::string>(), at, names);
      for (const KindInfo& kind : vocabulary_.assertions) {
        if (list[i].contains(kind.name)) assertion(list[i], kind, at);
      }
    }
  }

 private:
  void unique(const std::string& name, const std::string& at,
              std::map<std::string, std::string>& names) {
    const auto [first, fresh] = names.emplace(name, at);
    if (fresh) return;
    mentions_.add(at + "/name", fmt::format("the name {} is given twice", in_quotes(name)),
                  "first at " + source_.where(first->second).text());
  }

  void assertion(const json& one, const KindInfo& kind, const std::string& at) {
    const json& options = one.at(kind.name);
    const auto place = at + segment(kind.name);
    if (options.is_object()) {
      objectives(options, place);
      contradictions(options, place);
      incident(options, kind, place);
      if (options.contains("run")) run(options.at("run"), place + "/run");
      if (options.contains("service")) {
        mentions_.check_started(options.at("service"), place + "/service");
      }
      if (options.contains("sustained")) {
        mentions_.check_positive(options.at("sustained"), place + "/sustained");
      }
      if (!kind.probe_kind.empty()) {
        mentions_.check_probe_kind(options.at("probe"), kind.probe_kind, place + "/probe");
      }
      if (options.value("during", "") == "fault") lasting_fault(place + "/during");
      well(options, kind, place);
      if (options.contains("matches")) lines(options, place);
      if (kind.of_good_answers) invariant(options, kind, place + "/expect");
      if (kind.due_in_fault) due(options, place);
    }
    if (one.contains("known")) known(one.at("known"), options, kind, at + "/known");
  }

  void run(const json& procedure, const std::string& at) {
    mentions_.check_name("procedure", procedure, at);
    const auto runs = source_.root().value("procedures", json::array());
    const bool is_run =
        std::ranges::any_of(runs, [&](const json& one) { return one.at("run") == procedure; });
    if (is_run || !mentions_.has("procedure", procedure.get<std::string>())) return;
    mentions_.add(at,
                  fmt::format("the scenario does not run the procedure {}",
                              in_quotes(procedure.get<std::string>())),
                  "add it under procedures");
  }

  void invariant(const json& options, const KindInfo& kind, const std::string& at) {
    const auto name = options.at("probe").get<std::string>();
    if (!mentions_.has("probe", name)) return;  // has been said
    const json& probe = plan_.at("probes").at(name);
    for (const ProbeInfo& looks : vocabulary_.probes) {
      if (!probe.contains(looks.name) || is_invariant(options.at("expect"), looks)) continue;
      mentions_.add(
          at, fmt::format("every good answer meets this, and '{}' looks at no other", kind.name),
          "demand something of what the answers say");
    }
  }

  // Of a service's output.
  void lines(const json& options, const std::string& at) {
    const auto pattern = Pattern::compile_for_lines(options.at("matches").get<std::string>());
    if (!pattern) return mentions_.add(at + "/matches", pattern.error().what);
    const bool any = pattern->found_in("") && !options.value("absent", false);
    if (!any || options.contains("at-least")) return;
    mentions_.add(at + "/matches", "every line matches this",
                  "say what the line holds; \".\" is any line that is not empty");
  }

  // A service that is down has neither recovered nor fallen back on anything.
  void well(const json& options, const KindInfo& kind, const std::string& at) {
    const bool returns = kind.due_in_fault || !kind.lasting_failure.empty();
    if (!returns || options.value("expect", json()) != "down") return;
    mentions_.add(at + "/expect", fmt::format("'{}' cannot expect 'down'", kind.name),
                  "say how the probe looks then: nominal, degraded, or a predicate");
  }

  // What only happens is over at once: its window ends where the heal phase begins.
  void lasting_fault(const std::string& at) {
    if (faults_.size() != 1) return;  // from the first to the last there is time
    const json& fault = faults_.front().value;
    if (fault.value(json::json_pointer("/repeat/times"), 1) > 1) return;
    if (nature_of(vocabulary_, fault) != Nature::event) return;
    const auto hold = time_of(source_.root(), "hold").value_or(Duration::zero());
    if (hold > Duration::zero()) return;
    mentions_.add(at,
                  fmt::format("{} is over at once: nothing would be looked at",
                              fault.at("inject").get<std::string>()),
                  "give the scenario a 'hold', or leave 'during' out");
  }

  void objectives(const json& options, const std::string& at) {
    for (const auto& [key, value] : options.items()) {
      const bool objective = value == "rto" || value == "rpo";
      if (!objective || std::ranges::find(objective_keys, key) == objective_keys.end()) continue;
      auto name = value.get<std::string>();
      if (plan_.contains(json::json_pointer("/objectives" + segment(name)))) continue;
      mentions_.add(at + segment(key), fmt::format("the plan states no {}", name),
                    fmt::format("add objectives: {{{}: …}} to the plan", name));
    }
  }

  void contradictions(const json& options, const std::string& at) {
    if (!options.value("absent", false)) return;
    if (options.value("evidence", false)) {
      mentions_.add(at + "/evidence", "a line that must not come is no evidence",
                    "give either 'absent' or 'evidence'");
    }
    if (options.contains("at-least")) {
      mentions_.add(at + "/at-least",
                    fmt::format("a line that must not come cannot come {} times at least",
                                options.at("at-least").dump()),
                    "give either 'absent' or 'at-least'");
    }
  }

  // Where there are several faults, an assertion that counts from one says from which.
  void incident(const json& options, const KindInfo& kind, const std::string& at) {
    const auto given = options.find("incident");
    if (given == options.end()) {
      if (ids_.size() < 2 || !kind.counts.with(options)) return;
      return mentions_.add(at,
                           fmt::format("'{}' counts from a fault, and there are {}: {}", kind.name,
                                       ids_.size(), joined(ids_)),
                           "say incident: with the id of the one that is meant, or incident: each");
    }
    if (!given->is_string()) return;
    const auto name = given->get<std::string>();
    auto meant = ids_;
    if (kind.counts.ever) {
      if (name == "each") return;
      meant.emplace_back("each");
    }
    if (std::ranges::find(ids_, name) != ids_.end()) return;
    mentions_.add(at + "/incident", fmt::format("{} is not the id of a fault", in_quotes(name)),
                  suggestion(name, meant));
  }

  void known(const json& known, const json& options, const KindInfo& kind, const std::string& at) {
    date(known.at("until"), at + "/until");
    const auto failure = known.at("failure").get<std::string>();
    if (std::ranges::find(kind.failures, failure) == kind.failures.end()) {
      mentions_.add(at + "/failure",
                    fmt::format("{} is not a failure of '{}'", in_quotes(failure), kind.name),
                    suggestion(failure, kind.failures));
    }
    if (kind.lasting_failure.empty() || failure != kind.lasting_failure) return;
    const auto probe = options.value("probe", "");
    const bool left = source_.root().contains(json::json_pointer("/leaves" + segment(probe)));
    if (left || std::ranges::find(steady_, probe) == steady_.end()) return;
    mentions_.add(at + "/failure",
                  fmt::format("a known {} does not cover that the steady state of probe {} must "
                              "come back at the end",
                              failure, in_quotes(probe)),
                  fmt::format("add leaves: {{{}: {{level: down, reason: …}}}}", probe));
  }

  // The one from which it counts; null where that is not one alone.
  [[nodiscard]] const json* fault_of(const json& options) const {
    if (faults_.size() == 1) return &faults_.front().value;
    const json named = options.value("incident", json());
    const auto found = std::ranges::find_if(
        faults_, [&](const PlacedFault& fault) { return fault.value.at("id") == named; });
    return found != faults_.end() ? &found->value : nullptr;
  }

  // Healed when it is due, a miss could never be told.
  void due(const json& options, const std::string& at) {
    const json* fault = fault_of(options);
    if (fault == nullptr) return;
    const auto within = time_of(options, "within");
    const auto detect = time_of(options, "detect").value_or(Duration::zero());
    const auto lasting = time_of(*fault, "for");
    if (!within || !lasting || *lasting - *within > detect) return;
    mentions_.add(at + "/within",
                  fmt::format("due when the fault has been healed after {}: it could not fail",
                              format_duration(*lasting)),
                  "let the fault last longer than 'detect' and 'within' together");
  }

  [[nodiscard]] std::optional<Duration> time_of(const json& from, const char* key) const {
    json found = from.value(key, json());
    if (found == "rto") found = plan_.value(json::json_pointer("/objectives/rto"), json());
    if (!found.is_string()) return std::nullopt;
    const auto parsed = parse_duration(found.get<std::string>());
    return parsed ? std::optional(*parsed) : std::nullopt;
  }

  void date(const json& text, const std::string& at) {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    const auto& written = text.get_ref<const std::string&>();
    bool read = std::sscanf(written.c_str(), "%4d-%2u-%2u", &year, &month, &day) == 3;
    std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                     std::chrono::day(day)};
    if (!read || !date.ok()) {
      mentions_.add(at, fmt::format("there is no day {}", in_quotes(written)));
    }
  }

  const ScenarioSource& source_;
  const std::vector<PlacedFault>& faults_;
  const json& plan_;
  const Vocabulary& vocabulary_;
  Mentions& mentions_;
  std::vector<std::string> steady_;
  std::vector<std::string> ids_;  // rounds of one fault have one
};

}  // namespace

void check_assertion_names(const ScenarioSource& source, const std::vector<PlacedFault>& faults,
                           const json& plan, const Vocabulary& vocabulary, Mentions& mentions) {
  AssertionNames(source, faults, plan, vocabulary, mentions).check();
}

void check_leaves(const ScenarioSource& source, Mentions& mentions) {
  const auto leaves = source.root().find("leaves");
  if (leaves == source.root().end()) return;
  const auto steady = steady_probes(source.root());
  const bool common = leaves->contains("reason");
  if (leaves->size() == (common ? 1 : 0)) mentions.add("/leaves", "no probe is left at any level");
  for (const auto& [probe, one] : leaves->items()) {
    if (probe == "reason" || mentions.enough()) continue;
    const auto at = "/leaves" + segment(probe);
    if (std::ranges::find(steady, probe) == steady.end()) {
      mentions.add(at,
                   fmt::format("the probe {} is not in the steady state: nothing is demanded of it "
                               "at the end",
                               in_quotes(probe)),
                   suggestion(probe, steady));
    }
    if (!common && !(one.is_object() && one.contains("reason"))) {
      mentions.add(at, fmt::format("why {} is left so is not said", in_quotes(probe)),
                   fmt::format("write {}: {{level: …, reason: …}}; the report shows it", probe));
    }
  }
}

std::vector<std::string> steady_probes(const json& scenario) {
  std::vector<std::string> out;
  const auto list = scenario.find("steady-state");
  if (list == scenario.end()) return out;
  for (const json& watch : *list) out.push_back(watch.at("probe").get<std::string>());
  return out;
}

}  // namespace reprise
