#include "tests/judge/definition/draw.h"

#include <algorithm>
#include <set>

namespace reprise::testing::definition {
namespace {

// Instants on a grid of 5 ms half of the time, so that ties with samples and limits happen.
Ms near(Ms at, Dice& dice) { return dice.chance(50) ? (at + 4) / 5 * 5 : at; }

// Candidates begin at different instants: which of two is the latest would be left open.
Ms unused(Ms at, std::set<Ms>& used) {
  while (!used.insert(at).second) ++at;
  return at;
}

SmallRound drawn_round(const std::string& id, int number, bool event, Ms at, std::set<Ms>& used,
                       Dice& dice) {
  SmallRound out;
  out.id = id;
  out.round = number;
  out.event = event;
  out.cmd = unused(at, used);
  out.armed = out.cmd + dice.one_of<Ms>({0, 1, 2, 5, 10});
  out.bit = dice.between(out.cmd, out.armed + 3);
  return out;
}

void heal_round(SmallRound& round, Ms at, std::set<Ms>& used, Dice& dice) {
  round.healing = unused(near(at, dice), used);
  round.healed = *round.healing + dice.one_of<Ms>({0, 1, 3, 8});
}

Ms over_of(const SmallRound& round) { return round.healed.value_or(round.armed); }

void draw_rounds(SmallDrill& drill, Ms first, std::set<Ms>& used, Dice& dice) {
  const bool one_id = dice.chance(30);
  const Ms count = dice.chance(40) ? 1 : dice.between(2, 3);
  const std::vector<std::string> ids{"a", "b", "c"};
  const bool all_events = dice.chance(50);
  Ms at = first;
  for (Ms number = 0; number < count; ++number) {
    const std::string id = one_id ? "a" : ids[static_cast<std::size_t>(number)];
    const bool event = one_id ? all_events : dice.chance(50);
    SmallRound round =
        drawn_round(id, one_id ? static_cast<int>(number) : 0, event, near(at, dice), used, dice);
    // The next round of one id waits for the healing of this one.
    const bool early = one_id && number + 1 < count;
    if (!event && (early || dice.chance(60))) {
      heal_round(round, round.armed + dice.between(0, 50), used, dice);
    }
    at = (one_id ? over_of(round) : round.cmd) + dice.between(1, 50);
    drill.rounds.push_back(round);
  }
}

void draw_phases(SmallDrill& drill, std::set<Ms>& used, Dice& dice) {
  drill.inject = drill.first_cmd() - dice.between(0, 5);
  for (const SmallRound& one : drill.rounds) drill.heal = std::max(drill.heal, one.armed);
  drill.heal += dice.between(0, 20);
  drill.recover = drill.heal;
  for (SmallRound& one : drill.rounds) {
    if (one.event || one.healing) continue;
    heal_round(one, drill.heal + dice.between(0, 3), used, dice);
  }
  for (const SmallRound& one : drill.rounds) {
    drill.recover = std::max(drill.recover, over_of(one));
  }
}

void draw_procedure(SmallDrill& drill, std::set<Ms>& used, Dice& dice) {
  SmallProcedure run;
  Ms least = drill.first_cmd() + 1;
  if (dice.chance(50)) {
    const auto at =
        static_cast<std::size_t>(dice.between(0, static_cast<Ms>(drill.rounds.size()) - 1));
    run.after = drill.rounds[at].id;
    least = over_of(drill.rounds[at]) + 1;
  }
  run.started = least + dice.between(0, 60);
  while (std::ranges::find(drill.rounds, run.started, &SmallRound::cmd) != drill.rounds.end()) {
    ++run.started;
  }
  Ms at = run.started + dice.between(0, 1);
  const Ms count = dice.between(1, 2);
  for (Ms number = 0; number < count; ++number) {
    SmallStep step;
    step.wait = dice.chance(25);
    step.started = unused(at, used);
    step.finished = step.started + dice.between(0, 30);
    at = step.finished;
    run.steps.push_back(step);
  }
  run.finished = run.steps.back().finished;
  drill.procedure = run;
  drill.recover = std::max(drill.recover, run.finished);
}

Ms all_over(const SmallDrill& drill) {
  Ms out = 0;
  for (const SmallRound& one : drill.rounds) out = std::max(out, over_of(one));
  if (drill.procedure) out = std::max(out, drill.procedure->finished);
  return out;
}

void draw_end(SmallDrill& drill, Ms last_i, Dice& dice) {
  drill.verify = std::max(drill.recover + 1, last_i + dice.between(0, 15));
  drill.patience = dice.one_of<Ms>({30, 60, 100});
  if (dice.chance(30)) {
    drill.patience_over = dice.between(drill.recover, drill.verify);
  }
  if (dice.chance(7)) drill.outcome = dice.chance(60) ? "aborted" : "interrupted";
}

}  // namespace

SmallDrill drawn(std::uint64_t seed, const std::string& kind) {
  std::uint64_t kind_as_number = 0;
  for (const char letter : kind) kind_as_number += static_cast<unsigned char>(letter);
  Dice dice(seed * 1'000'003 + kind_as_number);
  SmallDrill drill;
  drill.seed = seed;
  drill.page.name = "page";
  drill.page.timeout = dice.one_of<Ms>({30, 60});
  const bool long_one = dice.chance(2);
  if (!long_one) drill.sustained = dice.one_of<Ms>({10, 15, 20, 20, 25, 30, 40});
  drill.health_period = long_one && dice.chance(50) ? 70 : 0;
  drill.steady = dice.chance(80) ? Want::nominal : dice.one_of({Want::degraded, Want::ok});
  std::set<Ms> used;
  const Ms offset = dice.between(0, 9);
  const bool ledger = kind == "rpo" || kind == "no-loss";
  // A ledger needs twenty acknowledgements before the first fault.
  const Ms first = ledger ? dice.between(150, 320) : offset + dice.between(28, 55);
  draw_rounds(drill, near(first, dice), used, dice);
  draw_phases(drill, used, dice);
  if (dice.chance(30)) draw_procedure(drill, used, dice);
  draw_asks(drill, kind, dice);
  const Ms w = drill.sustained.value_or(210);
  const Ms until = all_over(drill) + dice.between(-5, w + 60);
  drill.page.samples.push_back({offset, offset, offset, Saw::nominal});
  draw_samples(drill.page, drill, until, dice);
  if (kind == "consistent") draw_rules(drill, dice);
  draw_end(drill, drill.page.samples.back().i, dice);
  if (ledger) draw_ledger(drill, dice);
  if (kind != "at-the-end") return drill;
  // The engine says so when patience is over, which it counts from the end of everything.
  const Ms over = std::max(drill.recover, all_over(drill)) + drill.patience;
  drill.patience_over.reset();
  if (over < drill.verify && dice.chance(80)) drill.patience_over = over;
  if (dice.chance(30))
    drill.leaves = dice.one_of({Want::nominal, Want::degraded, Want::exactly_down});
  return drill;
}

}  // namespace reprise::testing::definition
