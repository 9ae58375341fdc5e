// Fires the probes of a world, open loop, and lets the service answer.
#include <algorithm>

#include "tests/judge/world/history.h"

namespace reprise::testing::world {
namespace {

Saw saw_of(Being being) {
  switch (being) {
    case Being::well:
    case Being::slow: return Saw::nominal;
    case Being::fallback: return Saw::fallback;
    case Being::wrong: return Saw::wrong;
    case Being::broken: return Saw::broken;
    case Being::resetting: return Saw::reset;
    case Being::refusing: return Saw::refused;
    case Being::hanging: break;
  }
  return Saw::timeout;
}

bool answers(Being being) { return being <= Being::broken; }

class Answering {
 public:
  Answering(const WatchedProbe& probe, Draw& draw, Duration latency)
      : probe_(probe), draw_(draw), latency_(latency) {}

  const Piece& piece_at(Duration at) const {
    return *std::ranges::find_if(
        probe_.pieces, [&](const Piece& piece) { return piece.from <= at && at < piece.to; });
  }
  // Fills in what becomes of a request that was sent at `s`.
  void answer(Shot& shot) {
    const Duration arrival = shot.s;
    const Piece& piece = piece_at(arrival);
    if (piece.being == Being::hanging) {
      hang(shot, arrival, piece);
      return;
    }
    shot.tau = arrival;
    shot.saw = saw_of(piece.being);
    shot.f = arrival + (answers(piece.being) ? took(piece.being) : short_time());
    // Under way when the service broke: it may be the first victim.
    if (answers(piece.being) && piece.to <= shot.f && draw_.dice.chance(50)) {
      const Piece& next = piece_at(piece.to);
      if (next.being == Being::resetting || next.being == Being::refusing) {
        shot.tau = piece.to;
        shot.saw = Saw::reset;
        shot.f = piece.to + short_time();
      } else if (next.being == Being::hanging) {
        hang(shot, piece.to, next);
      }
    }
    keep_patience(shot, piece.being);
  }

 private:
  Duration short_time() { return draw_.dice.span(1us, draw_.unit / 10); }
  Duration took(Being being) {
    if (being == Being::slow) return probe_.patient + draw_.dice.span(1us, probe_.patient / 2);
    const Duration usual = draw_.dice.span(latency_ / 2, latency_);
    if (probe_.patient == 0s && draw_.dice.chance(1)) {
      return draw_.dice.span(usual, probe_.timeout - 1ns);
    }
    return usual;
  }
  // Held until the hanging ends, or patience does.
  void hang(Shot& shot, Duration from, const Piece& piece) {
    const Duration deadline = shot.i + probe_.timeout;
    shot.held = true;
    shot.saw = Saw::timeout;
    shot.f = deadline;
    shot.tau = draw_.dice.span(from, std::min(piece.to - 1ns, deadline));
    if (piece.to >= deadline) return;
    const Piece& next = piece_at(piece.to);
    const int luck = draw_.dice.between(1, 100);
    if (luck <= 15) return;  // forgotten by the service
    if (luck <= 30 || !answers(next.being)) {
      shot.saw = Saw::reset;
      shot.f = piece.to + short_time();
      if (!answers(next.being) && luck > 30) shot.tau = piece.to;
      if (next.being == Being::hanging) shot.tau = from;
    } else {
      shot.tau = piece.to;
      shot.saw = saw_of(next.being);
      shot.f = piece.to + took(next.being);
    }
    if (shot.f > deadline) {
      shot.saw = Saw::timeout;
      shot.f = deadline;
      shot.tau = from;
    }
  }
  // A service that is well answers in time; that is what being well means.
  void keep_patience(Shot& shot, Being being) const {
    if (shot.held) return;
    const Duration deadline = shot.i + probe_.timeout - 1ns;
    if (shot.f <= deadline) return;
    shot.f = std::max(shot.s, deadline);
    if (being == Being::slow) shot.f = std::max(shot.f, shot.i + probe_.patient);
  }

  const WatchedProbe& probe_;
  Draw& draw_;
  Duration latency_;
};

// Hides stretches of looks, mostly where something changes.
void hide(const World& world, WatchedProbe& probe, Draw& draw, bool by_cutting) {
  Dice& dice = draw.dice;
  const int stretches = dice.between(1, 3);
  for (int n = 0; n < stretches; ++n) {
    Duration at = world.inject + dice.span(0s, world.end - world.inject);
    if (!probe.effects.empty() && dice.chance(80)) {
      const Effect& effect = probe.effects[static_cast<std::size_t>(
          dice.between(0, static_cast<int>(probe.effects.size()) - 1))];
      at = (dice.chance(50) ? effect.from : std::min(effect.to, world.end)) + draw.units(-3, 3);
    }
    Duration until = at + draw.units(0, 4);
    if (!probe.effects.empty() && dice.chance(40)) {  // all of it
      const Effect& effect = probe.effects[static_cast<std::size_t>(
          dice.between(0, static_cast<int>(probe.effects.size()) - 1))];
      if (effect.to - effect.from < 12 * draw.unit) {
        at = effect.from - draw.units(0, 2);
        until = effect.to + draw.units(0, 2);
      }
    }
    for (auto& shot : probe.shots) {
      // Before the first fault the steady state must have been seen.
      if (shot.i < at || shot.i > until || shot.i < world.strikes.front().commanded) continue;
      const bool is_text = shot.saw <= Saw::wrong;
      if (!by_cutting)
        shot.skipped = true;
      else if (is_text && probe.patient == 0s && !shot.skipped)
        shot.cut = true;
    }
  }
}

void show_all_but(WatchedProbe& probe, Draw& draw, std::size_t most) {
  std::vector<Shot*> hidden;
  for (auto& shot : probe.shots) {
    if (shot.skipped || shot.cut) hidden.push_back(&shot);
  }
  while (hidden.size() > most) {
    const auto index = draw.dice.between(0, static_cast<int>(hidden.size()) - 1);
    hidden[static_cast<std::size_t>(index)]->skipped = false;
    hidden[static_cast<std::size_t>(index)]->cut = false;
    hidden.erase(hidden.begin() + index);
  }
}

}  // namespace

void draw_shots(World& world, WatchedProbe& probe, Draw& draw) {
  Dice& dice = draw.dice;
  Duration latency = dice.one_of({draw.unit / 20, draw.unit / 3, draw.unit, 5 * draw.unit});
  latency = std::min(latency, probe.timeout / 2);
  if (probe.patient > 0s) latency = std::min(latency, probe.patient / 2);
  Answering service(probe, draw, latency);
  // One that is sent late is no late observer yet.
  const bool long_enough = world.end - world.inject > 220 * probe.every;
  const int late = long_enough && dice.chance(50) ? dice.between(30, 200) : -1;
  int number = 0;
  for (Duration i = 0s; i <= world.end; i += probe.every, ++number) {
    Shot shot;
    shot.i = i;
    shot.s = i + dice.span(0s, probe.every / 20);
    if (number == late && probe.patient == 0s) shot.s = i + draw.units(0, 2);
    if (shot.s >= i + probe.timeout) shot.s = i;
    const auto under_way = std::ranges::count_if(
        probe.shots, [&](const Shot& earlier) { return !earlier.skipped && earlier.f > i; });
    shot.skipped = under_way >= probe.in_flight;
    if (shot.skipped) shot.s = i;
    service.answer(shot);
    probe.shots.push_back(shot);
  }
  if (world.probes.data() != &probe) return;
  if (dice.chance(25)) hide(world, probe, draw, false);
  if (dice.chance(20)) hide(world, probe, draw, true);
  // Every filling of what is unknown is judged: many of them only now and then.
  if (dice.chance(90)) show_all_but(probe, draw, 7);
  // What was never sent would have been answered from the state of its instant.
  for (auto& shot : probe.shots) {
    if (!shot.skipped) continue;
    const Piece& piece = service.piece_at(shot.i);
    shot.s = shot.tau = shot.f = shot.i;
    shot.saw = saw_of(piece.being);
    shot.held = shot.cut = false;
    if (piece.being == Being::slow) shot.f = shot.i + probe.patient;
  }
}

}  // namespace reprise::testing::world
