// What a ledger lost, and how far back (docs/measures.md, 8).
//
// A entries acknowledged, F surely refused, U unknown, R found by the last readings. Instants are
// those of the drill; t_cmd and t_armed are when a fault's injection began and was in place.
// Ownership: plain values. Threads: any.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/journal/ledger.h"
#include "harness/judge/judge.h"

namespace reprise {

struct Failure {
  Duration commanded{};  // t_cmd
  Duration armed{};      // t_armed
};

// The failures of a drill from which a loss may count, by `commanded`; not empty.
struct Failures {
  std::vector<Failure> each;
  // When the last fault was healed and the last procedure ended; nothing where neither was.
  std::optional<Duration> over = {};
};

// Of a drill whose ledger is settled. `allowed`: how many copies of an entry there may be;
// `set_aside`: entries acknowledged after the last failure was in place count no further back.
//
// A lost entry may have been lost by any failure that was in place after its acknowledgement; one
// acknowledged after all of them was lost after the failure. l is the oldest lost entry, k the
// newest kept one acknowledged before s_l; the loss reaches back by [t_cmd − a_l, t_armed − s_k],
// t_cmd of the first failure that may have lost l and t_armed of the last. No such k: it reaches
// past the ledger's start, and the interval has no upper end. Without a loss it is
// [0, max(δ, t_armed − s_n)], δ the largest gap between acknowledgements before t_cmd (the last
// one's gap ends at t_cmd), n the newest entry acknowledged by then: what n does not show may be
// lost unseen.
// Hole: l lost, and some j acknowledged and kept with a_l < s_j and a_j < t_cmd of the first
// failure that may have lost l.
[[nodiscard]] DataLoss data_loss(const LedgerRecord& ledger, const Failures& failures,
                                 unsigned allowed, bool set_aside);

}  // namespace reprise
