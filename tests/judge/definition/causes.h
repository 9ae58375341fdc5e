// What an outage may count from: commands, healings, and steps of the procedure.
//
// Ownership: plain values. Threads: any.
#pragma once

#include "tests/judge/definition/drill.h"

namespace reprise::testing::definition {

enum class CandidateKind { event, condition, healing, step };

struct Candidate {
  CandidateKind kind;
  std::string name;
  Ms begun, over;
  SmallRound round;  // of a command or a healing
};

// The interval in which the clock started.
struct ClockStart {
  Ms earliest, latest;
};

[[nodiscard]] std::vector<Candidate> candidates(const SmallDrill& drill);
// The fault that the procedure answers, if one came before it.
[[nodiscard]] std::optional<SmallRound> incident_answered(const SmallDrill& drill);

}  // namespace reprise::testing::definition
