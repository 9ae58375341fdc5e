// The parts that the hand-built drills are put together from.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/judge/report.h"

namespace reprise::testing {

// What the dashboard's probe may see: indices of its observations.
enum : std::uint32_t { nominal = 0, degraded = 1, refused = 2, unavailable = 3 };

[[nodiscard]] Text both(const std::string& en, const std::string& fr);
[[nodiscard]] Record base_record();
void name_scenario(Record& record, const std::string& name, const Text& title,
                   const std::string& covers);
[[nodiscard]] ProbeRecord dashboard(const std::vector<std::pair<Duration, std::uint32_t>>& until);
[[nodiscard]] Finding steady_finding();
[[nodiscard]] Finding fallback_finding(const Record& record, Duration within,
                                       const Interval& measured);
[[nodiscard]] Finding recovery_finding(const Record& record, Duration within,
                                       const Interval& measured);
[[nodiscard]] ProbeFigures figures(const Record& record);
[[nodiscard]] FaultRecord kill_database();
[[nodiscard]] FaultRecord error_500();
[[nodiscard]] ProcedureRecord recovery_procedure();
// Stopped half-way up.
[[nodiscard]] Ladder restore_ladder();

}  // namespace reprise::testing
