// Recovery: each outage against the limit, by every cause that the law admits.
#include <algorithm>

#include "tests/judge/world/bills.h"

namespace reprise::testing::world {
namespace {

// Where the law puts the clock when there are several causes.
struct Clock {
  bool sharp = false, endless = false;
  Duration low{}, high{};  // earliest and latest start that the measured interval is made of
  Duration least_low{};    // the latest of the earliest starts: what a miss is held against
};

Clock clock_of(const std::vector<Start>& starts) {
  Clock clock;
  const Start* longest = &starts.front();
  clock.high = clock.least_low = starts.front().low;
  for (const auto& start : starts) {
    if (start.low < longest->low) longest = &start;
    clock.sharp = clock.sharp || start.sharp;
    clock.endless = clock.endless || start.endless;
    clock.high = std::max(clock.high, start.high);
    clock.least_low = std::max(clock.least_low, start.low);
  }
  clock.low = longest->low;
  if (clock.sharp) {
    clock.high = longest->high;
    clock.least_low = longest->low;
  }
  return clock;
}

class Judging {
 public:
  Judging(const World& world, const AssertionSpec& spec, Reading reading)
      : world_(world),
        probe_(world.probe(spec.options.at("probe"))),
        options_(recovery_options(spec)),
        too_late_(spec.objective == "rto" ? "RtoExceeded" : "RecoveryTooLate"),
        all_(recovering(world, probe_, options_.want, reading)) {
    bill_.name = spec.name;
  }

  Bill bill() {
    bill_.no_fail = bill_.all_missed = true;
    bill_.why_no_fail = "every outage was over within the limit";
    for (const auto& look : all_.looks) {
      if (!look.told) bill_.all_missed = false;
    }
    if (all_.spells.empty()) no_outage();
    int late = 0;
    for (const auto& spell : all_.spells) {
      if (!spell.lawful) {
        bill_.allow_fail("no lawful history");
        bill_.all_missed = false;
        untold_ = true;
        continue;
      }
      const bool before = bill_.no_pass;
      judge(spell);
      late += bill_.no_pass && !before ? 1 : 0;
    }
    if (all_.spells.size() > 1 && late == 1 && world_.strikes.size() > 1) bill_.kinds.insert('c');
    Duration over{};
    for (const auto& strike : world_.strikes) {
      over = std::max({over, strike.armed, strike.healed.value_or(0s)});
    }
    for (const auto& step : world_.steps) {
      if (step.kind != "wait") over = std::max(over, step.finished);
    }
    const Duration seen = probe_.shots.back().i + probe_.every - over;
    if (seen < world_.sustain_of(probe_)) bill_.forbid_pass("W cut short after all candidates");
    if (untold_) bill_.truths.clear();
    // No outage that was seen can be shown to be shorter than the interval between two looks.
    if (!all_.spells.empty() && options_.within < probe_.every) {
      bill_.allow_fail("finer than could be seen");
    }
    return bill_;
  }

 private:
  void no_outage() {
    Duration largest{};
    for (const auto& look : all_.looks) {
      if (look.told) largest = std::max(largest, look.f - look.i);
    }
    if (probe_.every + largest > options_.within) bill_.forbid_pass("finer than could be seen");
    bill_.truths.push_back(0s);
  }

  void judge(const Spell& spell) {
    Causes causes = causes_of(world_, probe_, spell, all_, options_);
    if (spell.f_z)
      judge_true_cause(spell);
    else
      bill_.forbid_pass("not back, sustained");
    if (causes.unsure || causes.starts.empty()) {
      bill_.allow_fail("the cause can be read in two ways");
      bill_.all_missed = false;
      untold_ = true;
      return;
    }
    const Clock clock = clock_of(causes.starts);
    if (clock.endless) {
      bill_.forbid_pass("a condition was never healed");
      bill_.all_missed = false;
    }
    for (const auto& start : causes.starts) {
      bill_.truths.push_back(std::max(Duration(0s), spell.end - start.truth));
    }
    mark_choice(spell, causes);
    const bool all_endless = std::ranges::all_of(causes.starts, &Start::endless);
    if (!spell.f_z && all_endless) {
      untold_ = true;
      return;
    }
    if (!spell.f_z) {
      unfinished(spell, clock);
      return;
    }
    for (const auto& start : causes.starts) {
      if (spell.end - start.truth > options_.within) {
        bill_.forbid_pass("recovery truly took " + format_duration(spell.end - start.truth));
      }
    }
    if (*spell.f_z - clock.low > options_.within) {
      bill_.forbid_pass("upper end " + format_duration(*spell.f_z - clock.low));
    }
    if (*spell.f_z - clock.least_low > options_.within) {
      bill_.allow_fail("upper end beyond the limit");
      bill_.missed.insert(too_late_);
    } else if (*spell.f_z - clock.low > options_.within) {
      bill_.all_missed = false;
    }
  }

  // Without any rule of which cause: whoever truly began it, when it began at once.
  void judge_true_cause(const Spell& spell) {
    if (!options_.from.empty() || !options_.incident.empty() || spell.awaited) return;
    bool unsure = false;
    const auto start = start_of(world_, probe_, spell.author, spell, all_, options_, unsure);
    if (!start || unsure || start->endless) return;
    if (spell.author.kind == Author::Kind::step) {
      const auto& kind = world_.steps[spell.author.index].kind;
      if (kind == "wait") return;
    }
    // No sustained run can have been complete in between.
    if (spell.i_first > span_of(world_, spell.author).second + world_.sustain_of(probe_)) return;
    const Duration took = spell.end - start->truth;
    if (took > options_.within) {
      bill_.forbid_pass("from its true cause it took " + format_duration(took));
    }
  }

  void unfinished(const Spell& spell, const Clock& clock) {
    const bool lower_misses = spell.i_y - clock.high > options_.within;
    const bool under_way =
        spell.last_run && (!world_.patience_over || *spell.last_run <= *world_.patience_over);
    untold_ = true;
    if (lower_misses || (world_.outcome == "completed" && !under_way)) {
      bill_.allow_fail("it did not come back");
    }
    if (world_.outcome == "completed" && !spell.last_run && !lower_misses) {
      bill_.missed.insert("NotRecovered");
    } else {
      bill_.all_missed = false;
    }
  }

  // Whether another cause would have given another answer.
  void mark_choice(const Spell& spell, const Causes& causes) {
    bool held = false, missed = false;
    bool unsure = false;
    const auto weigh = [&](const Start& start) {
      (spell.end - start.truth > options_.within ? missed : held) = true;
    };
    for (const auto& start : causes.starts) weigh(start);
    for (std::size_t n = 0; n < world_.strikes.size(); ++n) {
      if (world_.strikes[n].commanded > spell.end) continue;
      const Author author{Author::Kind::command, n};
      if (const auto start = start_of(world_, probe_, author, spell, all_, options_, unsure)) {
        weigh(*start);
      }
    }
    if (held && missed) bill_.kinds.insert('b');
  }

  const World& world_;
  const WatchedProbe& probe_;
  RecoveryOptions options_;
  std::string too_late_;
  Recovering all_;
  bool untold_ = false;  // what recovery truly took, of one outage or more
  Bill bill_;
};

}  // namespace

RecoveryOptions recovery_options(const AssertionSpec& spec) {
  RecoveryOptions out;
  out.want = want_in(spec);
  out.within = duration_in(spec, "within", 0s);
  out.from = spec.options.value("from", "");
  out.incident = spec.options.value("incident", "");
  return out;
}

Bill recovery_bill(const World& world, const AssertionSpec& spec) {
  Bill out;
  bool first = true, untold = false;
  for (const Reading reading : readings) {
    Bill one = Judging(world, spec, reading).bill();
    if (first) {
      out = one;
      first = false;
      untold = one.truths.empty();
      continue;
    }
    out.no_pass = out.no_pass && one.no_pass;
    out.no_fail = out.no_fail && one.no_fail;
    out.all_missed = out.all_missed && one.all_missed && out.missed == one.missed;
    if (one.truths.empty()) untold = true;
    out.truths.insert(out.truths.end(), one.truths.begin(), one.truths.end());
    for (const char kind : one.kinds) out.kinds.insert(kind);
  }
  if (!out.all_missed) out.missed.clear();
  if (untold) out.truths.clear();
  return out;
}

}  // namespace reprise::testing::world
