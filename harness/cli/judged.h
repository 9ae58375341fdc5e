// From a journal's path to a judged drill, the same way after a run and years later.
//
// Ownership: values. Threads: any.
#pragma once

#include <filesystem>
#include <vector>

#include "harness/engine/undo/job.h"
#include "harness/judge/report.h"

namespace reprise {

// The drill is named by its plan and file ("journals/PLAN/FILE.jsonl"), never by where the journal
// happens to lie, so that a report made elsewhere has the same bytes.
[[nodiscard]] Result<Drill> read_drill(const std::filesystem::path& journal);

// A drill that left no readable journal, as far as its job tells of it: inconclusive, so that every
// report shows it. `why` says what the journal lacks; `undone` is false when something may be left.
[[nodiscard]] Drill unrecorded_drill(const Job& job, UtcInstant begun, const std::string& why,
                                     bool undone);

// Nothing of the plan, nothing left behind, and no miss either that something else made void: such
// a drill may be drilled again, and the later attempt then stands for it.
[[nodiscard]] bool tells_nothing(const Verdict& verdict);

// By plan, then scenario, then repeat; without those that tell nothing and were drilled again
// afterwards, which the later one names.
[[nodiscard]] Run in_order(std::vector<Drill> drills);

}  // namespace reprise
