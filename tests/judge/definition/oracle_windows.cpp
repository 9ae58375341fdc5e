// What is demanded of samples that meet a window: throughout, never, consistent; the steady state.
#include <algorithm>

#include "tests/judge/definition/oracle.h"

namespace reprise::testing::definition {
namespace {

struct Window {
  Ms from, to;

  [[nodiscard]] bool meets(Ms begin, Ms end) const { return begin <= to && end >= from; }
};

Window whole_window(const SmallDrill& drill) { return {drill.inject, drill.verify}; }

// From the first command to the last healing; an event's ends where the heal phase begins.
Window fault_window(const SmallDrill& drill) {
  Window out{drill.first_cmd(), drill.first_cmd()};
  for (const SmallRound& one : drill.rounds) {
    out.to = std::max(out.to, one.healed.value_or(drill.heal));
  }
  return out;
}

// The outages that meet the window, each held against the longest allowed.
std::optional<Answer> longest_outage(const Ask& ask, const SmallDrill& drill, const Window& window,
                                     const Filling& samples, const Reading& reading) {
  std::vector<Answer> each;
  const Ms every = drill.page.every;
  for (const Outage& one : outages(drill, samples, drill.w(ask), reading)) {
    if (!window.meets(one.first_i(), one.largest_f())) continue;
    Ms g = one.first_i() - every;
    for (const Filled& sample : samples) {
      if (sample.good && sample.i < one.first_i()) g = sample.i;
    }
    Span span{std::max<Ms>(0, one.last_i() - one.earliest_f()), std::nullopt};
    if (one.z) span.high = one.z->f - g;
    Answer out{.status = {Status::inconclusive}, .measured = span};
    if (span.high && *span.high <= *ask.longest) out.status = {Status::pass};
    if (span.high ? *span.high > *ask.longest : span.low > *ask.longest) {
      out.status = {Status::fail};
      out.failures = {"chaos.OutageTooLong"};
    }
    each.push_back(out);
  }
  if (each.empty()) return std::nullopt;
  return gravest(each);
}

// Where no outage is seen, whether one that is shorter than the samples can show counts against the
// demand is left open.
Answer none_seen(const Ask& ask, const SmallDrill& drill, const Filling& samples) {
  Ms latency = 0;
  for (const Filled& one : samples) latency = std::max(latency, one.f - one.i);
  Answer out{.status = {Status::pass}};
  if (drill.page.every + latency > *ask.longest) out.status.insert(Status::inconclusive);
  return out;
}

Answer throughout_filled(const Ask& ask, const SmallDrill& drill, const Window& window,
                         const Filling& samples, const Reading& reading) {
  int failing = 0, met = 0;
  for (const Filled& one : samples) {
    if (!window.meets(one.i, one.until)) continue;
    met += one.skipped ? 0 : 1;
    failing += one.good ? 0 : 1;
  }
  if (met == 0) return {.status = {Status::inconclusive}};
  std::optional<Answer> longest;
  if (ask.longest) {
    longest = longest_outage(ask, drill, window, samples, reading);
    if (!longest) longest = none_seen(ask, drill, samples);
  }
  if (!ask.allowed) return *longest;
  Answer counted{.status = {Status::pass}};
  if (failing > *ask.allowed) {
    counted.status = {Status::fail};
    counted.failures = {"chaos.TooManyFailures"};
  }
  if (!longest) return counted;
  // Both are demanded; which of two misses is said first, and what is measured then, is left open.
  if (counted.is(Status::pass)) return *longest;
  counted.failures.insert(longest->failures.begin(), longest->failures.end());
  return counted;
}

}  // namespace

Answer throughout(const Ask& ask, const SmallDrill& drill, const Reading& reading) {
  const Window window = ask.during == "fault" ? fault_window(drill) : whole_window(drill);
  std::vector<Answer> each;
  for (const Filling& filling : fillings(ask.want, drill.page)) {
    each.push_back(throughout_filled(ask, drill, window, filling, reading));
  }
  return over_fillings(each);
}

Answer never(const Ask& ask, const SmallDrill& drill) {
  const Window window = whole_window(drill);
  bool seen = false, unknown = false, answered_since = false;
  for (const SmallSample& one : drill.page.samples) {
    const bool silent = one.saw == Saw::refused || one.saw == Saw::reset ||
                        one.saw == Saw::timeout || one.saw == Saw::skipped;
    if (!silent && one.i >= drill.first_cmd()) answered_since = true;
    if (!window.meets(one.i, one.f)) continue;
    const Truth truth = told(ask.want, one);
    seen = seen || truth == Truth::holds;
    unknown = unknown || truth == Truth::unknown;
  }
  if (seen) return {.status = {Status::fail}, .failures = {"chaos.SeenForbidden"}};
  if (unknown) return {.status = {Status::inconclusive}};
  Answer out{.status = {Status::pass}};
  // The definition does not say that a probe which is silent since the fault shows nothing.
  if (!answered_since) out.status.insert(Status::inconclusive);
  return out;
}

Answer consistent(const Ask& ask, const SmallDrill& drill) {
  const Window window = whole_window(drill);
  // With events only, everything has ended when the last was in place; beside a condition, whether
  // an event counts is left open.
  Ms over = drill.procedure ? drill.procedure->finished : 0, armed = 0;
  const bool events_only = std::ranges::all_of(drill.rounds, &SmallRound::event);
  for (const SmallRound& one : drill.rounds) {
    if (one.event) armed = std::max(armed, one.armed);
    over = std::max(over, one.healed.value_or(events_only ? one.armed : 0));
  }
  const Ms over_strictly = std::max(over, armed);
  bool broken = false, unknown = false, told_late = false, told_strictly_late = false;
  for (const SmallSample& one : drill.rules->samples) {
    if (!window.meets(one.i, one.f)) continue;
    const Truth truth = told(ask.want, one);
    broken = broken || truth == Truth::fails;
    unknown = unknown || truth == Truth::unknown;
    if (one.saw != Saw::kept && one.saw != Saw::violated) continue;
    told_late = told_late || one.i >= over;
    told_strictly_late = told_strictly_late || one.i >= over_strictly;
  }
  if (broken) return {.status = {Status::fail}, .failures = {"chaos.InvariantBroken"}};
  if (unknown || !told_late) return {.status = {Status::inconclusive}};
  Answer out{.status = {Status::pass}};
  if (!told_strictly_late) out.status.insert(Status::inconclusive);
  return out;
}

Truth steady_before(const SmallDrill& drill) {
  const Ms command = drill.first_cmd();
  const Window window{drill.inject - drill.steady_for, command};
  Ms age = drill.page.every;
  bool seen = false;
  for (const SmallSample& one : drill.page.samples) {
    if (!window.meets(one.i, one.f) || one.f > command) continue;
    if (told(drill.steady, one) != Truth::holds) continue;
    seen = true;
    age = std::max(age, one.f - one.i);
  }
  Truth out = seen ? Truth::holds : Truth::fails;
  for (const SmallSample& one : drill.page.samples) {
    if (!window.meets(one.i, one.f)) continue;
    const bool unanswered = one.saw != Saw::skipped && one.f > command;
    if (unanswered) {
      if (command - one.i > age) return Truth::fails;
      continue;
    }
    const Truth truth = told(drill.steady, one);
    if (truth == Truth::fails) return Truth::fails;
    if (truth == Truth::unknown) out = Truth::unknown;
  }
  return out;
}

}  // namespace reprise::testing::definition
