// fallback: {probe, expect, within, detect?, incident?: FAULT | each}
//
// The wanted level must be *served* within `within` of the fault's first victim plus the detection
// time that the plan itself allows. Only what was sent when the fault was there can show it. The
// figure includes detection: the switch happened in [s_last-other − t_bit, f − t_bit], f the first
// answer that shows it. Every round is judged; the worst counts.
#include <algorithm>
#include <map>

#include "harness/judge/cause.h"
#include "harness/judge/findings.h"
#include "harness/judge/incidents.h"
#include "harness/judge/options.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

struct FallbackTerms {
  std::string probe;
  Expected expect;
  Duration within{}, detect{};

  [[nodiscard]] Duration allowed() const { return within + detect; }
};

// A round's fault, from its first victim to the next round's command.
struct FallbackRound {
  const FaultRecord* fault = nullptr;
  bool first_of_its_fault = true;
  Duration there{};  // from then on whatever is sent meets the fault
  Duration end = Duration::max();
};

std::vector<FallbackRound> fallback_rounds(const AssertionSpec& spec, const Record& record) {
  std::vector<FallbackRound> out;
  std::map<std::string, std::size_t> last;
  for (const FaultRecord* fault : incidents_of(spec, record)) {
    FallbackRound round{fault, true,
                        std::min(armed_of(*fault), fault->bit.value_or(armed_of(*fault)))};
    const auto before = last.find(fault->id);
    if (before != last.end()) {
      out[before->second].end = *fault->commanded;
      round.first_of_its_fault = false;
    }
    last[fault->id] = out.size();
    out.push_back(round);
  }
  return out;
}

// Whether what is wanted was served before anything was broken: its being served afterwards shows
// no fallback then.
bool served_before(const Timeline& line, Duration commanded) {
  const Point* last = nullptr;
  for (const Point& point : line.points) {
    if (!point.sample || point.finished > commanded) continue;
    if (!last || point.finished >= last->finished) last = &point;
  }
  return last && last->sight != Truth::fails;
}

// The first that holds, by its answer, of those sent when the fault was there; and what stood
// before it.
struct Switch {
  const Point* first = nullptr;
  const Point* last_other = nullptr;  // the last before it that did not hold
  std::size_t seen = 0;
};

Duration sent_at(const Point& point) { return point.sample ? point.sample->sent : point.intended; }

// Of one that was never sent, if it had held: at once.
Duration shown_at(const Point& point) { return point.sample ? point.finished : point.intended; }

bool in_round(const Point& point, const FallbackRound& round) {
  return sent_at(point) >= round.there && point.intended < round.end;
}

// Unknown samples are taken to hold, or to fail.
Switch find_switch(const Timeline& line, const FallbackRound& round, Truth unknown) {
  const auto truth = [&](const Point& point) {
    return point.sight == Truth::unknown ? unknown : point.sight;
  };
  Switch out;
  for (const Point& point : line.points) {
    if (!in_round(point, round) || truth(point) != Truth::holds) continue;
    if (!out.first || shown_at(point) < shown_at(*out.first)) out.first = &point;
  }
  for (const Point& point : line.points) {
    if (!in_round(point, round)) continue;
    if (point.sample) ++out.seen;
    if (out.first && point.intended > out.first->intended) continue;
    if (truth(point) == Truth::fails) out.last_other = &point;
  }
  return out;
}

std::size_t count_down(const Record& record, const Timeline& line, const std::string& probe,
                       const FallbackRound& round, Duration until) {
  const Classifier classifier(record, probe);
  return static_cast<std::size_t>(std::ranges::count_if(line.points, [&](const Point& point) {
    return point.sample && in_round(point, round) && point.intended < until &&
           classifier.level(*point.sample) == Level::down;
  }));
}

// With the last sample as its cause that somebody saw not to show it.
Finding with_last_other(Finding finding, const FallbackTerms& terms, const Timeline& line,
                        const FallbackRound& round, const Switch& found, const Record& record) {
  const Point* shown = nullptr;
  for (const Point& point : line.points) {
    if (!in_round(point, round) || !point.sample) continue;
    if (point.sight == Truth::fails && (!found.last_other || &point <= found.last_other)) {
      shown = &point;
    }
  }
  if (!shown && found.first && found.first->sample) shown = found.first;
  if (shown) finding.cause = cause_of(finding, record, terms.probe, *shown->sample);
  return finding;
}

Finding without_switch(Finding finding, const FallbackTerms& terms, const Timeline& line,
                       const FallbackRound& round, const Switch& found, const Record& record) {
  const Duration bit = *round.fault->bit;
  const Duration due = bit + terms.allowed();
  if (found.seen == 0 || !found.last_other) {
    return inconclusive(std::move(finding), {"judge.no-samples", {{"probe", terms.probe}}});
  }
  if (round.fault->healed && round.fault->healing.value_or(*round.fault->healed) < due) {
    const Duration lasted = *round.fault->healed - bit;
    return inconclusive(std::move(finding),
                        {"judge.fallback.healed-too-early", {{"lasted_ns", lasted.count()}}});
  }
  if (found.last_other->finished < due) {
    return inconclusive(std::move(finding), {"judge.drill-cut-short", {{"probe", terms.probe}}});
  }
  finding.measured = Interval{std::max(Duration::zero(), sent_at(*found.last_other) - bit), {}};
  finding = missed(std::move(finding), "chaos.NoFallback",
                   {"judge.fallback.none", {{"probe", terms.probe}}});
  return with_last_other(std::move(finding), terms, line, round, found, record);
}

Finding judge_filled(Finding finding, const FallbackTerms& terms, const Timeline& line,
                     const FallbackRound& round, Truth unknown, const Record& record) {
  const Duration bit = *round.fault->bit;
  finding.from = bit;
  const Switch found = find_switch(line, round, unknown);
  if (!found.first) return without_switch(std::move(finding), terms, line, round, found, record);
  finding.to = shown_at(*found.first);
  Interval measured;
  measured.high = std::max(Duration::zero(), shown_at(*found.first) - bit);
  if (found.last_other) {
    measured.low = std::max(Duration::zero(), sent_at(*found.last_other) - bit);
  }
  finding.measured = measured;
  const std::size_t down = count_down(record, line, terms.probe, round, found.first->intended);
  Message outcome{"judge.fallback.seen", {{"probe", terms.probe}, {"down", down}}};
  add_interval(outcome, measured);
  if (*measured.high <= terms.allowed()) return passed(std::move(finding), std::move(outcome));
  outcome.key = "judge.fallback.late";
  finding = missed(std::move(finding), "chaos.FallbackTooLate", std::move(outcome));
  return with_last_other(std::move(finding), terms, line, round, found, record);
}

Finding judge_round(Finding finding, const FallbackTerms& terms, const Timeline& line,
                    const FallbackRound& round, const Record& record) {
  if (!round.fault->bit) {
    return inconclusive(std::move(finding),
                        {"judge.fault-did-not-bite", {{"fault", round.fault->id}}});
  }
  if (round.first_of_its_fault && served_before(line, *round.fault->commanded)) {
    return inconclusive(std::move(finding), {"judge.fallback.before", {{"probe", terms.probe}}});
  }
  // The more of what nobody saw had shown it, the earlier it came: two histories bound all others.
  Finding late = judge_filled(finding, terms, line, round, Truth::fails, record);
  const Finding early = judge_filled(finding, terms, line, round, Truth::holds, record);
  if (late.measured && early.measured) {
    late.measured->low = std::min(late.measured->low, early.measured->low);
  } else {
    late.measured.reset();
  }
  if (late.status == early.status) return late;
  const auto unknown = std::ranges::count_if(line.points, [&](const Point& point) {
    return in_round(point, round) && point.sight == Truth::unknown;
  });
  finding.measured = late.measured;
  return inconclusive(std::move(finding),
                      {"judge.unseen", {{"probe", terms.probe}, {"count", unknown}}});
}

Finding judge_fallback(const AssertionSpec& spec, const Record& record) {
  FallbackTerms terms{text_option(spec, "probe"), {}, {}, {}};
  terms.within = duration_option(spec, "within").value_or(Duration::zero());
  terms.detect = duration_option(spec, "detect").value_or(Duration::zero());
  const auto expect = expected_option(spec);
  const bool at_once = terms.detect == Duration::zero();
  Finding finding = unjudged(spec, {at_once ? "judge.fallback.demand" : "judge.fallback.statement",
                                    {{"probe", terms.probe},
                                     {"expect", expect ? expected_text(*expect) : "?"},
                                     {"within_ns", terms.within.count()},
                                     {"detect_ns", terms.detect.count()}}});
  finding.limit = terms.allowed();
  if (!expect) {
    return inconclusive(std::move(finding), {"judge.unreadable", {{"why", expect.error().what}}});
  }
  terms.expect = *expect;
  const auto rounds = fallback_rounds(spec, record);
  if (rounds.empty()) return inconclusive(std::move(finding), {"judge.no-bite"});
  const Timeline line = timeline(record, terms.probe, terms.expect, Match::exactly);
  if (auto why = unusable(line, terms.probe, line.points)) {
    return inconclusive(std::move(finding), std::move(*why));
  }
  std::vector<Finding> judged;
  for (const FallbackRound& round : rounds) {
    judged.push_back(judge_round(finding, terms, line, round, record));
  }
  return together(std::move(judged));
}

const Registered<AssertionKind> fallback_registered{{
    {.name = "fallback",
     .summary = "A fallback is served soon after the fault's first victim.",
     .options = Shape::object(
         {{"probe", Shape::name_of("probe"), required, "whose samples are judged"},
          {"expect", Shape::expectation(), required, "the level or predicate to be served"},
          {"within", Shape::either({Shape::duration(), Shape::choice({"rto"})}), required,
           "from the first victim plus `detect`"},
          {"detect", Shape::duration(), {}, "what the plan allows for detection; default 0s"},
          incident_field()}),
     .example = {{"fallback", {{"probe", "dashboard"}, {"expect", "degraded"}, {"within", "1s"}}}},
     .due_in_fault = true,
     .failures = {"NoFallback", "FallbackTooLate"},
     .counts = {.ever = true}},
    judge_fallback,
    nullptr,
}};

}  // namespace
}  // namespace reprise
