#include <chrono>

#include "harness/model/names.h"
#include "harness/model/plan/expansion.h"
#include "harness/model/scenario/assertion_names.h"
#include "harness/model/scenario/level_names.h"
#include "harness/model/scenario/mentions.h"
#include "harness/model/scenario/predicate_names.h"
#include "harness/model/shapes/shapes.h"
#include "harness/model/wording.h"

namespace reprise {
namespace {

using nlohmann::json;

class ScenarioNames {
 public:
  ScenarioNames(const ScenarioSource& source, const std::vector<PlacedFault>& faults,
                const json& plan, const Vocabulary& vocabulary, Errors& errors)
      : source_(source),
        faults_(faults),
        plan_(plan),
        vocabulary_(vocabulary),
        mentions_(plan, [&source](const auto& pointer) { return source.where(pointer); }, errors) {}

  void check() {
    const json& root = source_.root();
    mentions_.check_shape(scenario_shape(vocabulary_), root, "");
    for (const auto& [key, value] : root.items()) {
      if (key == "title") {
        mentions_.check_literal(value, segment(key));
      } else if (key != "vars" && key != "for-each") {
        mentions_.check_references(value, segment(key));
      }
    }
    if (root.contains("levels")) {
      for (const auto& [probe, levels] : root.at("levels").items()) {
        mentions_.check_name("probe", probe, "/levels" + segment(probe));
      }
    }
    for (const PlacedFault& fault : faults_) ids_[fault.value.at("id")].push_back(&fault);
    for (const PlacedFault& fault : faults_) check_fault(fault);
    fault_order();
    procedures();
    if (root.contains("sustained")) mentions_.check_positive(root.at("sustained"), "/sustained");
    if (root.contains("compress")) compression(root.at("compress"));
    if (!root.contains("assertions")) {
      mentions_.add("", "the scenario has no assertions: nothing would be judged");
    } else {
      check_assertion_names(source_, faults_, plan_, vocabulary_, mentions_);
    }
    check_leaves(source_, mentions_);
    check_levels(source_, plan_, mentions_);
    check_scenario_predicates(root, plan_, vocabulary_, mentions_);
  }

 private:
  void start(const json& one, const std::string& at) {
    int given = 0;
    for (const char* key : {"at", "after", "when"}) given += one.contains(key) ? 1 : 0;
    if (given > 1) mentions_.add(at, "more than one of 'at', 'after' and 'when'");
    if (one.contains("delay") && !one.contains("after") && !one.contains("when")) {
      mentions_.add(at + "/delay", "'delay' without 'after' or 'when'", "use 'at'");
    }
    if (one.contains("after")) after(one.at("after").get<std::string>(), at);
  }

  void after(const std::string& id, const std::string& at) {
    if (mentions_.enough()) return;
    auto found = ids_.find(id);
    if (found == ids_.end()) {
      std::vector<std::string> known;
      for (const auto& [name, faults] : ids_) known.push_back(name);
      mentions_.add(at + "/after", fmt::format("{} is not the id of a fault", in_quotes(id)),
                    suggestion(id, known));
      return;
    }
    const json& fault = found->second.front()->value;
    if (is_condition(fault) && !fault.contains("for")) {
      mentions_.add(at + "/after",
                    fmt::format("the fault '{}' is not over before everything is healed", id),
                    "give it a 'for'");
    }
  }

  // Lasts until it is healed, as far as the vocabulary knows the kind.
  [[nodiscard]] bool is_condition(const json& fault) const {
    return nature_of(vocabulary_, fault) == Nature::condition;
  }

  void check_fault(const PlacedFault& fault) {
    const json& one = fault.value;
    const auto& same = ids_.at(one.at("id"));
    if (same.front() != &fault) {
      mentions_.add(
          fault.pointer + "/id",
          fmt::format("the id {} is given twice", in_quotes(one.at("id").get<std::string>())),
          "first at " + source_.where(same.front()->pointer).text());
    }
    if (one.at("id") == "each") {
      mentions_.add(fault.pointer + "/id", "a fault cannot be called 'each'",
                    "incident: each means every fault of the scenario");
    }
    start(one, fault.pointer);
    target(one, fault.pointer);
    if (one.contains("for")) mentions_.check_positive(one.at("for"), fault.pointer + "/for");
    if (one.contains("for") && nature_of(vocabulary_, one) == Nature::event) {
      mentions_.add(fault.pointer + "/for",
                    fmt::format("{} is an event: it happens and is over",
                                in_quotes(one.at("inject").get<std::string>())),
                    "leave 'for' out");
    }
    if (one.contains("repeat")) repeat(one, fault.pointer);
  }

  void target(const json& one, const std::string& at) {
    auto name = one.at("inject").get<std::string>();
    const FaultInfo* kind = find_fault(vocabulary_, name);
    if (kind == nullptr) return;
    const std::string& table = kind->target;
    if (kind->target == Target::none) {
      if (one.contains("into")) mentions_.add(at + "/into", name + " goes into nothing");
      return;
    }
    if (!one.contains("into")) {
      mentions_.add(at, "the key 'into' is missing", fmt::format("{} goes into a {}", name, table));
      return;
    }
    auto into = one.at("into").get<std::string>();
    if (!mentions_.has(table, into)) {
      mentions_.add(at + "/into",
                    fmt::format("{} is not a target this plan lists: {} goes into a {}",
                                in_quotes(into), name, table),
                    suggestion(into, mentions_.names(table)));
    } else if (kind->target == Target::database) {
      mentions_.check_server(one.at("into"), kind->server, at + "/into");
    } else if (kind->http_only && is_tcp(into)) {
      mentions_.add(at + "/into",
                    fmt::format("{} reads HTTP, but the link '{}' is declared as tcp", name, into),
                    "give the link protocol: http, or choose a fault of connections");
    } else if (kind->target == Target::service && is_spared(into)) {
      mentions_.add(at + "/into", fmt::format("the service '{}' is external", into),
                    "reprise neither starts nor stops it, and does not break it unless the plan "
                    "says target: true");
    }
  }

  [[nodiscard]] bool is_tcp(const std::string& link) const {
    return plan_.at("system").at("links").at(link).value("protocol", "http") == "tcp";
  }

  [[nodiscard]] bool is_spared(const std::string& service) const {
    const json& one = plan_.at("system").at("services").at(service);
    return one.value("external", false) && !one.value("target", false);
  }

  void repeat(const json& one, const std::string& at) {
    const json& repeat = one.at("repeat");
    if (repeat.at("times") == 1) return;
    auto every = parse_duration(repeat.at("every").get<std::string>());
    auto jitter = parse_duration(repeat.value("jitter", "0s"));
    auto lasting = parse_duration(one.value("for", "0s"));
    if (!every || !jitter || !lasting) return;
    mentions_.check_positive(repeat.at("every"), at + "/repeat/every");
    if (is_condition(one) && !one.contains("for")) {
      mentions_.add(at + "/repeat", "a repeated fault needs a 'for'", "else no round is ever over");
    } else if (*lasting > *every) {
      mentions_.add(at + "/repeat/every",
                    fmt::format("rounds of {} cannot begin every {}", format_duration(*lasting),
                                format_duration(*every)));
    }
    if (*jitter > *every / 2) {
      mentions_.add(at + "/repeat/jitter", "the jitter is more than half of 'every'");
    }
  }

  void fault_order() {
    std::map<std::string, std::vector<std::string>> before;
    for (const PlacedFault& fault : faults_) {
      auto& others = before[fault.value.at("id")];
      if (fault.value.contains("after")) others.push_back(fault.value.at("after"));
    }
    auto id = on_cycle(before);
    if (id.empty()) return;
    mentions_.add(ids_.at(id).front()->pointer + "/after",
                  fmt::format("the fault '{}' waits for itself, by way of 'after'", id));
  }

  void procedures() {
    auto list = source_.root().find("procedures");
    if (list == source_.root().end()) return;
    for (std::size_t i = 0; i < list->size(); ++i) {
      start((*list)[i], "/procedures" + segment(i));
    }
  }

  void compression(const json& compress) {
    const auto period = compressed(compress.at("period").get<std::string>(), compress);
    if (period && *period < std::chrono::milliseconds(1)) {
      mentions_.add("/compress/period", "so many times shorter, the period is less than 1ms");
    }
    mentions_.check_probe_kind(compress.at("probe"), "backups", "/compress/probe");
  }

  const ScenarioSource& source_;
  const std::vector<PlacedFault>& faults_;
  const json& plan_;
  const Vocabulary& vocabulary_;
  Mentions mentions_;
  std::map<std::string, std::vector<const PlacedFault*>> ids_;
};

}  // namespace

void check_scenario_names(const ScenarioSource& source, const std::vector<PlacedFault>& faults,
                          const json& plan, const Vocabulary& vocabulary, Errors& errors) {
  ScenarioNames(source, faults, plan, vocabulary, errors).check();
}

}  // namespace reprise
