// Draws what is broken, by whom, and for how long.
#include "tests/judge/world/history.h"

#include <algorithm>

namespace reprise::testing::world {
namespace {

// Conditions that are left alone end with the heal phase.
void draw_healing(Strike& strike, Draw& draw) {
  const Duration least = std::max(strike.armed, strike.bit);
  const Duration lasting = draw.some({{2, 6}, {8, 20}, {25, 45}});
  strike.healing = std::max(least, draw.tie(strike.commanded + lasting));
  strike.healed = *strike.healing + draw.call();
  strike.truly_healed = draw.inside(*strike.healing, *strike.healed);
}

void draw_strikes(World& world, Draw& draw) {
  Dice& dice = draw.dice;
  struct Planned {
    std::string id;
    bool condition;
    int rounds, done = 0;
    Duration free{};
  };
  std::vector<Planned> planned;
  const int ids = dice.one_of({1, 1, 1, 1, 2, 2, 2, 3});
  for (int n = 0; n < ids; ++n) {
    planned.push_back({std::string(1, static_cast<char>('a' + n)), dice.chance(55),
                       dice.one_of({1, 1, 1, 2, 3})});
  }
  Duration now = world.inject + draw.units(0, 4);
  while (true) {
    std::vector<std::size_t> left;
    for (std::size_t n = 0; n < planned.size(); ++n) {
      if (planned[n].done < planned[n].rounds) left.push_back(n);
    }
    if (left.empty() || world.strikes.size() == 5) break;
    Planned& one =
        planned[left[static_cast<std::size_t>(dice.between(0, static_cast<int>(left.size()) - 1))]];
    Strike strike;
    strike.id = one.id;
    strike.round = one.done++;
    strike.condition = one.condition;
    strike.commanded = draw.tie(std::max(now, one.free + 1ns));
    if (strike.commanded <= one.free) strike.commanded = one.free + 1ns;
    strike.armed = strike.commanded + draw.call();
    strike.truly = draw.inside(strike.commanded, strike.armed);
    strike.bit = strike.truly + draw.dice.span(0s, draw.unit);
    if (strike.condition) draw_healing(strike, draw);
    one.free = std::max(strike.armed, strike.healed.value_or(0s));
    now = strike.commanded + draw.some({{0, 3}, {4, 14}, {25, 45}});
    world.strikes.push_back(strike);
  }
  std::ranges::stable_sort(world.strikes, {}, &Strike::commanded);
}

// What is still in place when the heal phase begins is healed there.
void draw_phases(World& world, Draw& draw) {
  Duration last = world.inject;
  for (const auto& strike : world.strikes) last = std::max({last, strike.armed, strike.bit});
  world.heal = last + draw.some({{0, 2}, {3, 20}});
  world.recover = world.heal;
  for (auto& strike : world.strikes) {
    if (strike.healing && *strike.healing > world.heal) {
      strike.healing = world.heal + draw.dice.span(0s, draw.unit / 5);
      strike.healed = *strike.healing + draw.call();
      strike.truly_healed = draw.inside(*strike.healing, *strike.healed);
    }
    world.recover = std::max(world.recover, strike.healed.value_or(0s));
  }
  // One that cannot be undone.
  Strike& last_one = world.strikes.back();
  if (last_one.condition && draw.dice.chance(3)) last_one.healing = last_one.healed = std::nullopt;
}

void draw_runs(World& world, Draw& draw) {
  Dice& dice = draw.dice;
  const int runs = dice.one_of({0, 0, 0, 1, 1, 1, 2});
  for (int n = 0; n < runs; ++n) {
    TrueRun run;
    run.procedure = dice.chance(70) ? "restore" : "restart";
    const Strike& cause =
        world.strikes[static_cast<std::size_t>(dice.between(0, world.strikes.size() - 1))];
    Duration now = cause.healed.value_or(cause.armed) + draw.some({{0, 3}, {4, 14}, {20, 30}});
    if (dice.chance(50)) {
      run.after = cause.id;
      for (const auto& other : world.strikes) {
        if (other.id == cause.id) now = std::max(now, other.healed.value_or(other.armed));
      }
    }
    now = draw.tie(now);
    // Whatever it answers was commanded before, not at the same instant.
    for (const auto& strike : world.strikes) {
      if (strike.commanded == now) now += 1ns;
    }
    if (!run.after.empty()) now = std::max(now, cause.armed + 1ns);
    run.started = now;
    const int steps = dice.between(1, 3);
    for (int step = 0; step < steps && !run.failed; ++step) {
      TrueStep one;
      one.run = world.runs.size();
      one.kind = dice.one_of({"wait", "start", "command", "command"});
      one.started = now;
      one.finished = draw.tie(now + draw.some({{0, 1}, {2, 6}, {8, 15}}));
      one.finished = std::max(one.finished, one.started + 1ns);
      one.failed = dice.chance(5);
      run.failed = one.failed;
      now = one.finished;
      run.steps.push_back(world.steps.size());
      world.steps.push_back(one);
    }
    run.finished = now;
    world.runs.push_back(run);
  }
}

Being draw_being(WatchedProbe& probe, Draw& draw) {
  if (probe.patient > 0s) {
    return draw.dice.one_of({Being::slow, Being::broken, Being::refusing, Being::hanging});
  }
  return draw.dice.one_of({Being::fallback, Being::fallback, Being::wrong, Being::broken,
                           Being::resetting, Being::refusing, Being::hanging, Being::hanging});
}

// An outage from `begin` to `end`, perhaps of two kinds, perhaps with the service back in between.
void add_outage(World& world, WatchedProbe& probe, Draw& draw, Duration begin, Duration end,
                Author author) {
  Dice& dice = draw.dice;
  if (end <= begin) return;
  const Being being = draw_being(probe, draw);
  const Duration middle = dice.span(begin, std::min(end, begin + 60 * draw.unit));
  const Duration sustain = world.sustain_of(probe);
  if (dice.chance(20)) {
    probe.effects.push_back({begin, middle, being, author});
    probe.effects.push_back({middle, end, draw_being(probe, draw), author});
  } else if (dice.chance(25)) {
    const Duration gap = dice.one_of(
        {draw.units(0, 2), sustain - draw.units(0, 2), sustain + draw.units(0, 3), sustain / 2});
    probe.effects.push_back({begin, middle, being, author});
    probe.effects.push_back(
        {middle + std::max(gap, Duration(0s)), std::min(end + gap, forever), being, author});
  } else {
    probe.effects.push_back({begin, end, being, author});
  }
}

Duration end_of_outage(const World& world, Draw& draw, const Strike& strike, Duration begin) {
  Dice& dice = draw.dice;
  if (dice.chance(5)) return forever;
  if (dice.chance(20)) {
    for (const auto& step : world.steps) {
      if (step.started > begin) return dice.span(step.started, step.finished);
    }
  }
  if (!strike.healed) return begin + draw.some({{0, 3}, {4, 12}, {15, 35}});
  switch (dice.between(0, 5)) {
    case 0: return dice.span(begin, std::max(begin, *strike.healing));
    case 1: return *strike.healing + dice.span(-draw.unit, draw.unit);
    case 2: return strike.truly_healed;
    default: return strike.truly_healed + draw.some({{0, 1}, {1, 10}, {12, 25}});
  }
}

void draw_effects(World& world, Draw& draw) {
  Dice& dice = draw.dice;
  WatchedProbe& probe = world.probes.front();
  for (std::size_t n = 0; n < world.strikes.size(); ++n) {
    const Strike& strike = world.strikes[n];
    if (!dice.chance(25)) {
      const Duration begin =
          strike.truly + dice.one_of({dice.span(0s, draw.unit / 2), dice.span(0s, draw.unit / 2),
                                      draw.units(0, 3), draw.units(0, 20)});
      add_outage(world, probe, draw, begin, end_of_outage(world, draw, strike, begin),
                 {Author::Kind::command, n});
    }
    if (strike.healed && dice.chance(20)) {
      const Duration begin = strike.truly_healed + draw.some({{0, 1}, {0, 2}, {1, 10}});
      add_outage(world, probe, draw, begin, begin + draw.some({{0, 3}, {4, 12}}),
                 {Author::Kind::healing, n});
    }
  }
  for (std::size_t n = 0; n < world.steps.size(); ++n) {
    const TrueStep& step = world.steps[n];
    if (step.kind == "wait" || !dice.chance(35)) continue;
    const Duration begin = dice.span(step.started, step.finished);
    add_outage(world, probe, draw, begin,
               std::max(begin, step.finished) + draw.some({{0, 2}, {3, 12}}),
               {Author::Kind::step, n});
  }
  if (dice.chance(25)) {
    const Duration begin = world.inject + draw.units(0, 120);
    probe.effects.push_back(
        {begin, begin + dice.span(draw.unit / 5, 2 * draw.unit), draw_being(probe, draw), {}});
  }
  if (dice.chance(4)) {  // not steady just before
    const Duration begin = world.strikes.front().commanded - draw.units(1, 10);
    world.probes[world.steady_probe].effects.push_back(
        {begin, begin + draw.units(0, 8), dice.one_of({Being::broken, Being::hanging}), {}});
  }
  if (dice.chance(4)) {  // an outage that is over long before
    probe.effects.push_back({2 * draw.unit, 6 * draw.unit, Being::broken, {}});
  }
  if (world.steady_probe == 1 && dice.chance(70)) {  // not well from the very beginning
    const Duration until = world.inject + draw.units(0, 30);
    probe.effects.push_back({0s, until, dice.one_of({Being::broken, Being::refusing}), {}});
  }
  if (world.steady_probe == 1 && dice.chance(40)) {  // what the steady state looks at is hurt, too
    const Duration begin = world.strikes.back().truly + draw.units(0, 20);
    const Duration end = dice.chance(40) ? forever : begin + draw.units(1, 20);
    add_outage(world, world.probes.back(), draw, begin, end,
               {Author::Kind::command, world.strikes.size() - 1});
  }
}

void draw_end(World& world, Draw& draw) {
  Dice& dice = draw.dice;
  Duration last = std::max(world.recover, world.over());
  for (const auto& effect : world.probes.front().effects) {
    if (effect.to < forever)
      last = std::max(last, effect.to);
    else
      last = std::max(last, effect.from + draw.units(2, 30));
  }
  last = std::min(last, world.inject + 400 * draw.unit);
  const Duration sustain = world.sustain_of(world.probes.front());
  world.end = last + dice.one_of({draw.units(0, 3), sustain + draw.units(-2, 2),
                                  sustain + draw.units(3, 12), 2 * sustain + draw.units(3, 12),
                                  2 * sustain + draw.units(3, 12)});
  world.end = std::max(world.end, std::max(world.recover, world.over()) + 1ns);
  const int luck = dice.between(1, 100);
  if (luck <= 4)
    world.outcome = "aborted";
  else if (luck <= 6)
    world.outcome = "interrupted";
  else if (luck <= 7)
    world.outcome = "";
  if (dice.chance(6)) world.end = dice.span(std::max(world.recover, world.over()), world.end);
}

}  // namespace

Duration Draw::units(int low, int high) { return dice.span(low * unit, high * unit); }

Duration Draw::some(std::initializer_list<std::pair<int, int>> ranges) {
  const auto [low, high] = dice.one_of(ranges);
  return units(low, high);
}

Duration Draw::tie(Duration at) { return dice.chance(25) ? (at / unit) * unit : at; }

Duration Draw::call() {
  return dice.one_of({dice.span(0s, unit / 20), dice.span(0s, unit / 20), dice.span(0s, unit),
                      dice.span(0s, 5 * unit)});
}

Duration Draw::inside(Duration low, Duration high) {
  return dice.one_of({low, high, dice.span(low, high), dice.span(low, high)});
}

void draw_history(World& world, Draw& draw) {
  draw_strikes(world, draw);
  draw_phases(world, draw);
  draw_runs(world, draw);
  draw_effects(world, draw);
  draw_end(world, draw);
  for (auto& probe : world.probes) probe.pieces = pieces_of(probe.effects);
}

std::vector<Piece> pieces_of(const std::vector<Effect>& effects) {
  std::vector<Duration> borders{0s};
  for (const auto& effect : effects) {
    if (effect.to <= effect.from) continue;
    borders.push_back(std::max(effect.from, Duration(0s)));
    borders.push_back(std::max(effect.to, Duration(0s)));
  }
  borders.push_back(forever);
  std::ranges::sort(borders);
  borders.erase(std::ranges::unique(borders).begin(), borders.end());
  std::vector<Piece> out;
  for (std::size_t n = 0; n + 1 < borders.size(); ++n) {
    Piece piece{borders[n], borders[n + 1], Being::well, {}};
    for (const auto& effect : effects) {
      if (effect.from <= piece.from && piece.from < effect.to && effect.being > piece.being) {
        piece.being = effect.being;
        piece.author = effect.author;
      }
    }
    out.push_back(piece);
  }
  return out;
}

}  // namespace reprise::testing::world
