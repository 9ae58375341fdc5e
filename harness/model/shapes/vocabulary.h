// The kinds a plan or scenario may name, as far as reading a file needs to know them.
//
// The registries of faults, probes, steps and assertions are asked for theirs (cli/vocabulary.cpp),
// so that the model knows nothing of engines or injectors and a new kind changes no line here.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/model/shapes/seen.h"
#include "harness/model/shapes/shape.h"
#include "harness/model/time.h"

namespace reprise {

// Whether an assertion counts from a fault: where a scenario has several, it must say from which.
struct CountsFromFault {
  bool ever = false;
  // An option without which it does not, and one with the value with which it does not.
  std::string only_with = {};
  std::pair<std::string, std::string> unless = {};

  [[nodiscard]] bool with(const nlohmann::json& options) const;
};

// Every kind, whatever it is a kind of.
struct KindInfo {
  std::string name;        // snake_case for faults = its file's name
  std::string summary;     // one sentence for `reprise list` and the documentation
  Shape options;           // an object shape: what may stand under it
  nlohmann::json example;  // as it stands in a file; run by a parametrised test
  // Of whatever talks to a database of the plan: "postgresql" or "redis".
  std::string server = {};
  // Of an assertion: due `detect` plus `within` after the first victim, while the fault lasts.
  bool due_in_fault = false;
  // Of an assertion: every failure that it can report, as `known` names them.
  std::vector<std::string> failures = {};
  CountsFromFault counts = {};
  // Of an assertion: the failure after which its probe is still not well. Declared as known, it
  // wants a `leaves`.
  std::string lasting_failure = {};
  // Of an assertion: the only kind of probe whose samples it can read; empty: any.
  std::string probe_kind = {};
  // Of an assertion: it looks at good answers only, those that have all that its predicate names.
  bool of_good_answers = false;
  // Of a step: whether `force` beside it means anything.
  bool forcible = false;
  // Of a step: it starts or stops the services that it names.
  bool runs_services = false;
  // Of a step: the kind of probe whose values an `expect` of its own is about.
  std::string looks_as = {};
  // Of a probe: it looks from outside and asks the service nothing, so it neither shows that one
  // is ready nor writes anything.
  bool asks_nothing = false;
};

// A condition lasts and healing ends it; an event has happened, recovery is the system's work.
enum class Nature { condition, event };

// What `into:` names, as its kind is called (harness/engine/targets/): an entry of the plan's
// services, links, files, databases or disks.
struct Target {
  static constexpr const char* none = "";
  static constexpr const char* service = "service";
  static constexpr const char* link = "link";
  static constexpr const char* file = "file";
  static constexpr const char* database = "database";
  static constexpr const char* disk = "disk";
};

struct FaultInfo : KindInfo {
  Nature nature = Nature::condition;
  std::string target = Target::none;
  // An option without which this condition is an event (`undo` of `command`); mostly none.
  std::string event_without = {};
  // Options to set beside the example's that ask something else of the machine: `reprise doctor`
  // tries them too.
  std::vector<nlohmann::json> variants = {};
  // Why `reprise doctor` does not try it; empty: it does.
  std::string untried = {};
  bool http_only = false;  // of a link's: it reads requests

  [[nodiscard]] Nature nature_with(const nlohmann::json& with) const {
    const bool happens = !event_without.empty() && !with.contains(event_without);
    return happens ? Nature::event : nature;
  }
};

struct ProbeInfo : KindInfo {
  Duration least_interval = std::chrono::milliseconds(1);  // `every` may not be shorter
  std::vector<SeenValue> sees = {};                        // beside `outcome` and `latency`
};

struct Vocabulary {
  std::vector<FaultInfo> faults;
  std::vector<ProbeInfo> probes;
  std::vector<KindInfo> steps;
  std::vector<KindInfo> readers;  // of ledgers
  std::vector<KindInfo> assertions;
};

// Of a scenario's fault, as it is written; nothing where its kind is unknown.
[[nodiscard]] std::optional<Nature> nature_of(const Vocabulary& vocabulary,
                                              const nlohmann::json& fault);

// Null for an unknown kind.
[[nodiscard]] const FaultInfo* find_fault(const Vocabulary& vocabulary, std::string_view name);

}  // namespace reprise
