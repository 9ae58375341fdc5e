#include "harness/judge/data_loss.h"

#include <algorithm>

namespace reprise {
namespace {

void count_classes(const LedgerRecord& ledger, unsigned allowed, DataLoss& loss) {
  loss.phantom = ledger.strays;
  for (const LedgerEntry& entry : ledger.entries) {
    const bool refused = entry.outcome == WriteOutcome::refused;
    loss.acknowledged += entry.acknowledged();
    loss.refused += refused;
    loss.unknown += !entry.acknowledged() && !refused;
    loss.kept += entry.kept();
    loss.lost += entry.acknowledged() && !entry.kept();
    loss.recovered += !entry.acknowledged() && !refused && entry.kept();
    loss.phantom += refused && entry.kept();
    loss.duplicated += entry.copies > allowed;
    loss.corrupted += entry.corrupted;
    loss.stale += entry.stale;
  }
}

// Sets δ, how many acknowledgements it comes from, and how far back the ledger reaches.
void measure_gaps(const LedgerRecord& ledger, Duration commanded, DataLoss& loss) {
  std::vector<Duration> before;
  for (const LedgerEntry& entry : ledger.entries) {
    if (!entry.acknowledged() || entry.answered > commanded) continue;
    before.push_back(entry.answered);
    loss.reach = std::max(loss.reach, commanded - entry.sent);
  }
  std::ranges::sort(before);
  loss.acknowledged_before = before.size();
  before.push_back(commanded);
  for (std::size_t i = 1; i < before.size(); ++i) {
    loss.resolution = std::max(loss.resolution, before[i] - before[i - 1]);
  }
}

// When the newest of those was sent that were acknowledged before the instant and kept.
std::optional<Duration> newest_kept(const LedgerRecord& ledger, Duration before) {
  std::optional<Duration> newest;
  for (const LedgerEntry& entry : ledger.entries) {
    const bool kept = entry.acknowledged() && entry.kept() && entry.answered < before;
    if (kept && (!newest || entry.sent > *newest)) newest = entry.sent;
  }
  return newest;
}

// How far back a loss may reach that no entry shows.
Duration unseen(const LedgerRecord& ledger, const Failure& failure, Duration resolution) {
  const auto newest = newest_kept(ledger, failure.commanded);
  return newest ? std::max(resolution, failure.armed - *newest) : resolution;
}

void count_holes(const LedgerRecord& ledger, Duration commanded, DataLoss& loss) {
  const auto newest = newest_kept(ledger, commanded);
  for (const LedgerEntry& entry : ledger.entries) {
    const bool lost = entry.acknowledged() && !entry.kept();
    loss.holes += lost && newest && entry.answered < *newest;
  }
}

void count_when_over(const LedgerRecord& ledger, Duration over, DataLoss& loss) {
  loss.sent_when_over = 0;
  for (const LedgerEntry& entry : ledger.entries) {
    if (!entry.acknowledged() || entry.sent <= over) continue;
    ++*loss.sent_when_over;
    loss.lost_when_over += !entry.kept();
  }
}

}  // namespace

DataLoss data_loss(const LedgerRecord& ledger, const Failure& failure, unsigned allowed) {
  DataLoss loss;
  count_classes(ledger, allowed, loss);
  if (failure.over) count_when_over(ledger, *failure.over, loss);
  measure_gaps(ledger, failure.commanded, loss);
  if (loss.lost == 0) {
    loss.rpo = Interval{Duration::zero(), unseen(ledger, failure, loss.resolution)};
    return loss;
  }
  count_holes(ledger, failure.commanded, loss);
  const LedgerEntry* oldest = nullptr;
  for (const LedgerEntry& entry : ledger.entries) {
    if (!entry.acknowledged() || entry.kept()) continue;
    if (!oldest || entry.sent < oldest->sent) oldest = &entry;
    loss.lost_after += entry.answered > failure.armed;
  }
  loss.rpo = Interval{failure.commanded - oldest->answered, std::nullopt};
  const auto kept = newest_kept(ledger, oldest->sent);  // s_k
  if (kept) loss.rpo.high = failure.armed - *kept;
  return loss;
}

}  // namespace reprise
