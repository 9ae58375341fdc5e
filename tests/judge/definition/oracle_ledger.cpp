// Data loss: which writes are lost, which fault each may belong to, and how far back that reaches.
#include <algorithm>

#include "tests/judge/definition/oracle.h"

namespace reprise::testing::definition {
namespace {

constexpr int fewest = 20;

bool acked(const SmallEntry& one) { return one.outcome == WriteOutcome::acknowledged; }
bool lost(const SmallEntry& one) { return acked(one) && one.copies == 0; }
bool kept(const SmallEntry& one) { return acked(one) && one.copies > 0; }

std::vector<SmallRound> asked_rounds(const Ask& ask, const SmallDrill& drill) {
  std::vector<SmallRound> out;
  for (const SmallRound& one : drill.rounds) {
    const bool all = ask.incident.empty() || ask.incident == "each";
    if (all || one.id == ask.incident) out.push_back(one);
  }
  return out;
}

int acked_until(const SmallDrill& drill, Ms instant) {
  return static_cast<int>(std::ranges::count_if(
      drill.ledger, [&](const SmallEntry& one) { return acked(one) && one.a <= instant; }));
}

// What is wrong with it whatever was lost.
std::set<std::string> unsound(const SmallDrill& drill) {
  std::set<std::string> out;
  if (drill.strays > 0) out.insert("chaos.DataPhantom");
  for (const SmallEntry& one : drill.ledger) {
    if (one.copies > 0 && one.outcome == WriteOutcome::refused) out.insert("chaos.DataPhantom");
    if (one.corrupted) out.insert("chaos.DataCorrupted");
    if (one.copies > 1) out.insert("chaos.DataDuplicated");
  }
  return out;
}

// The newest kept entry that was acknowledged before this one was sent.
const SmallEntry* kept_before(const SmallDrill& drill, const SmallEntry& gone) {
  const SmallEntry* out = nullptr;
  for (const SmallEntry& one : drill.ledger) {
    if (kept(one) && one.a < gone.s) out = &one;
  }
  return out;
}

// From the failure back to the lost write.
Span reaches_back(const SmallDrill& drill, const SmallEntry& gone, const SmallRound& round) {
  Span out{round.cmd - gone.a, std::nullopt};
  if (const SmallEntry* k = kept_before(drill, gone)) out.high = round.armed - k->s;
  return out;
}

bool hole_before(const SmallDrill& drill, const SmallEntry& gone, Ms command) {
  return std::ranges::any_of(drill.ledger, [&](const SmallEntry& one) {
    return kept(one) && gone.a < one.s && one.a < command;
  });
}

// What could have been lost unseen before this fault: the largest gap between acknowledgements, or
// the time since the newest was sent.
Ms resolution(const SmallDrill& drill, const SmallRound& round) {
  std::vector<Ms> instants;
  Ms newest = 0;
  for (const SmallEntry& one : drill.ledger) {
    if (!acked(one) || one.a >= round.cmd) continue;
    instants.push_back(one.a);
    newest = std::max(newest, one.s);
  }
  std::ranges::sort(instants);
  Ms gap = 0;
  for (std::size_t at = 1; at < instants.size(); ++at) {
    gap = std::max(gap, instants[at] - instants[at - 1]);
  }
  return std::max(gap, round.armed - newest);
}

Ms over_for_good(const SmallDrill& drill) {
  Ms out = std::max(drill.recover, drill.procedure ? drill.procedure->finished : 0);
  for (const SmallRound& one : drill.rounds) out = std::max(out, one.healed.value_or(one.armed));
  return out;
}

// Too few writes before, or none after, take a pass away.
void need_writes(const std::vector<SmallRound>& rounds, const SmallDrill& drill, Answer& out) {
  if (!out.status.contains(Status::pass)) return;
  // Whether one at the very instant of the command is before it makes no difference to anybody.
  if (acked_until(drill, rounds.back().cmd) < fewest) {
    out.status = {Status::inconclusive};
  } else if (acked_until(drill, rounds.front().cmd - 1) < fewest) {
    out.status.insert(Status::inconclusive);
  }
  const Ms over = over_for_good(drill);
  const bool wrote_after = std::ranges::any_of(
      drill.ledger, [&](const SmallEntry& one) { return acked(one) && one.s > over; });
  if (!wrote_after) out.status.insert(Status::inconclusive);
}

Answer nothing_lost(const Ask& ask, const std::vector<SmallRound>& rounds,
                    const SmallDrill& drill) {
  Answer out;
  for (const SmallRound& round : rounds) {
    const Ms one = resolution(drill, round);
    out.status.insert(one <= ask.limit ? Status::pass : Status::inconclusive);
    if (rounds.size() == 1) out.measured = Span{0, one};
  }
  return out;
}

// A lost entry may belong to any fault that was not in place before its acknowledgement.
Answer something_lost(const Ask& ask, const std::vector<SmallRound>& rounds,
                      const std::vector<SmallEntry>& gone, const SmallDrill& drill) {
  Answer out;
  bool all_hold = true, open_hole = false;
  for (const SmallEntry& one : gone) {
    bool any_holds = false, hole_for_all = true, admissible = false;
    for (const SmallRound& round : rounds) {
      if (one.a > round.armed && &round != &rounds.back()) continue;
      if (one.a > round.armed && admissible) continue;
      admissible = true;
      const Span span = reaches_back(drill, one, round);
      const bool holds = span.high && *span.high <= ask.limit;
      any_holds = any_holds || holds;
      all_hold = all_hold && holds;
      const bool hole = hole_before(drill, one, round.cmd);
      hole_for_all = hole_for_all && hole;
      open_hole = open_hole || hole;
    }
    if (!any_holds) out.failures.insert("chaos.RpoExceeded");
    if (hole_for_all) out.failures.insert("chaos.DataHoles");
  }
  if (!out.failures.empty()) {
    out.status = {Status::fail};
  } else if (all_hold && !open_hole) {
    out.status = {Status::pass};
  } else {
    out.status = {Status::inconclusive};
  }
  const SmallEntry& oldest = gone.front();
  const auto after = std::ranges::find_if(
      rounds, [&](const SmallRound& round) { return oldest.a <= round.armed; });
  out.measured = reaches_back(drill, oldest, rounds.back());
  out.measured->low = (after != rounds.end() ? *after : rounds.back()).cmd - oldest.a;
  return out;
}

}  // namespace

// Nothing allows what was sent when every fault was healed and every procedure had ended to be
// lost.
static std::optional<Ms> all_mended(const SmallDrill& drill) {
  std::optional<Ms> out;
  if (drill.procedure) out = drill.procedure->finished;
  for (const SmallRound& one : drill.rounds) out = std::max(out, one.healed);
  if (!out) return out;
  for (const SmallRound& one : drill.rounds) out = std::max(*out, one.armed);
  return out;
}

Answer rpo(const Ask& ask, const SmallDrill& drill) {
  const auto rounds = asked_rounds(ask, drill);
  std::vector<SmallEntry> gone;
  std::set<std::string> failures = unsound(drill);
  for (const SmallEntry& one : drill.ledger) {
    if (!lost(one)) continue;
    const bool after = one.a > rounds.back().armed;
    const auto mended = all_mended(drill);
    if (mended && one.s > *mended) failures.insert("chaos.LostAfterRecovery");
    if (after && ask.after_allowed) continue;
    if (after) failures.insert("chaos.LostAfterFailure");
    gone.push_back(one);
  }
  Answer out =
      gone.empty() ? nothing_lost(ask, rounds, drill) : something_lost(ask, rounds, gone, drill);
  need_writes(rounds, drill, out);
  if (failures.empty()) return out;
  if (gone.empty()) out.measured.reset();
  out.status = {Status::fail};
  out.failures.insert(failures.begin(), failures.end());
  return out;
}

Answer no_loss(const Ask& ask, const SmallDrill& drill) {
  std::set<std::string> failures = unsound(drill);
  for (const SmallEntry& one : drill.ledger) {
    if (!lost(one)) continue;
    failures.insert("chaos.DataLost");
    // Whether a hole is told here as well is left open.
    for (const SmallRound& round : asked_rounds(ask, drill)) {
      if (hole_before(drill, one, round.cmd)) failures.insert("chaos.DataHoles");
    }
  }
  if (!failures.empty()) return {.status = {Status::fail}, .failures = failures};
  Answer out{.status = {Status::pass}};
  need_writes(asked_rounds(ask, drill), drill, out);
  return out;
}

}  // namespace reprise::testing::definition
