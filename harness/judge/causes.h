// What an outage counts from (docs/measures.md, 6): the commands, healings and steps that may have
// begun it, and the instant at which the clock starts for each.
//
// Ownership: plain values that refer to the Record. Threads: any.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/judge/outages.h"

namespace reprise {

struct Candidate {
  enum class Kind : char { event, condition, healing, step };
  Kind kind = Kind::event;
  Duration earliest{}, latest{};       // the call's begin and end; of a step twice its begin
  Duration over{};                     // from then on a sustained run shows that it hurt nothing
  const FaultRecord* fault = nullptr;  // of a step: the incident that its procedure answers
  std::string name;                    // the fault's id, or the procedure and the step's number
};

// Every command and healing of a fault and every step of a procedure but `wait`, by `earliest`.
[[nodiscard]] std::vector<Candidate> candidates(const Record& record);

// From the begin of each call to its end.
[[nodiscard]] std::vector<Window> calls_of(const std::vector<Candidate>& candidates);

// How `recovery` wants its clock started.
struct ClockTerms {
  std::string from;       // incident, heal or empty
  std::string incident;   // the id of the fault from which everything counts; mostly empty
  bool degraded = false;  // the wanted level is `degraded`: conditions count from their command
  Duration sustained{};   // W
};

// Where the clock of one outage starts for one of its causes.
struct ClockStart {
  const Candidate* cause = nullptr;
  Duration earliest{}, latest{};
  bool known = true;    // false: it starts at a healing that was never recorded
  bool strict = false;  // an event or a step: where one is among several, the longest is judged
};

struct Reckoning {
  std::vector<ClockStart> starts;       // of every possible cause; not empty
  std::vector<const Candidate*> spent;  // what the probe had recovered from before
};

// Of the outage at `index`; the outages before it say what the probe had come back from.
// `well_since`: i of the latest run that was sustained before it (`well_before`).
[[nodiscard]] Reckoning reckon(const std::vector<Candidate>& candidates,
                               const std::vector<Outage>& outages, std::size_t index,
                               const std::vector<FilledSample>& told, const ClockTerms& terms,
                               std::optional<Duration> well_since);

// [max(0, i_y − latest), f_z − earliest] for those of the starts that are judged; nothing when
// where the clock starts is not known. No `back`: no upper end.
struct Recovery {
  Interval interval;
  std::optional<Duration> least_high;  // the upper end for the cause that gives the shortest
  bool undecided = false;  // one of the causes may count from an instant that is not known
};
[[nodiscard]] std::optional<Recovery> recovery_of(const Reckoning& reckoning, Duration last_bad,
                                                  std::optional<Duration> back);

}  // namespace reprise
