// What every assertion about a ledger asks first: can it be judged at all, what was lost, and is
// what is there sound.
//
// Ownership: pure functions of the Record. Threads: any.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "harness/judge/data_loss.h"
#include "harness/judge/judge.h"

namespace reprise {

// Too few acknowledgements before the failure to tell how far back nothing was lost.
inline constexpr std::uint64_t least_acknowledged = 20;

// What the `ledger` of an assertion lost by its `incident`, or why nothing can be told.
[[nodiscard]] std::expected<DataLoss, Message> loss_of(const AssertionSpec& spec,
                                                       const Record& record);

// `ledger` and `incident`, and what the kind adds.
[[nodiscard]] Shape ledger_options(std::vector<Shape::Field> more = {});

// Corrupted, phantom, duplicated entries or holes are a miss whatever the objective: the finding
// as missed, once for each kind of them; none when all is sound.
[[nodiscard]] std::vector<Finding> unsound(const Finding& finding, const DataLoss& loss);

// Too few acknowledgements before the failure; nothing when there are enough.
[[nodiscard]] std::optional<Message> too_few(const DataLoss& loss);

// Passed as far as the ledger can tell: from enough acknowledgements, and no coarser than the
// objective, where the finding has one.
[[nodiscard]] Finding nothing_lost(Finding finding, const DataLoss& loss);

// One for each ledger that an assertion of the scenario looks at, by name.
[[nodiscard]] std::vector<LedgerFigures> ledger_figures(const Record& record);

// What it counted, as arguments of a message.
void add_counts(Message& message, const DataLoss& loss);

}  // namespace reprise
