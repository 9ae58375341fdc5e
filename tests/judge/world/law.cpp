#include "tests/judge/world/law.h"

#include <algorithm>

namespace reprise::testing::world {
namespace {

// The truth of an outage, kept inside what the law takes for possible (rules 5, 7 and 9).
void find_truth(Spell& spell, const WatchedProbe& probe, Want want, const std::vector<Look>& looks,
                bool imagined) {
  if (imagined) {  // one of the placements that the law allows
    spell.begin = spell.min_f;
    spell.end = spell.i_y;
    return;
  }
  std::optional<Piece> earliest;
  std::optional<Duration> latest, of_last;
  for (std::size_t n = spell.first; n <= spell.last; ++n) {
    const Look& look = looks[n];
    if (look.good) continue;
    const auto piece = probe.outage_met(look.tau, look.s, look.f, want);
    if (!piece) {
      spell.lawful = spell.met = false;
      return;
    }
    if (!earliest || piece->from < earliest->from) earliest = piece;
    latest = std::max(latest.value_or(piece->to), piece->to);
    if (n == spell.last) of_last = piece->to;
  }
  spell.author = earliest->author;
  spell.begin = std::max(earliest->from, spell.i_g.value_or(earliest->from));
  spell.end = std::max(*latest, spell.i_y);
  // An answer that was long under way may tell of a later, separate moment.
  if (spell.f_z && spell.end > *spell.f_z) spell.end = std::max(*of_last, spell.i_y);
  if (spell.f_z && spell.end > *spell.f_z) spell.lawful = false;
  if (spell.begin > spell.min_f && !spell.awaited) spell.lawful = false;
}

}  // namespace

std::vector<Look> looks_of(const WatchedProbe& probe, Want want, Reading reading) {
  std::vector<Look> out;
  for (const auto& shot : probe.shots) {
    Look look{shot.i,      shot.s, shot.f, shot.tau, probe.good(shot, want), probe.told(shot, want),
              shot.skipped};
    if (look.skipped) {
      look.s = look.i;
      look.f = reading.skip_late ? look.i + probe.timeout : look.i;
    }
    out.push_back(look);
  }
  return out;
}

void mark_in_flight(const World& world, std::vector<Look>& looks) {
  const auto mark = [&](Duration begun, Duration done) {
    for (auto& look : looks) look.in_flight |= look.i < done && look.f > begun;
  };
  for (const auto& strike : world.strikes) {
    mark(strike.commanded, strike.armed);
    if (strike.healing && strike.healed) mark(*strike.healing, *strike.healed);
  }
  for (const auto& step : world.steps) {
    if (step.kind != "wait") mark(step.started, step.started);
  }
}

Sustained sustained_from(const std::vector<Look>& looks, std::size_t z, Duration sustain,
                         Duration every) {
  const Duration until = looks[z].f + sustain;
  for (std::size_t n = z; n < looks.size(); ++n) {
    if (looks[n].i > until) return Sustained::yes;
    if (!looks[n].good) return Sustained::broken;
  }
  const Duration last = looks.back().i;
  return last + every > until || last >= until ? Sustained::yes : Sustained::cut_short;
}

std::vector<Spell> spells_of(const WatchedProbe& probe, Want want, const std::vector<Look>& looks,
                             Duration sustain, bool imagined) {
  std::vector<Spell> out;
  std::optional<std::size_t> good;
  for (std::size_t n = 0; n < looks.size(); ++n) {
    if (looks[n].good) {
      good = n;
      continue;
    }
    Spell spell;
    spell.first = n;
    if (good) spell.i_g = looks[*good].i;
    spell.i_first = looks[n].i;
    spell.min_f = spell.max_f = looks[n].f;
    std::optional<std::size_t> z;
    while (true) {
      spell.last = n;
      spell.min_f = std::min(spell.min_f, looks[n].f);
      spell.max_f = std::max(spell.max_f, looks[n].f);
      std::size_t next = n + 1;
      if (next < looks.size() && looks[next].good) spell.last_run = looks[next].i;
      // It ends with the first good look from which the return is sustained.
      for (; next < looks.size() && looks[next].good; ++next) {
        if (z || sustained_from(looks, next, sustain, probe.every) != Sustained::yes) continue;
        // Good before the outage began, perhaps.
        if (looks[next].in_flight && looks[next].i < spell.min_f) continue;
        z = next;
      }
      if (z || next >= looks.size()) break;
      spell.last_run.reset();
      n = next;
    }
    spell.i_y = looks[spell.last].i;
    if (z) {
      spell.i_z = looks[*z].i;
      spell.f_z = looks[*z].f;
      spell.last_run.reset();
    }
    find_truth(spell, probe, want, looks, imagined);
    out.push_back(spell);
    good.reset();
    n = z ? *z - 1 : looks.size();
  }
  return out;
}

Recovering recovering(const World& world, const WatchedProbe& probe, Want want, Reading reading) {
  const Duration first = world.strikes.front().commanded;
  auto all = looks_of(probe, want, reading);
  mark_in_flight(world, all);
  Recovering out;
  // The last that was finished by the first command: without the level, it is awaited.
  const Look* before = nullptr;
  for (const auto& look : all) {
    if (look.f > first) continue;
    if (!before || look.f > before->f || (look.f == before->f && look.i > before->i)) {
      before = &look;
    }
  }
  std::optional<Duration> good_before;
  for (const auto& look : all) {
    if (look.f >= first || (&look == before && !look.good)) out.looks.push_back(look);
  }
  out.spells = spells_of(probe, want, out.looks, world.sustain_of(probe), world.imagined);
  for (auto& spell : out.spells) {
    if (spell.first == 0 || !spell.i_g) {
      for (const auto& look : all) {
        if (look.good && look.i < spell.i_first) good_before = look.i;
      }
      spell.i_g = good_before;
    }
    // One that was sent before it may still have been under way.
    if (before && !before->good && spell.i_first <= before->i && before->i <= spell.i_y) {
      spell.awaited = true;
      spell.begin = spell.min_f = first;
      spell.lawful = spell.met;
      if (spell.f_z && spell.end > *spell.f_z) spell.lawful = false;
    } else if (spell.i_g) {
      spell.begin = std::max(spell.begin, *spell.i_g);
    }
  }
  return out;
}

}  // namespace reprise::testing::world
