// A scenario: what is broken, when, and what must be seen. Resolved: variables filled in, matrices
// expanded, the plan's defaults inherited, every name checked.
//
// Ownership: plain values. Threads: immutable after loading.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/model/expectations/expectation.h"
#include "harness/model/plan/plan.h"
#include "harness/model/secrets/secrets.h"
#include "harness/model/shapes/vocabulary.h"

namespace reprise {

// A probe and what it must see, held for a while: steady state, guards, triggers.
struct Watch {
  std::string probe;
  Expected expect;
  Duration hold{};  // `for:`
  Location where;
};

// When a fault or a procedure starts; exactly one of `at`, `after`, `when` (default `at: 0s`).
struct Start {
  Duration at{};              // from the beginning of the inject phase
  std::string after;          // the id of a fault: when it is over (healed, or happened)
  Duration delay{};           // with `after` and `when`: so much later
  std::optional<Watch> when;  // when a probe sees this
};

struct FaultSpec {
  std::string id;  // given, or kind + index: "http_status-1"
  std::string kind;
  std::string into;  // the target's name in the plan; may be empty for some kinds
  nlohmann::json with = nlohmann::json::object();  // checked against the kind's Shape
  Start start;
  std::optional<Duration> lasting;  // `for:`; none: until the heal phase
  int times = 1;                    // repeated so often
  Duration every{};                 // from start to start
  Duration jitter{};                // each start ± jitter, seeded
  Location where;
};

struct ProcedureRun {
  std::string procedure;
  Start start;
  Location where;
};

inline constexpr int most_compressed = 1'000'000;

// Where a plan counts in hours: its backups are made `times` times more often than in reality, and
// the RPO is as many times shorter.
struct Compression {
  int times = 1;
  Duration period{};  // in reality, from one backup to the next
  std::string probe;  // shows that they are made no more often than that

  [[nodiscard]] Duration drilled() const { return period / times; }
};

// A declared deficiency: a miss is conditional until the date, then a fail.
struct Known {
  std::string finding;
  std::string owner;
  std::string until;    // YYYY-MM-DD, inclusive, UTC
  std::string failure;  // RpoExceeded, …: the only miss that is known
};

// A probe of the steady state that the drill means to leave at another level.
struct Leaves {
  Level level = Level::nominal;  // at least; `down` demands nothing
  Text reason;
};

struct AssertionSpec {
  std::string kind;
  std::string name;        // unique in the scenario: "recovery", "recovery-2"
  nlohmann::json options;  // checked; `within: rto` already replaced by the duration
  std::string objective;   // "rto" when `within: rto` was written; else empty
  std::optional<Known> known;
  Location where;
};

// What the engine waits for in the recover phase, told by an assertion kind.
struct Awaited {
  std::string probe;
  Expected expect;
  Duration sustained{};
};

struct Scenario {
  std::string name;
  Text title;
  std::vector<std::string> covers;
  std::vector<std::string> tags;
  std::map<std::string, Levels> levels;  // by probe
  std::vector<Watch> steady_state;
  std::map<std::string, Leaves> leaves;  // by probe: what is demanded at the end instead
  Duration steady_for{};                 // how long it must hold before anything is broken
  Duration steady_within{};              // how long to wait for it to begin to hold
  std::vector<FaultSpec> faults;
  std::vector<ProcedureRun> procedures;
  std::vector<Watch> abort;  // a guard that fails stops and heals at once
  std::vector<AssertionSpec> assertions;
  Duration hold{};                    // how long after the last start before heal
  std::optional<Duration> sustained;  // default: 20 samples and 3 looks of the system, both
  Duration patience{};                // resolved: default min(rto, 60 s)
  bool patience_by_default = false;   // nobody wrote it
  int repeat = 1;
  std::optional<Compression> compress;
  std::filesystem::path file;
  Location where;
  nlohmann::json resolved;  // as the journal records it

  [[nodiscard]] const Levels& levels_of(const std::string& probe) const;
  // The ledgers that its assertions look at; the drill writes to no others.
  [[nodiscard]] std::set<std::string> ledgers_used() const;
};

// The plan, its scenarios, and every file read, with hashes for the journal.
struct LoadedPlan {
  Plan plan;
  std::vector<Scenario> scenarios;
  std::map<std::string, std::string> hashes;  // file name -> SHA-256, hex
  Secrets secrets;                            // of all of them; see redaction.h
  Errors missing;                             // secrets that the environment does not hold
  Errors warnings;                            // what is no error and weakens what a drill shows
};

// A path is a plan folder, a scenario file, or a folder of plan folders. All problems of all
// files are reported together. Where scenarios change the plan's variables, there is a LoadedPlan,
// called the same, for each way in which they do; warnings stand with the first of them. Loading
// starts nothing and writes nothing.
[[nodiscard]] std::expected<std::vector<LoadedPlan>, Errors> load(
    const std::vector<std::filesystem::path>& paths, const Vocabulary& vocabulary);

// The two JSON Schemas, {"plan": …, "scenario": …}, made from the same shapes as the checks.
[[nodiscard]] nlohmann::json file_schemas(const Vocabulary& vocabulary);

// Reads back `Plan::resolved` and `Scenario::resolved` from a journal. The journal may come from
// anybody: whatever does not fit is an error, never a crash.
[[nodiscard]] Result<Plan> decode_plan(const nlohmann::json& resolved);
[[nodiscard]] Result<Scenario> decode_scenario(const nlohmann::json& resolved);

}  // namespace reprise
