// Whether the system was well before anything was broken, and is well again when all is over
// (docs/measures.md, 4).
//
// Ownership: pure functions of the Record. Threads: any.
#pragma once

#include <optional>
#include <vector>

#include "harness/judge/judge.h"

namespace reprise {

// The finding on the steady state before the first command; nothing when the scenario states none.
[[nodiscard]] std::optional<Finding> judge_steady(const Record& record);

// What it must be at the end, by `leaves` where the scenario says so: what the engine waits for.
[[nodiscard]] std::vector<Awaited> steady_at_the_end(const Scenario& scenario, const Plan& plan);

// The finding on the steady state at the end, where it held before; nothing in a drill that did not
// complete or had none.
[[nodiscard]] std::optional<Finding> judge_steady_at_the_end(const Record& record);

}  // namespace reprise
