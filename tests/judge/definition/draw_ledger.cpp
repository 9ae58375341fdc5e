// A ledger of a drawn drill: a write every few milliseconds, and what became of them.
#include <algorithm>

#include "tests/judge/definition/draw.h"

namespace reprise::testing::definition {
namespace {

// Writes near a fault are often refused or left without an answer.
WriteOutcome drawn_outcome(const SmallDrill& drill, Ms s, Dice& dice) {
  const bool near = std::ranges::any_of(drill.rounds, [&](const SmallRound& one) {
    return s >= one.cmd - 3 && s <= one.healed.value_or(one.armed + 15);
  });
  if (!near || dice.chance(40)) return WriteOutcome::acknowledged;
  return dice.chance(50) ? WriteOutcome::unknown : WriteOutcome::refused;
}

// Loses what was acknowledged in (from, to].
void lose(SmallDrill& drill, Ms from, Ms to) {
  for (SmallEntry& one : drill.ledger) {
    const bool acked = one.outcome == WriteOutcome::acknowledged;
    if (acked && one.a > from && one.a <= to) one.copies = 0;
  }
}

void draw_losses(SmallDrill& drill, Dice& dice) {
  const auto last = static_cast<Ms>(drill.rounds.size()) - 1;
  const SmallRound& round = drill.rounds[static_cast<std::size_t>(dice.between(0, last))];
  const Ms face = dice.between(0, 99);
  if (face < 35) return;
  const Ms reach = dice.chance(10) ? round.cmd : dice.between(1, 90);
  if (face < 75) lose(drill, round.cmd - reach, round.cmd);
  if (face >= 75 && face < 88) lose(drill, round.cmd - reach, round.armed + dice.between(0, 40));
  if (face >= 88) {
    const Ms from = dice.between(20, round.cmd);
    lose(drill, from, from + dice.between(10, 30));
  }
}

void draw_harm(SmallDrill& drill, Dice& dice) {
  auto& entry = drill.ledger[static_cast<std::size_t>(
      dice.between(0, static_cast<Ms>(drill.ledger.size()) - 1))];
  const Ms face = dice.between(0, 2);
  if (face == 0) drill.strays = 1;
  if (face == 1 && entry.copies > 0) entry.corrupted = true;
  if (face == 2 && entry.copies > 0) entry.copies = 2;
}

}  // namespace

void draw_ledger(SmallDrill& drill, Dice& dice) {
  const Ms every = dice.one_of<Ms>({5, 8, 10});
  Ms over = std::max(drill.recover, drill.procedure ? drill.procedure->finished : 0);
  const bool silent_after = dice.chance(5);
  for (Ms s = 2; s < drill.verify; s += every) {
    if (silent_after && s >= over) break;
    if (dice.chance(4)) continue;
    SmallEntry one;
    one.s = s;
    one.a = s + dice.between(1, 6);
    one.outcome = drawn_outcome(drill, s, dice);
    if (one.outcome == WriteOutcome::unknown) one.copies = dice.chance(50) ? 1 : 0;
    if (one.outcome == WriteOutcome::refused) one.copies = dice.between(0, 299) == 0 ? 1 : 0;
    drill.ledger.push_back(one);
  }
  draw_losses(drill, dice);
  // What is written when everything is over is kept: a loss there is another failure.
  for (SmallEntry& one : drill.ledger) {
    if (one.outcome == WriteOutcome::acknowledged && one.s + 1 >= over) one.copies = 1;
  }
  if (dice.chance(5)) draw_harm(drill, dice);
}

}  // namespace reprise::testing::definition
