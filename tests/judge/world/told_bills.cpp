// What the user was told: throughout, never, consistent, and the steady state at the end.
#include <algorithm>

#include "tests/judge/world/bills.h"

namespace reprise::testing::world {
namespace {

// The window of an assertion, closed at both ends.
struct Window {
  Duration from{}, to{};
  bool sure = true;
};

Window window_of(const World& world, const AssertionSpec& spec) {
  if (spec.options.value("during", "all") != "fault") return {world.inject, world.end};
  Window out{world.strikes.front().commanded, 0s};
  for (const auto& strike : world.strikes) {
    if (strike.condition && !strike.healed) out.sure = false;
    out.to = std::max(out.to, strike.condition ? strike.healed.value_or(0s) : world.heal);
  }
  return out;
}

// One that was never sent may have been answered until its patience was over.
bool meets(const Look& look, const Window& window, Duration timeout) {
  const Duration end = look.skipped ? look.i + timeout : look.f;
  return look.i <= window.to && end >= window.from;
}
bool on_an_edge(const Look& look, const Window& window) {
  return (look.i < window.from && look.f >= window.from) ||
         (look.i <= window.to && look.f > window.to);
}

// How many met the window, on its edge only, and unseen only.
struct Count {
  int all = 0, edge = 0, unseen = 0;
};

template <class Bad>
Count count_in(const std::vector<Look>& looks, const Window& window, Duration timeout, Bad bad) {
  Count out;
  for (std::size_t n = 0; n < looks.size(); ++n) {
    if (!meets(looks[n], window, timeout) || !bad(n)) continue;
    ++out.all;
    if (on_an_edge(looks[n], window)) ++out.edge;
    if (!looks[n].told) ++out.unseen;
  }
  return out;
}

void mark(Bill& bill, const Count& count, int allowed) {
  if (count.all <= allowed) return;
  if (count.all - count.edge <= allowed) bill.kinds.insert('a');
  if (count.all - count.unseen <= allowed) bill.kinds.insert('d');
}

bool any_unseen(const std::vector<Look>& looks, const Window& window, Duration timeout) {
  return std::ranges::any_of(
      looks, [&](const Look& look) { return !look.told && meets(look, window, timeout); });
}

// What one reading of the law says of the longest outage.
struct Longest {
  bool violated = false, missed = false, open = false;
};

Longest judge_longest(const World& world, const WatchedProbe& probe, const Window& window,
                      const AssertionSpec& spec, Reading reading, Bill& bill) {
  const Duration limit = duration_in(spec, "longest-outage", 0s);
  const Want want = want_in(spec);
  auto looks = looks_of(probe, want, reading);
  mark_in_flight(world, looks);
  Longest out;
  for (const auto& spell : spells_of(probe, want, looks, world.sustain_of(probe), world.imagined)) {
    Duration max_f = spell.max_f;
    for (std::size_t n = spell.first; n <= spell.last; ++n) {
      if (looks[n].good || !looks[n].skipped) continue;
      max_f = std::max(max_f, looks[n].i + probe.timeout);
    }
    if (spell.i_first > window.to || max_f < window.from) continue;
    if (!spell.lawful) {
      out.open = true;
      continue;
    }
    if (!spell.f_z) {
      out.violated = out.open = true;
      out.missed = out.missed || spell.i_y - spell.min_f > limit;
      continue;
    }
    bill.truths.push_back(spell.end - spell.begin);
    if (*spell.f_z - spell.i_g.value_or(spell.i_first - probe.every) <= limit) continue;
    out.violated = out.missed = true;
    if (spell.i_first < window.from || max_f > window.to) bill.kinds.insert('a');
  }
  return out;
}

}  // namespace

Bill throughout_bill(const World& world, const AssertionSpec& spec) {
  Bill bill;
  bill.name = spec.name;
  const WatchedProbe& probe = world.probe(spec.options.at("probe"));
  const Window window = window_of(world, spec);
  const auto looks = looks_of(probe, want_in(spec), {});
  bool open = any_unseen(looks, window, probe.timeout);
  bill.no_fail = true;
  bill.why_no_fail = "no more failures and no longer outage than allowed";
  const bool longest = spec.options.contains("longest-outage");
  if (longest) {
    for (const auto& look : looks) open = open || !look.told;
    bool violated = true, missed = true;
    for (const Reading reading : readings) {
      const Longest one = judge_longest(world, probe, window, spec, reading, bill);
      violated = violated && one.violated;
      missed = missed && one.missed;
      bill.no_fail = bill.no_fail && !one.missed && !one.open;
      open = open || one.open;
    }
    if (violated) bill.forbid_pass("an outage was longer, or has no end");
    if (missed) bill.missed.insert("OutageTooLong");
    if (open) bill.truths.clear();
    if (!missed && !bill.no_fail) open = true;
  }
  if (spec.options.contains("allowed-failures") || !longest) {
    const int allowed = spec.options.value("allowed-failures", 0);
    const auto bad = [&](std::size_t n) { return !looks[n].good; };
    const Count count = count_in(looks, window, probe.timeout, bad);
    mark(bill, count, allowed);
    bill.truths.clear();
    if (count.all > allowed) {
      bill.forbid_pass(std::to_string(count.all) + " failures, " + std::to_string(allowed) +
                       " allowed");
      bill.allow_fail("");
      bill.missed.insert("TooManyFailures");
    }
  }
  bill.all_missed = !open;
  if (open) bill.missed.clear();
  if (!window.sure) bill.no_pass = bill.no_fail = bill.all_missed = false;
  return bill;
}

Bill never_bill(const World& world, const AssertionSpec& spec) {
  Bill bill;
  bill.name = spec.name;
  const WatchedProbe& probe = world.probe(spec.options.at("probe"));
  const Window window = window_of(world, spec);
  // Down is what is not even degraded; 503 is told whatever else is cut.
  const bool down = spec.options.at("expect") == "down";
  auto looks = looks_of(probe, Want::degraded, {});
  const auto bad = [&](std::size_t n) {
    return down ? !looks[n].good : probe.shots[n].saw == Saw::broken;
  };
  for (auto& look : looks) {
    if (!down) look.told = !look.skipped;
  }
  const Count count = count_in(looks, window, probe.timeout, bad);
  mark(bill, count, 0);
  if (count.all > 0) bill.forbid_pass(std::to_string(count.all) + " looks saw it");
  bill.no_fail = count.all == 0;
  bill.why_no_fail = "no look saw it";
  return bill;
}

Bill consistent_bill(const World& world, const AssertionSpec& spec) {
  Bill bill;
  bill.name = spec.name;
  const WatchedProbe& probe = world.probe(spec.options.at("probe"));
  const Window window = window_of(world, spec);
  const auto looks = looks_of(probe, Want::nominal, {});
  const auto bad = [&](std::size_t n) { return probe.shots[n].saw == Saw::wrong; };
  const Count count = count_in(looks, window, probe.timeout, bad);
  mark(bill, count, 0);
  if (count.all > 0) bill.forbid_pass(std::to_string(count.all) + " answers broke it");
  bill.no_fail = count.all == 0;
  bill.why_no_fail = "no answer broke it";
  const bool told = std::ranges::any_of(probe.shots, [&](const Shot& shot) {
    return !shot.skipped && !shot.cut && shot.saw <= Saw::wrong && shot.i >= world.all_ended();
  });
  if (!told) {
    bill.forbid_pass("nothing was told of it after everything had ended");
    bill.kinds.insert('f');
  }
  return bill;
}

Bill steady_before_bill(const World& world) {
  Bill bill;
  bill.name = "steady-state";
  bill.no_fail = true;
  bill.why_no_fail = "a system that is not well before is no miss";
  const WatchedProbe& probe = world.probes[world.steady_probe];
  const Duration commanded = world.strikes.front().commanded;
  const Window window{world.inject - world.steady_for, commanded};
  const auto looks = looks_of(probe, world.steady_wants, {});
  // How long an answer may still be out when the first fault is commanded.
  Duration patient = probe.every;
  for (const auto& look : looks) {
    if (!meets(look, window, 0s) || !look.good || look.f > commanded) continue;
    patient = std::max(patient, look.f - look.i);
  }
  for (const auto& look : looks) {
    if (!meets(look, window, 0s)) continue;
    const bool out = look.f > commanded;
    if (!look.told && look.i < commanded) bill.forbid_pass("not seen before the first fault");
    if (look.told && !out && !look.good) {
      bill.forbid_pass("not well before the first fault");
      if (look.i < window.from) bill.kinds.insert('a');
    }
    if (out && commanded - look.i > patient) {
      bill.forbid_pass("an answer was out for too long when the first fault was commanded");
      bill.kinds.insert('a');
    }
  }
  return bill;
}

Bill steady_bill(const World& world) {
  Bill bill;
  bill.name = "steady-state-at-the-end";
  if (world.outcome != "completed") return bill;
  const WatchedProbe& probe = world.probes[world.steady_probe];
  Want want = world.steady_wants;
  if (const auto left = world.leaves.find(probe.name); left != world.leaves.end()) {
    if (left->second == Level::down) return bill;
    if (left->second == Level::degraded) want = Want::degraded;
  }
  Duration last_armed{};
  for (const auto& strike : world.strikes) {
    if (strike.condition && !strike.healed) return bill;
    last_armed = std::max(last_armed, strike.armed);
  }
  const Duration over = world.over();
  const Duration base = std::max({over, world.heal, last_armed});
  bool back = false, may_be_back = false;
  const Duration sustain = world.sustain_of(probe);
  const auto looks = looks_of(probe, want, {});
  const auto late = looks_of(probe, want, {true});
  std::size_t latest_f = 0;
  for (std::size_t z = 0; z < looks.size(); ++z) {
    if (looks[z].f >= looks[latest_f].f) latest_f = z;
    if (sustained_from(looks, z, sustain, probe.every) != Sustained::yes) continue;
    // A run that was good when everything ended, and went on, needs no new beginning.
    const bool covers = std::all_of(looks.begin() + static_cast<std::ptrdiff_t>(z), looks.end(),
                                    [&](const Look& look) { return look.good || look.i > over; });
    may_be_back = may_be_back || looks[z].i >= over || covers;
    // Patience counts from the recover phase, or from what ended later.
    const Duration patient = std::max(over, world.recover) + world.patience;
    if (looks[z].i < base || late[z].f > patient) continue;
    if (sustained_from(late, z, sustain, probe.every) != Sustained::yes) continue;
    back = back || std::all_of(looks.begin() + static_cast<std::ptrdiff_t>(z), looks.end(),
                               [](const Look& look) { return look.good; });
  }
  bill.no_fail = back;
  bill.why_no_fail = "it was back, sustained, and good at the last instant";
  const bool sick = !looks.back().good && !looks[latest_f].good;
  if (sick) bill.forbid_pass("sick at the last instant");
  if (!may_be_back) bill.forbid_pass("never sustained after everything had ended");
  if (bill.no_pass) bill.kinds.insert('f');
  return bill;
}

}  // namespace reprise::testing::world
