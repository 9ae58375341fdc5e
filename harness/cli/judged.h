// From a journal's path to a judged drill, the same way after a run and years later.
#pragma once

#include <filesystem>
#include <vector>

#include "harness/judge/report.h"

namespace reprise {

// The drill is named by its plan and file ("journals/PLAN/FILE.jsonl"), never by where the journal
// happens to lie, so that a report made elsewhere has the same bytes.
[[nodiscard]] Result<Drill> read_drill(const std::filesystem::path& journal);

// By plan, then scenario, then repeat.
[[nodiscard]] Run in_order(std::vector<Drill> drills);

}  // namespace reprise
