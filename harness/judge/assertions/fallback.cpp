// fallback: {probe, expect, within, detect?}
//
// The wanted level must be *served* within `within` of the fault's first victim plus the detection
// time that the plan itself allows. Judged on the completion c of the first sample that shows it:
// the switch happened in [max(0, s_last-other - t_bit - detect), c - t_bit - detect]. A repeated
// fault is judged round by round; the worst counts.
#include <algorithm>

#include "harness/judge/cause.h"
#include "harness/judge/evidence.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

struct FallbackTerms {
  std::string probe;
  Expected expect;
  Duration within{}, detect{};
};

// A round's fault, from its first victim to the next round's command.
struct Round {
  Duration commanded{}, bit{};
  std::optional<Duration> healed;
  Duration end{};
};

std::vector<Round> rounds_of(const Record& record) {
  const FaultRecord* first = nullptr;
  for (const auto& fault : record.faults) {
    if (fault.bit && (!first || *fault.bit < *first->bit)) first = &fault;
  }
  std::vector<Round> out;
  if (!first) return out;
  for (const auto& fault : record.faults) {
    if (fault.id != first->id || !fault.bit) continue;
    const Duration commanded = fault.commanded.value_or(*fault.bit);
    if (!out.empty()) out.back().end = commanded;
    out.push_back({commanded, *fault.bit, fault.healed, Duration::max()});
  }
  return out;
}

// Whether what is wanted was served before anything was broken: its being served afterwards shows
// no fallback then.
bool served_before(const Timeline& line, const Round& first) {
  const Point* last = nullptr;
  for (const Point& point : line.points) {
    if (point.sample && point.finished <= first.commanded) last = &point;
  }
  return last && last->sight == Truth::holds;
}

// The completion-wise first sample that holds after the bite, and what stood before it.
struct Switch {
  const Point* first = nullptr;
  const Point* last_other = nullptr;  // the last sample before it that did not hold
  bool unseen = false;                // an instant before it was not looked at
  std::size_t seen = 0;
};

Switch find_switch(const Timeline& line, const Round& round) {
  Switch out;
  auto in_round = [&](const Point& point) {
    return point.finished >= round.bit && point.intended < round.end;
  };
  for (const Point& point : line.points) {
    if (!in_round(point) || point.sight != Truth::holds) continue;
    if (!out.first || point.finished < out.first->finished) out.first = &point;
  }
  for (const Point& point : line.points) {
    if (!in_round(point)) continue;
    if (point.sample) ++out.seen;
    if (out.first && point.intended > out.first->intended) continue;
    if (point.sight == Truth::fails) out.last_other = &point;
    if (point.sight == Truth::unknown) out.unseen = true;
  }
  return out;
}

std::size_t count_down(const Record& record, const Timeline& line, const std::string& probe,
                       const Round& round, Duration until) {
  const Classifier classifier(record, probe);
  return static_cast<std::size_t>(std::ranges::count_if(line.points, [&](const Point& point) {
    return point.sample && point.finished >= round.bit && point.intended < until &&
           classifier.level(*point.sample) == Level::down;
  }));
}

Finding without_switch(Finding finding, const FallbackTerms& terms, const Round& round,
                       const Switch& found, const Record& record) {
  const Duration due = round.bit + terms.detect + terms.within;
  if (found.seen == 0) {
    return inconclusive(std::move(finding), {"judge.no-samples", {{"probe", terms.probe}}});
  }
  if (found.unseen) {
    return inconclusive(std::move(finding), {"judge.unseen", {{"probe", terms.probe}}});
  }
  if (round.healed && *round.healed < due) {
    return inconclusive(std::move(finding), {"judge.fallback.healed-too-early",
                                             {{"lasted_ns", (*round.healed - round.bit).count()}}});
  }
  if (found.last_other->finished < due) {
    return inconclusive(std::move(finding), {"judge.drill-cut-short", {{"probe", terms.probe}}});
  }
  finding.measured = Interval{
      std::max(Duration::zero(), found.last_other->intended - round.bit - terms.detect), {}};
  finding = missed(std::move(finding), "chaos.NoFallback",
                   {"judge.fallback.none", {{"probe", terms.probe}}});
  finding.cause = cause_of(finding, record, terms.probe, *found.last_other->sample);
  return finding;
}

Finding judge_round(Finding finding, const FallbackTerms& terms, const Timeline& line,
                    const Round& round, const Record& record) {
  finding.from = round.bit;
  const Switch found = find_switch(line, round);
  if (!found.first) return without_switch(std::move(finding), terms, round, found, record);
  finding.to = found.first->finished;
  const Duration origin = round.bit + terms.detect;
  Interval measured;
  measured.high = std::max(Duration::zero(), found.first->finished - origin);
  if (found.last_other) {
    measured.low = std::max(Duration::zero(), found.last_other->intended - origin);
  }
  finding.measured = measured;
  const std::size_t down = count_down(record, line, terms.probe, round, found.first->intended);
  Message outcome{"judge.fallback.seen", {{"probe", terms.probe}, {"down", down}}};
  add_interval(outcome, measured);
  if (*measured.high <= terms.within) return passed(std::move(finding), std::move(outcome));
  if (found.unseen && measured.low <= terms.within) {
    return inconclusive(std::move(finding), {"judge.unseen", {{"probe", terms.probe}}});
  }
  outcome.key = "judge.fallback.late";
  finding = missed(std::move(finding), "chaos.FallbackTooLate", std::move(outcome));
  const Point& shown = found.last_other ? *found.last_other : *found.first;
  finding.cause = cause_of(finding, record, terms.probe, *shown.sample);
  return finding;
}

bool graver(const Finding& left, const Finding& right) {
  if (left.status != right.status) return left.status > right.status;
  if (!left.measured || !right.measured) return !right.measured && left.measured.has_value();
  const auto high = [](const Finding& finding) {
    return finding.measured->high.value_or(Duration::max());
  };
  return high(left) > high(right);
}

Finding judge_fallback(const AssertionSpec& spec, const Record& record) {
  FallbackTerms terms{text_option(spec, "probe"), {}, {}, {}};
  terms.within = duration_option(spec, "within").value_or(Duration::zero());
  terms.detect = duration_option(spec, "detect").value_or(Duration::zero());
  const auto expect = expected_option(spec);
  const std::string wanted = expect ? expected_text(*expect) : std::string("?");
  const bool at_once = terms.detect == Duration::zero();
  Finding finding = unjudged(spec, {at_once ? "judge.fallback.demand" : "judge.fallback.statement",
                                    {{"probe", terms.probe},
                                     {"expect", wanted},
                                     {"within_ns", terms.within.count()},
                                     {"detect_ns", terms.detect.count()}}});
  finding.limit = terms.within;
  if (!expect) {
    return inconclusive(std::move(finding), {"judge.unreadable", {{"why", expect.error().what}}});
  }
  terms.expect = *expect;
  const auto rounds = rounds_of(record);
  if (rounds.empty()) return inconclusive(std::move(finding), {"judge.no-bite"});
  const Timeline line = timeline(record, terms.probe, terms.expect, Match::exactly);
  if (auto why = unusable(line, terms.probe, line.points)) {
    return inconclusive(std::move(finding), std::move(*why));
  }
  if (served_before(line, rounds.front())) {
    return inconclusive(std::move(finding), {"judge.fallback.before", {{"probe", terms.probe}}});
  }
  std::optional<Finding> worst;
  for (const Round& round : rounds) {
    Finding judged = judge_round(finding, terms, line, round, record);
    if (!worst || graver(judged, *worst)) worst = std::move(judged);
  }
  return std::move(*worst);
}

const Registered<AssertionKind> fallback_registered{{
    {.name = "fallback",
     .summary = "A fallback is served soon after the fault's first victim.",
     .options = Shape::object(
         {{"probe", Shape::name_of("probe"), required, "whose samples are judged"},
          {"expect", Shape::expectation(), required, "the level or predicate to be served"},
          {"within", Shape::either({Shape::duration(), Shape::choice({"rto"})}), required,
           "from the first victim plus `detect`"},
          {"detect", Shape::duration(), {}, "what the plan allows for detection; default 0s"}}),
     .example = {{"fallback", {{"probe", "dashboard"}, {"expect", "degraded"}, {"within", "1s"}}}},
     .due_in_fault = true},
    judge_fallback,
    nullptr,
}};

}  // namespace
}  // namespace reprise
