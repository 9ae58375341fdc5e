// The restore ladder: backup complete → server starts → structure sound →
// ledger → health tests.
//
// Steps of a procedure say in the plan which rung they are on; a rung is climbed when the last of
// its steps is done. The ledger's rung is climbed when every ledger that the scenario looks at
// could be read, holds neither corrupted, phantom nor duplicated entries nor holes, and something
// of what was there before the incident: how much was lost is the objective's affair.
//
// Ownership: pure functions of the Record. Threads: any.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "harness/judge/judge.h"

namespace reprise {

inline constexpr std::array<std::string_view, 5> ladder_rungs{"backup", "server", "structure",
                                                              "ledger", "health"};

[[nodiscard]] Ladder ladder_of(const ProcedureRecord& run, const Record& record,
                               const std::vector<LedgerFigures>& ledgers);

// What keeps a ledger's rung from being climbed, as a miss of `finding`; nothing when it is, or
// when nothing can be told.
[[nodiscard]] std::optional<Finding> ledger_miss(const Finding& finding,
                                                 const LedgerFigures& ledger);

// One for each run of a procedure that has a step on a rung, in the order of their beginnings.
[[nodiscard]] std::vector<Ladder> ladders_of(const Record& record,
                                             const std::vector<LedgerFigures>& ledgers);

}  // namespace reprise
