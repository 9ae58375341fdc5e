// What the probes of a drawn drill saw, and what is asked of it.
#include <algorithm>

#include "tests/judge/definition/draw.h"

namespace reprise::testing::definition {
namespace {

// Whether something happened in (from, to] that may break the system.
bool struck(const SmallDrill& drill, Ms from, Ms to) {
  const auto within = [&](Ms at) { return at > from && at <= to; };
  for (const SmallRound& one : drill.rounds) {
    if (within(one.cmd) || (one.healing && within(*one.healing))) return true;
  }
  if (!drill.procedure) return false;
  return std::ranges::any_of(drill.procedure->steps,
                             [&](const SmallStep& step) { return within(step.started); });
}

Ms drawn_latency(Dice& dice) {
  const Ms face = dice.between(0, 99);
  if (face < 5) return 0;
  if (face < 60) return dice.between(1, 4);
  if (face < 82) return dice.one_of<Ms>({5, 10, 15, 20});
  if (face < 95) return dice.between(11, 38);
  return dice.between(40, 75);
}

Saw drawn_bad(Dice& dice) {
  return dice.one_of(
      {Saw::degraded, Saw::broken, Saw::broken, Saw::refused, Saw::timeout, Saw::reset});
}

Saw steady_one(const SmallDrill& drill, Dice& dice) {
  if (drill.steady == Want::nominal) return Saw::nominal;
  return dice.chance(60) ? Saw::degraded : Saw::nominal;
}

}  // namespace

// The first sample is there already; it says where the schedule begins.
void draw_samples(SmallProbe& probe, const SmallDrill& drill, Ms until, Dice& dice) {
  const Ms first = probe.samples.front().i;
  probe.samples.clear();
  Ms unknown = dice.chance(55) ? 0 : dice.between(1, 4);
  bool bad = false;
  for (Ms i = first; i <= until || probe.samples.size() < 8; i += probe.every) {
    const bool before = i + 5 < drill.first_cmd();
    SmallSample one{i, i, 0, Saw::nominal};
    const Ms latency = before ? dice.between(1, dice.chance(10) ? 12 : 6) : drawn_latency(dice);
    one.f = i + std::min(latency, probe.timeout - 1);
    const bool hit = struck(drill, i - probe.every, i);
    bad = dice.chance(before ? 1 : hit ? 60 : bad ? 55 : 9);
    one.saw = bad ? drawn_bad(dice) : before ? steady_one(drill, dice) : Saw::nominal;
    if (one.saw == Saw::timeout) one.f = i + probe.timeout;
    const bool may_hide = i > drill.first_cmd() || dice.chance(1);
    if (may_hide && unknown > 0 && dice.chance(18)) {
      --unknown;
      one.saw = dice.chance(50) ? Saw::skipped : Saw::cut;
      if (one.saw == Saw::skipped) one.f = i + probe.timeout;
    }
    if (one.saw != Saw::skipped && dice.chance(5)) one.s = std::min(one.f, i + 2);
    probe.samples.push_back(one);
  }
}

void draw_rules(SmallDrill& drill, Dice& dice) {
  SmallProbe rules{"rules", 10, drill.page.timeout, {}};
  const bool broken_one = dice.chance(30), hidden_one = dice.chance(20), mute = dice.chance(15);
  for (const SmallSample& pattern : drill.page.samples) {
    SmallSample one{pattern.i, pattern.i, pattern.i + dice.between(1, 9), Saw::kept};
    const bool after = pattern.i >= drill.first_cmd();
    if (dice.chance(20) || (mute && after)) {
      one.saw = dice.one_of({Saw::nominal, Saw::broken, Saw::refused});
    } else if (broken_one && dice.chance(8)) {
      one.saw = Saw::violated;
    } else if (hidden_one && dice.chance(8)) {
      one.saw = dice.one_of({Saw::hidden, Saw::skipped});
    }
    if (one.saw == Saw::skipped) one.f = one.i + rules.timeout;
    rules.samples.push_back(one);
  }
  drill.rules = rules;
}

namespace {

void ask_recovery(Ask& ask, const SmallDrill& drill, Dice& dice) {
  ask.want = dice.one_of({Want::nominal, Want::nominal, Want::nominal, Want::degraded,
                          Want::degraded, Want::ok, Want::sound, Want::quick});
  ask.limit = dice.one_of<Ms>({20, 30, 35, 40, 45, 50, 60, 75, 90, 120, 150});
  if (dice.chance(15)) ask.sustained = dice.one_of<Ms>({10, 20, 35});
  const Ms face = dice.between(0, 99);
  const bool degraded = ask.want == Want::degraded;
  if (face < 15 && !degraded) ask.from = "heal";
  if (face >= 15 && face < 30) ask.from = "incident";
  if (face < 30 || face >= 45) return;
  const Ms last = static_cast<Ms>(drill.rounds.size()) - 1;
  ask.incident = drill.rounds[static_cast<std::size_t>(dice.between(0, last))].id;
}

void ask_throughout(Ask& ask, Dice& dice) {
  ask.want = dice.one_of({Want::nominal, Want::degraded, Want::ok, Want::quick});
  const Ms face = dice.between(0, 2);
  if (face != 0) ask.longest = dice.one_of<Ms>({0, 10, 20, 25, 30, 35, 40, 50, 70});
  if (face != 1) ask.allowed = static_cast<int>(dice.between(0, 4));
  ask.during = dice.one_of({"fault", "all"});
}

void ask_of_incident(Ask& ask, const SmallDrill& drill, Dice& dice) {
  if (drill.several_ids()) {
    const Ms last = static_cast<Ms>(drill.rounds.size()) - 1;
    const Ms at = dice.between(-1, last);
    ask.incident = at < 0 ? "each" : drill.rounds[static_cast<std::size_t>(at)].id;
  } else if (drill.rounds.size() > 1) {
    ask.incident = "each";
  } else if (dice.chance(30)) {
    ask.incident = dice.chance(50) ? "each" : drill.rounds.front().id;
  }
}

}  // namespace

void draw_asks(SmallDrill& drill, const std::string& kind, Dice& dice) {
  for (int number = 0; number < 2; ++number) {
    Ask ask;
    ask.kind = kind == "at-the-end" ? "never" : kind;
    ask.name = ask.kind + std::to_string(number);
    if (kind == "recovery") ask_recovery(ask, drill, dice);
    if (kind == "throughout") ask_throughout(ask, dice);
    if (ask.kind == "never") {
      ask.want = dice.one_of({Want::exactly_degraded, Want::exactly_down, Want::sorry});
    }
    if (kind == "consistent") ask.want = Want::lawful;
    if (kind == "fallback") {
      ask.want = Want::exactly_degraded;
      ask.limit = dice.one_of<Ms>({0, 10, 15, 20, 30, 40});
      if (dice.chance(30)) ask.detect = dice.one_of<Ms>({5, 10, 20});
    }
    if (kind == "rpo") ask.limit = dice.one_of<Ms>({10, 20, 30, 40, 50, 60, 80, 100, 150});
    const bool names = kind == "fallback" || kind == "rpo" || kind == "no-loss";
    if (names) ask_of_incident(ask, drill, dice);
    ask.after_allowed = kind == "rpo" && dice.chance(35);
    drill.asks.push_back(ask);
  }
}

}  // namespace reprise::testing::definition
