// throughout: {probe, expect, allowed-failures: N | longest-outage: D, during?: fault | all}
//
// Every sample scheduled in the window holds, but for so many, or but for outages that are surely
// no longer than D. An outage lies between the good samples around it: at most from the intended
// instant of the one before to the completion of the one after; judged on that upper end. An
// instant that was skipped is neither good nor bad, so it forbids a pass, never a miss.
#include <algorithm>

#include "harness/judge/cause.h"
#include "harness/judge/evidence.h"
#include "harness/judge/intervals.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

struct ThroughoutTerms {
  std::string probe;
  std::optional<std::int64_t> allowed;
  std::optional<Duration> longest;
};

struct Longest {
  Interval interval;  // no high: its end was not seen
  std::size_t last_bad = 0;
};

// The outage whose upper end is largest; good samples beyond the window still bound it.
std::optional<Longest> longest_outage(const std::vector<Point>& points, const Window& window,
                                      Duration every) {
  std::optional<Longest> worst;
  for (const Outage& outage : outages(points, Duration::zero(), every)) {
    if (!window.contains(points[outage.first_bad].intended)) continue;
    const Point& first = points[outage.first_bad];
    const Point& last = points[outage.last_bad];
    Longest found{{std::max(Duration::zero(), last.intended - first.finished), std::nullopt},
                  outage.last_bad};
    const Duration before =
        outage.first_bad > 0 ? points[outage.first_bad - 1].intended : first.intended - every;
    if (outage.back) found.interval.high = points[*outage.back].finished - before;
    const auto end = found.interval.high.value_or(Duration::max());
    if (!worst || end > worst->interval.high.value_or(Duration::max())) worst = found;
  }
  return worst;
}

Finding judge_count(Finding finding, const ThroughoutTerms& terms, const std::vector<Point>& points,
                    const Record& record) {
  const std::size_t failures = count(points, Truth::fails);
  const std::size_t unknown = count(points, Truth::unknown);
  const auto allowed = static_cast<std::size_t>(std::max<std::int64_t>(0, *terms.allowed));
  Message outcome{"judge.throughout.counted",
                  {{"probe", terms.probe},
                   {"failures", failures},
                   {"scheduled", points.size()},
                   {"allowed", allowed}}};
  if (failures > allowed) {
    finding = missed(std::move(finding), "chaos.TooManyFailures", std::move(outcome));
    const auto bad = std::ranges::find(points.rbegin(), points.rend(), Truth::fails, &Point::sight);
    finding.cause = cause_of(finding, record, terms.probe, *bad->sample);
    return finding;
  }
  if (unknown > 0) {
    return inconclusive(std::move(finding),
                        {"judge.skipped", {{"probe", terms.probe}, {"count", unknown}}});
  }
  return passed(std::move(finding), std::move(outcome));
}

Finding judge_outage(Finding finding, const ThroughoutTerms& terms, const Timeline& line,
                     const Window& window, const Record& record) {
  const auto inside = line.within(window);
  const auto worst = longest_outage(line.points, window, line.every);
  const Duration resolution = line.every + largest_latency(inside);
  finding.limit = terms.longest;
  finding.measured = worst ? worst->interval : Interval{Duration::zero(), resolution};
  Message outcome{worst ? "judge.throughout.outage" : "judge.no-outage",
                  {{"probe", terms.probe}, {"resolution_ns", resolution.count()}}};
  add_interval(outcome, *finding.measured);
  const std::size_t unknown = count(inside, Truth::unknown);
  const bool surely = finding.measured->low > *terms.longest;
  if (!surely && unknown > 0) {
    return inconclusive(std::move(finding),
                        {"judge.skipped", {{"probe", terms.probe}, {"count", unknown}}});
  }
  if (!surely && !finding.measured->high) {
    return inconclusive(std::move(finding), {"judge.drill-cut-short", {{"probe", terms.probe}}});
  }
  if (!surely && *finding.measured->high <= *terms.longest) {
    return passed(std::move(finding), std::move(outcome));
  }
  if (!worst) {
    outcome = {"judge.too-coarse",
               {{"resolution_ns", resolution.count()}, {"within_ns", terms.longest->count()}}};
    return inconclusive(std::move(finding), std::move(outcome));
  }
  if (!finding.measured->high) outcome.key = "judge.throughout.outage-open";
  finding = missed(std::move(finding), "chaos.OutageTooLong", std::move(outcome));
  finding.cause = cause_of(finding, record, terms.probe, *line.points[worst->last_bad].sample);
  return finding;
}

Message statement_of(const ThroughoutTerms& terms, const std::string& expect) {
  Message out{"judge.throughout.statement", {{"probe", terms.probe}, {"expect", expect}}};
  if (terms.longest) {
    out.key =
        terms.allowed ? "judge.throughout.statement-both" : "judge.throughout.statement-outage";
    out.arguments["longest_ns"] = terms.longest->count();
  }
  if (terms.allowed) out.arguments["allowed"] = *terms.allowed;
  return out;
}

Finding judge_throughout(const AssertionSpec& spec, const Record& record) {
  ThroughoutTerms terms{text_option(spec, "probe"), integer_option(spec, "allowed-failures"),
                        duration_option(spec, "longest-outage")};
  if (!terms.allowed && !terms.longest) terms.allowed = 0;
  const auto expect = expected_option(spec);
  Finding finding = unjudged(spec, statement_of(terms, expect ? expected_text(*expect) : "?"));
  if (!expect) {
    return inconclusive(std::move(finding), {"judge.unreadable", {{"why", expect.error().what}}});
  }
  const auto window = window_option(spec, record);
  if (!window) {
    return inconclusive(std::move(finding), {"judge.no-samples", {{"probe", terms.probe}}});
  }
  finding.from = window->from;
  finding.to = window->to;
  const Timeline line = timeline(record, terms.probe, *expect, Match::at_least);
  const auto points = line.within(*window);
  if (auto why = unusable(line, terms.probe, points)) {
    return inconclusive(std::move(finding), std::move(*why));
  }
  if (!terms.allowed) return judge_outage(std::move(finding), terms, line, *window, record);
  Finding counted = judge_count(finding, terms, points, record);
  if (!terms.longest || counted.status == Status::fail) return counted;
  Finding timed = judge_outage(std::move(finding), terms, line, *window, record);
  return timed.status >= counted.status ? timed : counted;
}

const Registered<AssertionKind> throughout_registered{{
    {.name = "throughout",
     .summary = "A probe holds at every instant, but for so many failures or so long an outage.",
     .options = Shape::object(
         {{"probe", Shape::name_of("probe"), required, "whose samples are judged"},
          {"expect", Shape::expectation(), required, "what every sample must show"},
          {"allowed-failures", Shape::integer(0, 1'000'000'000), {}, "samples; default 0"},
          {"longest-outage", Shape::duration(), {}, "instead of, or beside, a count"},
          {"during",
           Shape::choice({"fault", "all"}),
           {},
           "while the fault is in place, or from inject to recovery; default all"}}),
     .example =
         {{"throughout",
           {{"probe", "dashboard"}, {"expect", {{"status", 200}}}, {"allowed-failures", 0}}}}},
    judge_throughout,
    nullptr,
}};

}  // namespace
}  // namespace reprise
