// Data loss: what a failure took away, against what the law counts from which fault.
#include <algorithm>

#include "tests/judge/world/bills.h"

namespace reprise::testing::world {
namespace {

class Loss {
 public:
  Loss(const World& world, const AssertionSpec& spec)
      : world_(world),
        spec_(spec),
        writes_(world.ledger->writes),
        at_most_(duration_in(spec, "at-most", 0s)),
        allowed_(spec.options.value("acknowledged-after-failure", "") == "allowed") {
    bill_.name = spec.name;
    bill_.no_fail = bill_.all_missed = world.outcome == "completed" || !spec.known;
    bill_.why_no_fail = "nothing was lost beyond what is allowed, and all is sound";
    for (std::size_t n = 0; n < writes_.size(); ++n) {
      if (lost(writes_[n])) lost_.push_back(n);
    }
  }

  Bill bill() {
    integrity();
    const std::string incident = spec_.options.value("incident", "");
    if (spec_.kind == "no-loss") {
      if (!lost_.empty()) miss("DataLost", std::to_string(lost_.size()) + " writes are lost");
      for (const std::size_t l : lost_) {
        if (is_hole(l, world_.strikes.back().commanded)) bill_.all_missed = false;
        if (writes_[l].answered > world_.strikes.front().commanded) bill_.all_missed = false;
      }
      few(world_.strikes.back().commanded);
    } else if (spec_.kind == "rpo" && incident == "each") {
      each();
      for (const std::size_t l : lost_) {
        if (allowed_ && writes_[l].sent > world_.strikes.back().commanded) bill_.allow_fail("");
      }
    } else if (spec_.kind == "rpo") {
      // Nothing allows what was sent when all was over to be lost.
      for (const std::size_t l : lost_) {
        if (allowed_ && writes_[l].sent > world_.strikes.back().commanded) bill_.allow_fail("");
      }
      std::size_t fault = 0;
      for (std::size_t n = 0; n < world_.strikes.size(); ++n) {
        if (world_.strikes[n].id == incident) fault = n;
      }
      one(fault);
    }
    return bill_;
  }

 private:
  static bool lost(const TrueWrite& write) { return write.outcome == 'a' && write.copies == 0; }
  static bool kept(const TrueWrite& write) { return write.outcome == 'a' && write.copies > 0; }

  void miss(const std::string& failure, const std::string& why) {
    bill_.forbid_pass(why);
    bill_.allow_fail("");
    bill_.missed.insert(failure);
  }

  // What no objective excuses.
  void integrity() {
    bool copied = false, changed = false, phantom = world_.ledger->strays > 0;
    for (const auto& write : writes_) {
      copied = copied || write.copies > world_.ledger->copies_allowed;
      changed = changed || (write.corrupted && write.copies > 0);
      phantom = phantom || (write.outcome == 'f' && write.copies > 0);
    }
    const bool all = spec_.kind != "no-duplicates";
    if (copied) miss("DataDuplicated", "more copies than allowed");
    if (changed && all) miss("DataCorrupted", "another content");
    if (phantom && all) miss("DataPhantom", "never acknowledged");
    if (!all && (changed || phantom)) {
      bill_.allow_fail("");
      bill_.all_missed = false;
    }
  }

  void few(Duration commanded) {
    const auto before = std::ranges::count_if(writes_, [&](const TrueWrite& write) {
      return write.outcome == 'a' && write.answered < commanded;
    });
    if (before < 20) bill_.forbid_pass("too few acknowledgements");
  }

  // The newest that was kept of those acknowledged before it was sent.
  [[nodiscard]] const TrueWrite* kept_before(const TrueWrite& gone) const {
    const TrueWrite* newest = nullptr;
    for (const auto& write : writes_) {
      if (kept(write) && write.answered < gone.sent) newest = &write;
    }
    return newest;
  }

  [[nodiscard]] bool is_hole(std::size_t gone, Duration commanded) const {
    return std::ranges::any_of(writes_, [&](const TrueWrite& write) {
      return kept(write) && writes_[gone].answered < write.sent && write.answered < commanded;
    });
  }

  [[nodiscard]] Duration largest_gap(Duration commanded) const {
    std::vector<Duration> answers;
    for (const auto& write : writes_) {
      if (write.outcome == 'a' && write.answered < commanded) answers.push_back(write.answered);
    }
    std::ranges::sort(answers);
    Duration gap{};
    for (std::size_t n = 1; n < answers.size(); ++n) {
      gap = std::max(gap, answers[n] - answers[n - 1]);
    }
    return gap;
  }

  // Their number, and the span by any of the instants that a write has.
  void date_what_came_after(Duration armed, Duration commanded) {
    std::vector<const TrueWrite*> after;
    for (const std::size_t gone : lost_) {
      if (writes_[gone].answered > armed) after.push_back(&writes_[gone]);
    }
    if (after.empty() || allowed_) return;
    Bill::LostAfter out;
    out.numbers.insert(static_cast<std::int64_t>(after.size()));
    for (const Duration TrueWrite::* from : {&TrueWrite::sent, &TrueWrite::answered}) {
      for (const Duration TrueWrite::* to : {&TrueWrite::sent, &TrueWrite::answered}) {
        const auto first = std::ranges::min(after, {}, [&](auto* write) { return write->*from; });
        const auto last = std::ranges::max(after, {}, [&](auto* write) { return write->*to; });
        out.spans.insert((last->*to - first->*from).count());
        for (const Duration zero : {Duration(0s), armed, commanded}) {
          out.spans.insert((last->*to - zero).count());
        }
      }
    }
    bill_.lost_after = out;
  }

  // Set aside where that is allowed; what was sent when all was mended is not the failure's.
  void after_failure(std::size_t gone) {
    if (writes_[gone].sent >= world_.over()) bill_.all_missed = false;
    if (!allowed_) {
      miss("LostAfterFailure", "acknowledged after the failure, and lost");
      bill_.kinds.insert('f');
    } else if (writes_[gone].sent >= world_.over()) {
      bill_.allow_fail("");
    }
  }

  // Of one fault.
  void one(std::size_t fault) {
    const Strike& strike = world_.strikes[fault];
    const TrueWrite* oldest = nullptr;
    for (const std::size_t gone : lost_) {
      if (is_hole(gone, strike.commanded)) miss("DataHoles", "a hole");
      const bool after = writes_[gone].answered > strike.armed;
      if (after) after_failure(gone);
      // Set aside before the oldest is sought, but only where that is allowed.
      if ((!after || !allowed_) && !oldest) oldest = &writes_[gone];
    }
    date_what_came_after(strike.armed, strike.commanded);
    few(strike.commanded);
    if (!oldest) {
      std::optional<Duration> newest;
      for (const auto& write : writes_) {
        if (write.outcome == 'a' && write.answered < strike.commanded) newest = write.sent;
      }
      const Duration unseen =
          std::max(largest_gap(strike.commanded), strike.armed - newest.value_or(strike.armed));
      if (unseen > at_most_) bill_.forbid_pass("too coarse");
      return;
    }
    const TrueWrite* newest = kept_before(*oldest);
    bill_.truths.push_back(strike.truly - oldest->commit);
    if (strike.truly - oldest->commit > at_most_) {
      bill_.forbid_pass("truly lost " + format_duration(strike.truly - oldest->commit));
    }
    if (!newest || strike.armed - newest->sent > at_most_) {
      miss("RpoExceeded", "the upper end is beyond the limit");
    }
    mark_choice(*oldest);
  }

  // Whether another fault would have given another answer.
  void mark_choice(const TrueWrite& oldest) {
    std::set<bool> answers;
    for (const auto& strike : world_.strikes) {
      answers.insert(strike.truly - oldest.commit > at_most_);
    }
    if (answers.size() == 2) bill_.kinds.insert('c');
  }

  // Whichever fault, of those commanded after it was acknowledged, took it away.
  void each() {
    bill_.all_missed = false;
    for (const std::size_t gone : lost_) {
      const TrueWrite& write = writes_[gone];
      const Strike* first = nullptr;
      const Strike* last = nullptr;
      bool after = true;
      for (const auto& strike : world_.strikes) {
        after = after && write.answered > strike.armed;
        if (strike.commanded <= write.answered) continue;
        if (!first) first = &strike;
        last = &strike;
      }
      if (is_hole(gone, world_.strikes.front().commanded)) miss("DataHoles", "a hole");
      if (is_hole(gone, world_.strikes.back().commanded)) bill_.allow_fail("");
      if (!first) {
        if (after) after_failure(gone);
        bill_.allow_fail("");
        continue;
      }
      const Strike& taker = world_.strikes[write.lost_by.value_or(0)];
      if (taker.commanded > write.answered && taker.truly - write.commit > at_most_) {
        bill_.forbid_pass("truly lost " + format_duration(taker.truly - write.commit));
      }
      const TrueWrite* newest = kept_before(write);
      if (!newest || first->armed - newest->sent > at_most_) bill_.allow_fail("");
      if (gone != lost_.front()) continue;
      if (!newest || last->armed - newest->sent > at_most_) {
        bill_.forbid_pass("the upper end is beyond the limit");
      }
      mark_choice(write);
    }
    few(world_.strikes.back().commanded);
  }

  const World& world_;
  const AssertionSpec& spec_;
  const std::vector<TrueWrite>& writes_;
  Duration at_most_;
  bool allowed_;
  std::vector<std::size_t> lost_;
  Bill bill_;
};

}  // namespace

Bill ledger_bill(const World& world, const AssertionSpec& spec) { return Loss(world, spec).bill(); }

}  // namespace reprise::testing::world
