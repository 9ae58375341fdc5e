// Recovery: what an outage counts from, and how long it truly lasted.
#include <algorithm>

#include <fmt/format.h>

#include "tests/real/law.h"

namespace reprise::real {
namespace {

using nlohmann::json;

struct Candidate {
  const Round* round = nullptr;
  bool healing = false;
  When at;
  [[nodiscard]] Time over() const { return at.high; }
};

// What one outage may be judged as.
struct Judged {
  bool pass = false, fail = false, inconclusive = false;
  bool recovered = true;
  // From the earliest start of the clock among its causes: the true recovery, and what may be
  // measured at most.
  Time least = 0, truth = 0, most = 0;
};

class Recovery {
 public:
  Recovery(const Case& drill, const json& options, Choices& choices)
      : drill_(drill),
        options_(options),
        choices_(choices),
        truth_(drill.truths.at(options.at("probe"))),
        level_(class_named(options.at("expect"))),
        within_(time_of(options, "within")),
        sustained_(time_of(options, "sustained", drill.drawn.sustained_ms() * millisecond)) {
    for (const Round& round : drill.evidence.rounds) {
      if (round.command.high == endless) continue;
      candidates_.push_back({&round, false, round.command});
      if (round.condition && round.healing) candidates_.push_back({&round, true, *round.healing});
    }
  }

  World judge() {
    seen_ = seen_of(truth_, level_, choices_);
    const Time first = drill_.evidence.rounds.front().command.low;
    std::vector<Bad> since;
    for (const Bad& bad : seen_) {
      // Of one that ends near the first command, a sample may have ended after it.
      if (at_least({bad.end.low - first, bad.end.high - first}, 0, truth_.slack(), choices_)) {
        since.push_back(bad);
      }
    }
    const auto outages = outages_of(truth_, since, sustained_, choices_);
    if (outages.empty()) return none_seen(first);
    std::vector<Judged> judged;
    for (std::size_t i = 0; i < outages.size(); ++i) {
      judged.push_back(judge_one(outages[i], i + 1 == outages.size()));
    }
    return worst_of(judged);
  }

 private:
  World none_seen(Time first) {
    Time slowest = 0;
    for (const Told& told : truth_.told) {
      if (told.f >= first) slowest = std::max(slowest, told.f - told.i);
    }
    const Time resolution = truth_.every + slowest;
    World world;
    world.pass = resolution <= within_ + millisecond;
    world.inconclusive = resolution > within_ - millisecond || cut_short();
    world.fits = [resolution](Time low, Time high, bool) {
      return low == 0 && std::abs(high - resolution) <= 2 * millisecond;
    };
    world.told = fmt::format("no outage; resolution {} ns", resolution);
    return world;
  }

  // Less than W was watched after the last candidate.
  [[nodiscard]] bool cut_short() const {
    Time last = 0;
    for (const Candidate& one : candidates_) last = std::max(last, one.over());
    return truth_.last - last < sustained_ + truth_.slack();
  }

  Judged judge_one(const Outage& outage, bool last) {
    Judged judged;
    judged.recovered = !last || recovered(outage);
    const auto starts = starts_of(outage);
    const bool event = starts.second;
    Time earliest = endless, latest = 0;
    for (const When& start : starts.first) {
      earliest = std::min(earliest, start.low);
      latest = std::max(latest, start.low);
    }
    judged.least = outage.surely_until - earliest;
    judged.truth = outage.end.high - earliest;
    const Time end = latest_answer(truth_, level_, outage.end);
    judged.most = end - earliest;
    if (!judged.recovered) {
      judged.fail = true;
      // The record's end may have cut a good run short.
      judged.inconclusive = !outage.open && outage.end.low < truth_.last - truth_.every;
      return judged;
    }
    judged.pass = judged.least <= within_;
    judged.fail = end - (event ? earliest : latest) > within_;
    judged.inconclusive =
        !event && judged.most > within_ && outage.surely_until - latest <= within_;
    return judged;
  }

  bool recovered(const Outage& outage) {
    const When length{truth_.last - outage.end.high, truth_.last - outage.surely_until};
    return !outage.open && at_least(length, sustained_, truth_.slack(), choices_);
  }

  // The clock's possible starts, and whether an event is among the causes.
  std::pair<std::vector<When>, bool> starts_of(const Outage& outage) {
    if (options_.contains("incident")) {
      const Round* named = nullptr;
      for (const Round& round : drill_.evidence.rounds) {
        const bool before = round.command.low <= outage.told_first;
        if (round.id == options_.at("incident") && before) named = &round;
      }
      if (named) return {{named->command}, true};
    }
    if (options_.value("from", "") == "heal") {
      const Round* healed = last_healing(outage);
      if (healed) return {{*healed->healing}, true};
    }
    std::vector<When> starts;
    bool event = false;
    for (const Candidate& one : causes_of(outage)) {
      event = event || !one.round->condition;
      starts.push_back(start_of(one, outage));
    }
    if (starts.empty()) starts.push_back({outage.begin.low, outage.begin.high});
    return {starts, event};
  }

  const Round* last_healing(const Outage& outage) {
    const Round* found = nullptr;
    for (const Round& round : drill_.evidence.rounds) {
      if (!round.condition || !round.healing) continue;
      const When in_place{round.healing->low - outage.begin.high,
                          round.healing->high - outage.begin.low};
      const When commanded{outage.end.low - round.command.low,
                           outage.end.high - round.command.low};
      const When returned{outage.end.low - round.healing->low,
                          outage.end.high - round.healing->low};
      const bool at_work = at_least(in_place, 0, truth_.slack(), choices_) &&
                           at_least(commanded, 0, truth_.slack(), choices_);
      if (!at_work || !at_least(returned, 0, truth_.slack(), choices_)) continue;
      if (!found || round.healing->low > found->healing->low) found = &round;
    }
    return found;
  }

  std::vector<Candidate> causes_of(const Outage& outage) {
    std::vector<Candidate> causes;
    const Candidate* latest = nullptr;
    for (const Candidate& one : candidates_) {
      if (one.at.low > outage.told_first) continue;
      if (!latest || one.at.low > latest->at.low) latest = &one;
      if (!spent(one, outage)) causes.push_back(one);
    }
    if (causes.empty() && latest) causes.push_back(*latest);
    return causes;
  }

  // A sustained run began after it was over, and was complete before the outage.
  bool spent(const Candidate& one, const Outage& outage) {
    When well{0, 0};
    for (const Bad& bad : seen_) {
      if (bad.begin.low > outage.begin.low) break;
      const When until = bad.begin;
      const When length{until.low - std::max(well.high, one.over()),
                        until.high - std::max(well.low, one.over())};
      if (at_least(length, sustained_, truth_.slack(), choices_)) return true;
      well = {bad.surely_until, bad.end.high};
    }
    return false;
  }

  When start_of(const Candidate& one, const Outage& outage) {
    if (one.healing) return one.at;
    if (!one.round->condition || !one.round->healing) return one.at;
    if (level_ == Class::degraded || options_.value("from", "") == "incident") return one.at;
    // Back while it was in place: then the condition is charged.
    const Time healing = one.round->healing->low;
    const When before{healing - outage.end.high, healing - outage.surely_until};
    return at_least(before, 0, truth_.slack(), choices_) ? one.at : *one.round->healing;
  }

  World worst_of(const std::vector<Judged>& judged) {
    World world;
    world.pass = true;
    world.inconclusive = cut_short();
    for (const Judged& one : judged) {
      world.pass = world.pass && one.pass && one.recovered;
      world.fail = world.fail || one.fail;
      world.inconclusive = world.inconclusive || one.inconclusive;
      world.told += fmt::format("[truly {:.1f} ms, measured at most {:.1f} ms{}{}{}{}] ",
                                static_cast<double>(one.least) / millisecond,
                                static_cast<double>(one.most) / millisecond,
                                one.pass ? " pass" : "", one.fail ? " fail" : "",
                                one.inconclusive ? " inconclusive" : "",
                                one.recovered ? "" : " never");
    }
    world.fits = [judged](Time low, Time high, bool failed) {
      bool one_fits = false, all_below = true;
      for (const Judged& one : judged) {
        all_below = all_below && one.least <= high;
        const bool fits = one.recovered ? one.least <= high && high <= one.most : high == endless;
        one_fits =
            one_fits || (fits && low <= std::max<Time>(0, one.truth) && (!failed || one.fail));
      }
      return one_fits && (failed || all_below);
    };
    return world;
  }

  const Case& drill_;
  const json& options_;
  Choices& choices_;
  const Truth& truth_;
  Class level_;
  Time within_, sustained_;
  std::vector<Candidate> candidates_;
  std::vector<Bad> seen_;
};

}  // namespace

World recovery_by_law(const Case& drill, const json& options, Choices& choices) {
  return Recovery(drill, options, choices).judge();
}

}  // namespace reprise::real
