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

// How far back a loss by this failure may reach that no entry shows.
Duration unseen(const LedgerRecord& ledger, const Failure& failure) {
  DataLoss alone;
  measure_gaps(ledger, failure.commanded, alone);
  const auto newest = newest_kept(ledger, failure.commanded);
  return newest ? std::max(alone.resolution, failure.armed - *newest) : alone.resolution;
}

// The first failure that may have lost it; null when it was acknowledged after all of them.
const Failure* first_for(const LedgerEntry& entry, const Failures& failures) {
  const auto found = std::ranges::find_if(
      failures.each, [&](const Failure& failure) { return failure.armed >= entry.answered; });
  return found == failures.each.end() ? nullptr : &*found;
}

bool is_lost(const LedgerEntry& entry) { return entry.acknowledged() && !entry.kept(); }

void count_holes(const LedgerRecord& ledger, const Failures& failures, DataLoss& loss) {
  for (const Failure& failure : failures.each) {
    const auto newest = newest_kept(ledger, failure.commanded);
    for (const LedgerEntry& entry : ledger.entries) {
      if (!is_lost(entry) || first_for(entry, failures) != &failure) continue;
      loss.holes += newest && entry.answered < *newest;
    }
  }
  const auto newest = newest_kept(ledger, failures.each.back().commanded);
  const auto possible = std::ranges::count_if(ledger.entries, [&](const LedgerEntry& entry) {
    return is_lost(entry) && first_for(entry, failures) && newest && entry.answered < *newest;
  });
  loss.possible_holes = static_cast<std::uint64_t>(possible);
}

void count_when_over(const LedgerRecord& ledger, Duration over, DataLoss& loss) {
  loss.sent_when_over = 0;
  for (const LedgerEntry& entry : ledger.entries) {
    if (!entry.acknowledged() || entry.sent <= over) continue;
    ++*loss.sent_when_over;
    loss.lost_when_over += !entry.kept();
  }
}

// Entries lost although acknowledged after the last failure was in place, and when.
void date_lost_after(const LedgerRecord& ledger, const Failures& failures, DataLoss& loss) {
  for (const LedgerEntry& entry : ledger.entries) {
    if (!is_lost(entry) || first_for(entry, failures)) continue;
    if (loss.lost_after++ == 0) loss.first_lost_after = loss.last_lost_after = entry.answered;
    loss.first_lost_after = std::min(loss.first_lost_after, entry.answered);
    loss.last_lost_after = std::max(loss.last_lost_after, entry.answered);
  }
}

// For instants in order: when the newest of those was sent that were acknowledged before and kept.
class NewestKept {
 public:
  explicit NewestKept(const LedgerRecord& ledger) {
    for (const LedgerEntry& entry : ledger.entries) {
      if (entry.acknowledged() && entry.kept()) kept_.emplace_back(entry.answered, entry.sent);
    }
    std::ranges::sort(kept_);
    for (std::size_t i = 1; i < kept_.size(); ++i) {
      kept_[i].second = std::max(kept_[i].second, kept_[i - 1].second);
    }
  }
  [[nodiscard]] std::optional<Duration> before(Duration instant) const {
    const auto end = std::ranges::lower_bound(kept_, instant, {}, &Entry::first);
    if (end == kept_.begin()) return std::nullopt;
    return std::prev(end)->second;
  }

 private:
  using Entry = std::pair<Duration, Duration>;  // acknowledged; sent, the newest so far
  std::vector<Entry> kept_;
};

// How far back the entries that count were lost; false when none counts.
bool measure_loss(const LedgerRecord& ledger, const Failures& failures, bool set_aside,
                  DataLoss& loss) {
  const NewestKept kept(ledger);
  const LedgerEntry* oldest = nullptr;
  loss.least_high = Duration::min();
  for (const LedgerEntry& entry : ledger.entries) {
    const Failure* first = is_lost(entry) ? first_for(entry, failures) : nullptr;
    if (!is_lost(entry) || (!first && set_aside)) continue;
    if (!oldest || entry.sent < oldest->sent) oldest = &entry;
    const auto newest = kept.before(entry.sent);
    const Duration armed = first ? first->armed : failures.each.back().armed;
    if (!newest) loss.least_high.reset();
    if (loss.least_high) loss.least_high = std::max(*loss.least_high, armed - *newest);
  }
  if (!oldest) return false;
  const Failure* first = first_for(*oldest, failures);
  const Failure& last = failures.each.back();
  loss.rpo = Interval{(first ? first : &last)->commanded - oldest->answered, std::nullopt};
  if (const auto newest = kept.before(oldest->sent)) loss.rpo.high = last.armed - *newest;
  return true;
}

}  // namespace

DataLoss data_loss(const LedgerRecord& ledger, const Failures& failures, unsigned allowed,
                   bool set_aside) {
  DataLoss loss;
  count_classes(ledger, allowed, loss);
  if (failures.over) count_when_over(ledger, *failures.over, loss);
  measure_gaps(ledger, failures.each.front().commanded, loss);
  count_holes(ledger, failures, loss);
  date_lost_after(ledger, failures, loss);
  if (measure_loss(ledger, failures, set_aside, loss)) return loss;
  Duration most{};
  for (const Failure& failure : failures.each) most = std::max(most, unseen(ledger, failure));
  loss.rpo = Interval{Duration::zero(), most};
  loss.least_high = most;
  return loss;
}

}  // namespace reprise
