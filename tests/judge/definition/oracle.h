// What the written definition (docs/measures.md) says of a small drill, computed by enumeration:
// every filling of what is unknown, every outage, every admissible cause, every end of an interval.
//
// It shares nothing with the judge but the types of a finding. Where the definition leaves a
// choice, `Reading` names it; the oracle takes the first, and whoever looks for the reason of a
// mismatch can ask for the other. Ownership: plain functions. Threads: any.
#pragma once

#include <functional>
#include <set>

#include "tests/judge/definition/drill.h"

namespace reprise::testing::definition {

// Choices that the text leaves. All false is what the oracle answers.
struct Reading {
  // The run that ends an outage may begin at any good sample, not only behind a bad one.
  bool run_begins_inside = true;
  // A cause may be commanded after the outage was over, because a bad sample finished still later.
  bool cause_after_the_end = false;
  // An outage that was under way at the incident is one since the incident.
  bool outage_across_the_incident = false;
  // `from: heal` takes a healing only if it surely came before the return.
  bool healing_surely_before = false;
  // A skipped sample has no latency.
  bool skipped_without_latency = true;
};

// Every single choice made otherwise, by name.
[[nodiscard]] const std::vector<std::pair<std::string, Reading>>& other_readings();

struct Span {
  Ms low = 0;
  std::optional<Ms> high;  // none: unbounded

  bool operator==(const Span&) const = default;
};

struct Answer {
  std::set<Status> status{};         // usually one; several where the definition leaves it open
  std::set<std::string> failures{};  // of a miss; which of several comes first is left open
  std::optional<Span> measured{};    // not compared when absent
  bool low_open = false;             // two outages are equally long: either lower end will do
  std::string workings{};            // how it came about, when asked for

  [[nodiscard]] bool is(Status one) const { return status == std::set<Status>{one}; }
};

[[nodiscard]] std::string printed(const Answer& answer);

// A sample as one filling has it.
struct Filled {
  Ms i = 0, s = 0, f = 0;
  bool good = false, skipped = false;
  Ms until = 0;  // f, and of a skipped one always the end of patience
};
using Filling = std::vector<Filled>;

// Every way to fill what is unknown to `want`, and what is found when each is judged for itself.
[[nodiscard]] std::vector<Filling> fillings(Want want, const SmallProbe& probe,
                                            Ms at_once_from = -1000000);
[[nodiscard]] Answer over_fillings(const std::vector<Answer>& each);
// A miss is graver than what is inconclusive, which is graver than a pass; then the longer one.
[[nodiscard]] Answer gravest(const std::vector<Answer>& each);

// One outage in one filling: bad samples, joined where the good run between them was too short.
struct Outage {
  std::vector<Filled> bad;
  std::optional<Filled> z;  // the first sample of the sustained run that ended it
  bool awaited = false;     // the level was not held at the first command

  [[nodiscard]] Ms first_i() const { return bad.front().i; }
  [[nodiscard]] Ms last_i() const { return bad.back().i; }
  [[nodiscard]] Ms earliest_f() const;
  [[nodiscard]] Ms largest_f() const;
};

// Whether every sample in [i, f + w] of the one at `at` is good and was taken.
[[nodiscard]] bool sustained(const Filling& samples, std::size_t at, Ms w, Ms every);
[[nodiscard]] std::vector<Outage> outages(const SmallDrill& drill, const Filling& samples, Ms w,
                                          const Reading& reading);

// Of one kind each; the drill is thought sound.
[[nodiscard]] Answer recovery(const Ask& ask, const SmallDrill& drill, const Reading& reading = {},
                              bool explain = false);
[[nodiscard]] Answer throughout(const Ask& ask, const SmallDrill& drill,
                                const Reading& reading = {});
[[nodiscard]] Answer never(const Ask& ask, const SmallDrill& drill);
[[nodiscard]] Answer consistent(const Ask& ask, const SmallDrill& drill);
[[nodiscard]] Answer fallback(const Ask& ask, const SmallDrill& drill);
[[nodiscard]] Answer rpo(const Ask& ask, const SmallDrill& drill);
[[nodiscard]] Answer no_loss(const Ask& ask, const SmallDrill& drill);
[[nodiscard]] Answer well_at_the_end(const SmallDrill& drill, const Reading& reading = {});

// Whether the steady state was held when the first fault was commanded.
[[nodiscard]] Truth steady_before(const SmallDrill& drill);

// The answer that a finding of the judge must be: of the drill as it is, with what voids evidence
// and what takes a pass away.
[[nodiscard]] Answer answered(const Ask& ask, const SmallDrill& drill, const Reading& reading = {},
                              bool explain = false);

}  // namespace reprise::testing::definition
