// Draws a ledger: what was committed when, and what a failure took away.
#include <algorithm>

#include "tests/judge/world/history.h"

namespace reprise::testing::world {
namespace {

void draw_writes(World& world, TrueLedger& ledger, Draw& draw) {
  Dice& dice = draw.dice;
  const WatchedProbe& page = world.probes.front();
  const Duration every = dice.span(draw.unit / 3, 2 * draw.unit);
  Duration sent = dice.chance(90) ? dice.span(0s, every) : world.inject - 10 * every;
  sent = std::max(sent, Duration(0s));
  for (; sent < world.end && ledger.writes.size() < 400; sent += dice.span(every / 2, every)) {
    TrueWrite write;
    write.sent = sent;
    write.answered = sent + dice.span(1us, dice.chance(90) ? every / 2 : 3 * every);
    write.commit = draw.inside(write.sent, write.answered);
    const bool down = page.outage_at(write.commit, Want::status200).has_value();
    if (down && sent > world.inject)
      write.outcome = dice.one_of({'a', 'u', 'u', 'f'});
    else if (dice.chance(2))
      write.outcome = dice.one_of({'u', 'f'});
    if (write.outcome == 'f') write.committed = false;
    if (write.outcome == 'u') write.committed = dice.chance(50);
    write.copies = write.committed ? 1 : 0;
    ledger.writes.push_back(write);
  }
}

// What was committed in (point, until] is gone.
void lose(TrueLedger& ledger, std::size_t strike, Duration point, Duration until) {
  for (auto& write : ledger.writes) {
    if (write.commit <= point || write.commit > until || write.copies == 0) continue;
    write.copies = 0;
    write.lost_by = strike;
  }
}

}  // namespace

void draw_ledger(World& world, Draw& draw) {
  Dice& dice = draw.dice;
  TrueLedger ledger;
  draw_writes(world, ledger, draw);
  if (ledger.writes.empty()) return;
  const auto any = [&]() -> TrueWrite& {
    return ledger.writes[static_cast<std::size_t>(
        dice.between(0, static_cast<int>(ledger.writes.size()) - 1))];
  };
  for (std::size_t n = 0; n < world.strikes.size(); ++n) {
    if (!dice.chance(world.strikes.size() > 1 ? 40 : 75)) continue;
    const Duration truly = world.strikes[n].truly;
    const Duration lag = dice.chance(6) ? forever : draw.some({{0, 1}, {1, 5}, {5, 18}});
    // A fail-over keeps what came later; a server that goes on after its failure may lose that.
    const Duration beyond = dice.chance(70) ? Duration(0s) : draw.some({{0, 2}, {2, 10}});
    const Duration point = dice.chance(12) ? truly + draw.units(0, 4) : truly - lag;
    lose(ledger, n, point, std::max(point, truly) + beyond);
  }
  if (dice.chance(8)) {
    TrueWrite& hole = any();
    if (hole.copies > 0 && hole.commit < world.inject) {
      hole.copies = 0;
      hole.lost_by = 0;
    }
  }
  if (dice.chance(8)) {
    TrueWrite& copied = any();
    if (copied.copies > 0) copied.copies = dice.between(2, 3);
  }
  if (dice.chance(20)) ledger.copies_allowed = 2;
  if (dice.chance(8)) {
    TrueWrite& other = any();
    if (other.copies > 0) other.corrupted = true;
  }
  if (dice.chance(5)) ledger.strays = 1;
  if (dice.chance(10)) {
    for (auto& write : ledger.writes) {
      if (write.outcome == 'f' && dice.chance(30)) write.copies = 1;
    }
  }
  world.ledger = ledger;
}

void draw_lines(World& world, Draw& draw) {
  Dice& dice = draw.dice;
  const auto add = [&](Duration at, bool matches) {
    TrueLine line;
    line.at = at;
    line.matches = matches;
    if (dice.chance(25)) {
      line.kept = dice.one_of({TrueLine::Kept::left_out, TrueLine::Kept::left_out_unsearched,
                               TrueLine::Kept::cut, TrueLine::Kept::cut_unsearched});
    }
    line.told_at = line.at;
    if (at <= world.end) world.lines.push_back(line);
  };
  for (const auto& strike : world.strikes) {
    if (dice.chance(60)) add(strike.bit + draw.some({{0, 1}, {1, 8}, {10, 30}}), true);
  }
  const int noise = dice.between(2, 8);
  for (int n = 0; n < noise; ++n) add(dice.span(0s, world.end), false);
  if (dice.chance(20)) add(dice.span(0s, world.end), true);
  std::ranges::stable_sort(world.lines, {}, &TrueLine::at);
  // Lines that were left out are told of later, but before the next that was not.
  for (std::size_t n = 0; n < world.lines.size(); ++n) {
    TrueLine& line = world.lines[n];
    if (line.kept != TrueLine::Kept::left_out && line.kept != TrueLine::Kept::left_out_unsearched) {
      continue;
    }
    const Duration next = n + 1 < world.lines.size() ? world.lines[n + 1].at : world.end;
    line.told_at = dice.span(line.at, std::min(next, line.at + 5 * draw.unit));
  }
}

}  // namespace reprise::testing::world
