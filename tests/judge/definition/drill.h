// A drill in a few numbers: what the oracle of the written definition is asked about.
//
// Everything is in milliseconds, so that a drill can be printed, read and computed by hand. The
// judge is given the same drill as a `Record`. Ownership: plain values. Threads: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/judge/judge.h"

namespace reprise::testing::definition {

using Ms = std::int64_t;

// What one sample saw. Of `cut` the status is known and the text is not; a `skipped` one was never
// sent. The last three tell of an invariant: it is kept, broken, or the value was not kept.
enum class Saw {
  nominal,
  degraded,
  broken,
  refused,
  timeout,
  reset,
  cut,
  skipped,
  kept,
  violated,
  hidden
};

// What is asked of a sample: a level or better, a level exactly, or a predicate of its own.
//   ok       {status: 200}                  sound  {text: {contains: sound}}
//   quick    {status: 200, latency: < 20}   sorry  {status: 503}
//   lawful   {json: {/violations: 0}}
enum class Want {
  nominal,
  degraded,
  ok,
  sound,
  quick,
  exactly_degraded,
  exactly_down,
  sorry,
  lawful
};

inline constexpr Ms quick_below = 20;

struct SmallSample {
  Ms i = 0, s = 0, f = 0;  // of a skipped one `f` is `i` and the probe's timeout
  Saw saw = Saw::nominal;
};

struct SmallProbe {
  std::string name;
  Ms every = 10, timeout = 60;
  std::vector<SmallSample> samples;  // by i
};

struct SmallRound {
  std::string id;
  int round = 0;
  bool event = true;
  Ms cmd = 0, armed = 0, bit = 0;
  std::optional<Ms> healing, healed;  // conditions only
};

struct SmallStep {
  bool wait = false;
  Ms started = 0, finished = 0;
};

struct SmallProcedure {
  std::string after;  // a fault's id, or empty
  Ms started = 0, finished = 0;
  std::vector<SmallStep> steps;
};

struct SmallEntry {
  Ms s = 0, a = 0;
  WriteOutcome outcome = WriteOutcome::acknowledged;
  int copies = 1;
  bool corrupted = false;
};

// An assertion. What its kind does not know is left as it is here.
struct Ask {
  std::string kind, name;
  Want want = Want::nominal;
  Ms limit = 0;  // within, at-most
  std::optional<Ms> sustained, longest;
  std::optional<int> allowed;
  std::string from, incident, during;
  Ms detect = 0;
  bool after_allowed = false;
};

struct SmallDrill {
  std::uint64_t seed = 0;
  SmallProbe page;
  std::optional<SmallProbe> rules;  // tells of an invariant
  std::vector<SmallRound> rounds;   // by cmd
  std::optional<SmallProcedure> procedure;
  std::optional<Ms> sustained;
  Ms health_period = 0;
  Want steady = Want::nominal;
  Ms steady_for = 20;
  Ms inject = 0, heal = 0, recover = 0, verify = 0;  // where the phases begin
  Ms patience = 100;
  std::optional<Ms> patience_over;
  std::string outcome = "completed";
  std::optional<Want> leaves;      // nominal, degraded or exactly_down
  std::vector<SmallEntry> ledger;  // by number
  int strays = 0;
  std::vector<Ask> asks;

  [[nodiscard]] Ms first_cmd() const { return rounds.front().cmd; }
  [[nodiscard]] Ms end() const;  // of everything that is in it
  [[nodiscard]] bool several_ids() const;
  [[nodiscard]] bool completed() const { return outcome == "completed"; }
  // How long a run must last to be one: the ask's own, the scenario's, or the default.
  [[nodiscard]] Ms w(const Ask& ask) const;
};

[[nodiscard]] const char* name_of(Saw saw);
[[nodiscard]] const char* name_of(Want want);
[[nodiscard]] nlohmann::json written(Want want);  // as under `expect:`
// What a sample tells of a demand, by hand and not by the product's predicates.
[[nodiscard]] Truth told(Want want, const SmallSample& sample);

[[nodiscard]] const SmallProbe& probe_of(const Ask& ask, const SmallDrill& drill);
[[nodiscard]] Record record_of(const SmallDrill& drill);
// A table that a person can follow with a pencil.
[[nodiscard]] std::string printed(const SmallDrill& drill);
[[nodiscard]] std::string printed(const Ask& ask);

}  // namespace reprise::testing::definition
