// The steady state: what the engine said about it, and the samples themselves.
//
// Ownership: pure function of the Record. Threads: any.
#pragma once

#include <optional>

#include "harness/judge/judge.h"

namespace reprise {

// Pass or inconclusive, never a miss: a system that is not well before the fault cannot be judged.
// Nothing when the scenario states no steady state.
[[nodiscard]] std::optional<Finding> judge_steady(const Record& record);

}  // namespace reprise
