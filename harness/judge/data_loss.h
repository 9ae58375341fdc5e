// What a ledger lost, and how far back.
//
// A entries acknowledged, F surely refused, U unknown, R found by the last readings. Instants are
// those of the drill; t_cmd and t_armed are when the first fault's injection began and was in
// place. Ownership: plain values. Threads: any.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/journal/ledger.h"
#include "harness/judge/judge.h"

namespace reprise {

// The first failure of the drill.
struct Failure {
  Duration commanded{};  // t_cmd
  Duration armed{};      // t_armed
  // When the last fault was healed and the last procedure ended; nothing where neither was.
  std::optional<Duration> over = {};
};

// Of a drill whose ledger is settled. `allowed`: how many copies of an entry there may be.
//
// RPO interval: l the oldest lost entry, k the newest kept one acknowledged before s_l; the loss
// reaches back by [t_cmd − a_l, t_armed − s_k]. No such k: it reaches past the ledger's start, and
// the interval has no upper end. Its lower end may lie below zero: lost although acknowledged after
// the command. Without a loss it is [0, max(δ, t_armed − s_n)], δ the largest gap between
// acknowledgements before t_cmd (the last one's gap ends at t_cmd), n the newest entry acknowledged
// by then: what n does not show may be lost unseen.
// Hole: l lost, and some j acknowledged and kept with a_l < s_j and a_j < t_cmd.
[[nodiscard]] DataLoss data_loss(const LedgerRecord& ledger, const Failure& failure,
                                 unsigned allowed);

}  // namespace reprise
