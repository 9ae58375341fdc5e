// What every assertion about a ledger asks first: can it be judged at all, what was lost, and is
// what is there sound.
//
// Ownership: pure functions of the Record. Threads: any.
#pragma once

#include <expected>
#include <string>

#include "harness/judge/judge.h"

namespace reprise {

// Too few acknowledgements before the failure to tell how far back nothing was lost.
inline constexpr std::uint64_t least_acknowledged = 20;

// The loss, or why nothing can be told.
[[nodiscard]] std::expected<DataLoss, Message> loss_of(const Record& record,
                                                       const std::string& ledger);

// Corrupted, phantom, duplicated entries or holes are a miss whatever the objective: the finding
// as missed, or nothing when all is sound.
[[nodiscard]] std::optional<Finding> unsound(const Finding& finding, const DataLoss& loss);

// One for each ledger that an assertion of the scenario looks at, by name.
[[nodiscard]] std::vector<LedgerFigures> ledger_figures(const Record& record);

// What it counted, as arguments of a message.
void add_counts(Message& message, const DataLoss& loss);

}  // namespace reprise
