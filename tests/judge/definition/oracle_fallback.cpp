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
  // Nobody looked: that supports neither.
  if (std::ranges::all_of(looked, &Filled::skipped)) return {.status = {Status::inconclusive}};
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

// The last instants may be understood in a few ways, which agree unless the drill ended just there.
struct EndReading {
  bool by_word;    // patience was over when the engine said so, not by the clock
  bool by_run;     // the run is as old as its first good sample, not as the first that is sustained
  bool by_answer;  // the record reaches as far as its last answer, not as its last sample
  bool by_phases;  // the incident is over when the recover phase begins
};

Ms all_healed(const SmallDrill& drill) {
  Ms out = drill.procedure ? drill.procedure->finished : 0;
  for (const SmallRound& one : drill.rounds) out = std::max(out, one.healed.value_or(one.armed));
  return out;
}

Answer end_read(const SmallDrill& drill, const Filling& samples, const EndReading& reading) {
  const Answer missed{.status = {Status::fail}, .failures = {"chaos.NotWellAtTheEnd"}};
  const Ms w = drill.w(Ask()), every = drill.page.every;
  const Ms over = std::max(all_healed(drill), drill.recover);
  Ms until = over + drill.patience;
  if (reading.by_word && drill.patience_over) until = *drill.patience_over;
  const Filled& last = samples.back();
  if (!last.good) {
    const Ms reached = reading.by_answer ? drill.end() : last.i;
    const Ms incident = reading.by_phases ? over : all_healed(drill);
    bool missing = reached >= until || drill.patience_over;
    for (std::size_t at = 0; at < samples.size(); ++at) {
      const bool well = samples[at].good && samples[at].i >= incident;
      missing = missing || (well && sustained(samples, at, w, every));
    }
    return missing ? missed : Answer{.status = {Status::inconclusive}};
  }
  std::size_t begun = samples.size() - 1;
  while (begun > 0 && samples[begun - 1].good) --begun;
  std::optional<std::size_t> z;
  for (std::size_t at = samples.size(); at-- > begun;) {
    if (sustained(samples, at, w, every)) z = at;
  }
  if (samples[reading.by_run || !z ? begun : *z].i > until) return missed;
  return {.status = {z ? Status::pass : Status::inconclusive}};
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
  if (drill.rounds.size() > 1 && !out.is(Status::pass)) {
    out.measured.reset();
    if (out.is(Status::fail)) out.failures.insert({"chaos.FallbackTooLate", "chaos.NoFallback"});
  }
  return out;
}

Answer well_at_the_end(const SmallDrill& drill, const Reading&) {
  const Want want = asked_of_the_end(drill);
  if (!drill.completed()) return {.status = {Status::inconclusive, Status::skipped}};
  if (drill.leaves == Want::exactly_down) return {.status = {Status::pass}};
  const Ms over = all_healed(drill);
  std::vector<Answer> each;
  for (const Filling& filling : fillings(want, drill.page)) {
    Filling since = filling;  // what was sent before all was over tells nothing of the end
    std::erase_if(since, [&](const Filled& sample) { return sample.i < over; });
    if (since.empty()) return {.status = {Status::inconclusive}};
    Answer all;
    for (int face = 0; face < 16; ++face) {
      const Answer one = end_read(
          drill, since, {(face & 1) != 0, (face & 2) != 0, (face & 4) != 0, (face & 8) != 0});
      all.status.insert(one.status.begin(), one.status.end());
      all.failures.insert(one.failures.begin(), one.failures.end());
    }
    each.push_back(all);
  }
  Answer out = over_fillings(each);
  // Nobody looked when all was over.
  const bool looked = std::ranges::any_of(drill.page.samples, [&](const SmallSample& one) {
    return one.i >= over && one.saw != Saw::skipped;
  });
  if (!looked) out.status.insert(Status::inconclusive);
  return out;
}

}  // namespace reprise::testing::definition
