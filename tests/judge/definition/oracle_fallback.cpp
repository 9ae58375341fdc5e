// Fallback, counted from the first victim; and whether the system is well at the end.
#include <algorithm>

#include "tests/judge/definition/oracle.h"

namespace reprise::testing::definition {
namespace {

// The samples that may show the fallback of one round.
Filling of_round(const SmallRound& round, const SmallDrill& drill, const Filling& samples) {
  std::optional<Ms> next;
  for (const SmallRound& other : drill.rounds) {
    if (other.id != round.id || other.cmd <= round.cmd) continue;
    if (!next || other.cmd < *next) next = other.cmd;
  }
  Filling out;
  for (const Filled& one : samples) {
    if (one.s < std::min(round.armed, round.bit) || (next && one.i >= *next)) continue;
    out.push_back(one);
  }
  return out;
}

// Whether the last sample that was there before the command showed it already.
bool served_before(const SmallRound& round, const Filling& samples) {
  const Filled* last = nullptr;
  for (const Filled& one : samples) {
    if (one.f <= round.cmd && (last == nullptr || one.f >= last->f)) last = &one;
  }
  return last != nullptr && last->good;
}

Answer fallback_of_round(const Ask& ask, const SmallDrill& drill, const SmallRound& round,
                         const Filling& samples) {
  // The definition says that what was sent before shows nothing, and no more of this.
  if (served_before(round, samples)) {
    return {.status = {Status::pass, Status::inconclusive, Status::fail},
            .failures = {"chaos.FallbackTooLate", "chaos.NoFallback"}};
  }
  const Filling looked = of_round(round, drill, samples);
  const Ms allowed = ask.limit + ask.detect, due = round.bit + allowed;
  // A fault that was gone, or struck again, before the fallback was due may excuse it.
  const bool excused = (round.healing && *round.healing < due) || looked.empty() ||
                       looked.back().i < due || !drill.completed();
  const Filled* first = nullptr;
  for (const Filled& one : looked) {
    if (one.good && (first == nullptr || one.f < first->f)) first = &one;
  }
  Answer out{.status = {Status::fail}, .failures = {"chaos.NoFallback"}};
  if (first != nullptr) {
    Ms low = 0;
    for (const Filled& one : looked) {
      if (!one.good && one.i < first->i) low = std::max<Ms>(0, one.s - round.bit);
    }
    out.measured = Span{low, std::max<Ms>(0, first->f - round.bit)};
    out.failures = {"chaos.FallbackTooLate"};
    if (*out.measured->high <= allowed) return {.status = {Status::pass}, .measured = out.measured};
  }
  if (excused) out.status.insert(Status::inconclusive);
  return out;
}

// What the steady state asks of the end.
Want asked_of_the_end(const SmallDrill& drill) { return drill.leaves.value_or(drill.steady); }

// The end may be understood in a few ways, which agree unless the drill was stopped at the border.
struct EndReading {
  Ms over;                  // since when everything is over
  std::optional<Ms> until;  // when patience was over: by the clock, or by the engine's word
  bool by_answer;           // patience asks for the answer, not for the sending, of the run's first
  bool run_before;          // the run may have begun before
  bool nothing_after;       // no bad sample follows the run
  bool by_run;              // what is sustained may begin later than the good run that it is in
};

Answer end_read(const SmallDrill& drill, const Filling& samples, const EndReading& reading) {
  const Ms w = drill.w(Ask()), every = drill.page.every;
  const auto by_f = std::ranges::max_element(samples, {}, &Filled::f);
  bool returned = false, under_way = false;
  for (std::size_t at = 0; at < samples.size(); ++at) {
    const Filled& z = samples[at];
    const bool all_good = std::all_of(samples.begin() + static_cast<std::ptrdiff_t>(at),
                                      samples.end(), [](const Filled& one) { return one.good; });
    std::size_t begun = at;
    while (reading.by_run && z.good && begun > 0 && samples[begun - 1].good) --begun;
    const Ms since = reading.by_answer ? samples[begun].f : samples[begun].i;
    if (!z.good || (reading.until && since > *reading.until)) continue;
    if (z.i < reading.over && !(reading.run_before && all_good)) continue;
    under_way = under_way || all_good;
    if (reading.nothing_after && !all_good) continue;
    returned = returned || sustained(samples, at, w, every);
  }
  if (returned && samples.back().good && by_f->good) return {.status = {Status::pass}};
  Answer out{.status = {Status::fail}, .failures = {"chaos.NotWellAtTheEnd"}};
  const bool waited = samples.back().i >= reading.over + drill.patience || drill.patience_over;
  if (returned && samples.back().good) out.status.insert(Status::pass);
  if (under_way || !waited) out.status.insert(Status::inconclusive);
  return out;
}

// A round that surely failed decides; else one that is left open leaves all of it open. None at all
// has no upper end, so which of several misses is the longest is left open beside it.
void settle(const std::vector<Answer>& rounds, Answer& out) {
  bool surely = false;
  out.failures.clear();
  for (const Answer& one : rounds) {
    const bool open = one.status.size() > 1, failed = one.is(Status::fail);
    surely = surely || failed;
    if (open) out.status.insert(one.status.begin(), one.status.end());
    if (open || (failed && one.failures.contains("chaos.NoFallback"))) out.measured.reset();
    if (open || failed) out.failures.insert(one.failures.begin(), one.failures.end());
  }
  if (surely) out.status = {Status::fail};
}

}  // namespace

Answer fallback(const Ask& ask, const SmallDrill& drill) {
  std::vector<Answer> each;
  for (const Filling& filling : fillings(ask.want, drill.page)) {
    std::vector<Answer> rounds;
    for (const SmallRound& round : drill.rounds) {
      const bool named = ask.incident.empty() || ask.incident == "each";
      if (!named && round.id != ask.incident) continue;
      rounds.push_back(fallback_of_round(ask, drill, round, filling));
    }
    each.push_back(gravest(rounds));
    settle(rounds, each.back());
  }
  Answer out = over_fillings(each);
  // Of several rounds, what is unknown in one is judged apart from the others: which miss leads and
  // what is measured then is left open.
  if (drill.rounds.size() > 1 && out.is(Status::fail)) {
    out.measured.reset();
    out.failures.insert({"chaos.FallbackTooLate", "chaos.NoFallback"});
  }
  return out;
}

Answer well_at_the_end(const SmallDrill& drill, const Reading&) {
  const Want want = asked_of_the_end(drill);
  if (!drill.completed()) return {.status = {Status::inconclusive, Status::skipped}};
  if (drill.leaves == Want::exactly_down) return {.status = {Status::pass}};
  Ms over = drill.procedure ? drill.procedure->finished : 0;
  for (const SmallRound& one : drill.rounds) over = std::max(over, one.healed.value_or(one.armed));
  std::vector<Answer> each;
  for (const Filling& filling : fillings(want, drill.page)) {
    Answer all;
    for (const Ms since : {over, std::max(over, drill.recover)}) {
      for (int face = 0; face < 32; ++face) {
        // The engine's word stands where it spoke; where it did not, patience was not over.
        EndReading reading{since,           drill.patience_over, (face & 1) != 0,
                           (face & 2) != 0, (face & 4) != 0,     (face & 16) != 0};
        if ((face & 8) != 0) reading.until = since + drill.patience;
        const Answer one = end_read(drill, filling, reading);
        all.status.insert(one.status.begin(), one.status.end());
        all.failures.insert(one.failures.begin(), one.failures.end());
      }
    }
    each.push_back(all);
  }
  Answer out = over_fillings(each);
  // Nobody looked when all was over; or it is good at the last instant, and W was cut short.
  const bool looked = std::ranges::any_of(drill.page.samples, [&](const SmallSample& one) {
    return one.i >= over && one.saw != Saw::skipped;
  });
  if (!looked || out.status.size() > 1) out.status.insert(Status::inconclusive);
  return out;
}

}  // namespace reprise::testing::definition
