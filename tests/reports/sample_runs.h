// Drills built by hand: what reports are tested with.
#pragma once

#include <filesystem>
#include <string>

#include "harness/judge/report.h"

namespace reprise::testing {

// A database that dies for 4.3 s against an RTO of 3 s: missed, with cause, procedure and log.
[[nodiscard]] Drill failed_drill();
// A weather service answering 500: the fallback held; everything passed.
[[nodiscard]] Drill passed_drill();
// A declared deficiency that was missed again.
[[nodiscard]] Drill conditional_drill();
// The fault did not bite, and something was left behind.
[[nodiscard]] Drill inconclusive_drill();
// Every text that the system under test can choose holds what would break a careless report.
[[nodiscard]] Drill hostile_drill();
// A probe with `samples` samples, each `stretch` of them failing in turn, over `samples` x 10 ms.
[[nodiscard]] Drill long_drill(std::size_t samples, std::size_t stretch);

[[nodiscard]] Run run_of(std::vector<Drill> drills);
// A failed, an inconclusive, a conditional and a passed one.
[[nodiscard]] Run every_kind();
[[nodiscard]] std::string rendered(const std::string& kind, const Run& run,
                                   const std::string& language = "en");

// Compares with tests/golden/NAME; REPRISE_UPDATE_GOLDEN=1 writes it instead.
void expect_golden(const std::string& name, const std::string& text);

}  // namespace reprise::testing
