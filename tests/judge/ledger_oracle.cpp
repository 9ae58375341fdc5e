#include "tests/judge/ledger_oracle.h"

#include <algorithm>
#include <functional>
#include <ranges>

namespace reprise::testing {
namespace {

class Definitions {
 public:
  explicit Definitions(const ToldLedger& told) : told_(told) {
    for (const ToldReading& reading : told.readings) {
      if (reading.whole) reads_.push_back(&reading);
    }
  }

  [[nodiscard]] int readings() const { return static_cast<int>(reads_.size()); }

  [[nodiscard]] bool settled() const {
    if (reads_.size() < 2) return false;
    return last().strays == last_but_one().strays && every([&](std::size_t i) {
             return copies(last(), i) == copies(last_but_one(), i) &&
                    corrupted(last(), i) == corrupted(last_but_one(), i);
           });
  }

  [[nodiscard]] DataLoss loss() const {
    DataLoss out;
    out.acknowledged = count([&](std::size_t i) { return in_a(i); });
    out.refused = count([&](std::size_t i) { return in_f(i); });
    out.unknown = count([&](std::size_t i) { return in_u(i); });
    out.kept = count([&](std::size_t i) { return in_r(i); });
    // lost: A \ R
    out.lost = count([&](std::size_t i) { return lost(i); });
    // recovered: U ∩ R
    out.recovered = count([&](std::size_t i) { return in_u(i) && in_r(i); });
    // phantom: (R ∩ F) ∪ (R \ (A ∪ F ∪ U))
    out.phantom = count([&](std::size_t i) { return in_r(i) && in_f(i); }) + last().strays;
    // duplicated: more copies than allowed
    out.duplicated = count([&](std::size_t i) { return copies(last(), i) > told_.allowed; });
    // corrupted: hash differs
    out.corrupted = count([&](std::size_t i) { return corrupted(last(), i); });
    // stale: absent from a read begun after its acknowledgement, present later
    out.stale = count([&](std::size_t i) { return in_r(i) && missed(i); });
    out.holes = count([&](std::size_t i) { return hole(i); });
    // Acknowledged after the failure and lost.
    out.lost_after = count([&](std::size_t i) { return lost(i) && a(i) > told_.armed; });
    count_when_over(out);
    measure_window(out);
    out.rpo = rpo(out);
    return out;
  }

 private:
  using Which = std::function<bool(std::size_t)>;

  [[nodiscard]] auto numbers() const { return std::views::iota(std::size_t{0}, writes().size()); }
  [[nodiscard]] std::uint64_t count(const Which& which) const {
    return static_cast<std::uint64_t>(std::ranges::count_if(numbers(), which));
  }
  [[nodiscard]] bool every(const Which& which) const {
    return std::ranges::all_of(numbers(), which);
  }
  [[nodiscard]] bool none(const Which& which) const {
    return std::ranges::none_of(numbers(), which);
  }

  [[nodiscard]] const std::vector<ToldWrite>& writes() const { return told_.writes; }
  [[nodiscard]] const ToldReading& last() const { return *reads_.back(); }
  [[nodiscard]] const ToldReading& last_but_one() const { return *reads_[reads_.size() - 2]; }
  [[nodiscard]] Duration s(std::size_t i) const { return writes()[i].sent; }
  [[nodiscard]] Duration a(std::size_t i) const { return writes()[i].answered; }

  [[nodiscard]] std::uint64_t copies(const ToldReading& read, std::size_t i) const {
    const auto of_this = [i](const ToldCopy& copy) { return copy.entry == i; };
    return static_cast<std::uint64_t>(std::ranges::count_if(read.found, of_this));
  }
  [[nodiscard]] bool corrupted(const ToldReading& read, std::size_t i) const {
    return std::ranges::any_of(read.found, [&](const ToldCopy& copy) {
      return copy.entry == i && copy.mark != writes()[i].mark;
    });
  }

  [[nodiscard]] bool in_a(std::size_t i) const { return writes()[i].answer == 'a'; }
  [[nodiscard]] bool in_f(std::size_t i) const { return writes()[i].answer == 'f'; }
  [[nodiscard]] bool in_u(std::size_t i) const { return !in_a(i) && !in_f(i); }
  [[nodiscard]] bool in_r(std::size_t i) const {
    return copies(last(), i) > 0 && copies(last_but_one(), i) > 0;
  }
  [[nodiscard]] bool lost(std::size_t i) const { return in_a(i) && !in_r(i); }
  [[nodiscard]] bool kept(std::size_t i) const { return in_a(i) && in_r(i); }
  [[nodiscard]] bool missed(std::size_t i) const {
    return in_a(i) && std::ranges::any_of(reads_, [&](const ToldReading* read) {
             return read->begun >= a(i) && copies(*read, i) == 0;
           });
  }

  // Hole: l lost, j acknowledged, kept, with a_l < s_j and a_j < t_cmd.
  [[nodiscard]] bool hole(std::size_t l) const {
    return lost(l) &&
           !none([&](std::size_t j) { return kept(j) && a(l) < s(j) && a(j) < told_.commanded; });
  }

  void count_when_over(DataLoss& out) const {
    if (!told_.over) return;
    const auto when_over = [&](std::size_t i) { return in_a(i) && s(i) > *told_.over; };
    out.sent_when_over = count(when_over);
    out.lost_when_over = count([&](std::size_t i) { return when_over(i) && lost(i); });
  }

  // The window before t_cmd: how many acknowledgements, how far back, and δ, the largest gap
  // between them; the last one's gap ends with the window.
  void measure_window(DataLoss& out) const {
    const auto inside = [&](std::size_t i) { return in_a(i) && a(i) <= told_.commanded; };
    out.acknowledged_before = count(inside);
    for (const std::size_t i : numbers()) {
      if (!inside(i)) continue;
      out.reach = std::max(out.reach, told_.commanded - s(i));
      Duration next = told_.commanded;
      for (const std::size_t j : numbers()) {
        if (inside(j) && a(j) > a(i)) next = std::min(next, a(j));
      }
      out.resolution = std::max(out.resolution, next - a(i));
    }
  }

  // The newest kept entry acknowledged before an instant, as the instant when it was sent.
  [[nodiscard]] std::optional<Duration> newest_kept_before(Duration instant) const {
    const auto candidate = [&](std::size_t i) { return kept(i) && a(i) < instant; };
    for (const std::size_t k : numbers()) {
      if (!candidate(k)) continue;
      if (none([&](std::size_t other) { return candidate(other) && s(other) > s(k); })) return s(k);
    }
    return std::nullopt;
  }

  // l = the oldest lost entry; k = the newest kept entry acknowledged before s_l.
  // RPO ∈ [t_cmd − a_l, t_armed − s_k]; no such k: the upper end is ∞. Nothing lost: "≤ δ", or as
  // far as the newest acknowledged write reaches back, which is what could be lost unseen.
  [[nodiscard]] Interval rpo(const DataLoss& counted) const {
    for (const std::size_t l : numbers()) {
      const auto older = [&](std::size_t i) { return s(i) < s(l) || (s(i) == s(l) && i < l); };
      if (!lost(l) || !none([&](std::size_t i) { return lost(i) && older(i); })) continue;
      Interval out{told_.commanded - a(l), std::nullopt};
      if (const auto s_k = newest_kept_before(s(l))) out.high = told_.armed - *s_k;
      return out;
    }
    Interval out{Duration::zero(), counted.resolution};
    if (const auto s_n = newest_kept_before(told_.commanded)) {
      out.high = std::max(counted.resolution, told_.armed - *s_n);
    }
    return out;
  }

  const ToldLedger& told_;
  std::vector<const ToldReading*> reads_;  // whole ones
};

}  // namespace

LossByDefinition loss_by_definition(const ToldLedger& told) {
  const Definitions definitions(told);
  LossByDefinition out{definitions.readings(), definitions.settled(), {}};
  if (out.settled) out.loss = definitions.loss();
  return out;
}

}  // namespace reprise::testing
