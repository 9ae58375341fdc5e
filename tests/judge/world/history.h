// What is broken in a world, by whom and for how long; and what each look then sees.
//
// Ownership: pure functions of the dice. Threads: any.
#pragma once

#include <initializer_list>
#include <utility>
#include <vector>

#include "tests/judge/world/dice.h"
#include "tests/judge/world/truth.h"

namespace reprise::testing::world {

// Dice that count in intervals of the probe.
struct Draw {
  Dice& dice;
  Duration unit;

  Duration units(int low, int high);
  Duration some(std::initializer_list<std::pair<int, int>> ranges);
  // Now and then exactly at an instant at which the probe fires.
  Duration tie(Duration at);
  // How long a call took that injects or heals.
  Duration call();
  // An instant in it, often an end.
  Duration inside(Duration low, Duration high);
};

void draw_history(World& world, Draw& draw);
[[nodiscard]] std::vector<Piece> pieces_of(const std::vector<Effect>& effects);
// Fires the probe and lets the service answer.
void draw_shots(World& world, WatchedProbe& probe, Draw& draw);
// The lines that the service prints.
void draw_lines(World& world, Draw& draw);
void draw_ledger(World& world, Draw& draw);
// What is demanded, with limits near the truth.
void draw_demands(World& world, Draw& draw);

}  // namespace reprise::testing::world
