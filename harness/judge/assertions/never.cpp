// never: {probe, expect}
//
// No sample that meets the time from the beginning of inject to the end of recover shows it. A
// level means exactly that level: "never degraded" is not violated by being nominal.
#include <algorithm>

#include "harness/judge/cause.h"
#include "harness/judge/findings.h"
#include "harness/judge/incidents.h"
#include "harness/judge/options.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

// A service that is silent shows nothing: that tells only of its silence.
bool answered_since(const Timeline& line, const std::vector<Point>& points, Duration instant) {
  return std::ranges::any_of(points, [&](const Point& point) {
    return point.finished >= instant && line.answered(point);
  });
}

Finding judge_never(const AssertionSpec& spec, const Record& record) {
  const std::string probe = text_option(spec, "probe");
  const auto expect = expected_option(spec);
  Finding finding =
      unjudged(spec, {"judge.never.statement",
                      {{"probe", probe}, {"expect", expect ? expected_text(*expect) : "?"}}});
  if (!expect) {
    return inconclusive(std::move(finding), {"judge.unreadable", {{"why", expect.error().what}}});
  }
  const auto window = drill_window(record);
  if (!window) return inconclusive(std::move(finding), {"judge.no-samples", {{"probe", probe}}});
  finding.from = window->from;
  finding.to = window->to;
  const Timeline line = timeline(record, probe, *expect, Match::exactly, Meant::forbidden);
  const auto points = line.within(*window);
  if (auto why = unusable(line, probe, points)) {
    return inconclusive(std::move(finding), std::move(*why));
  }
  const std::size_t seen = count(points, Truth::holds);
  const std::size_t unknown = count(points, Truth::unknown);
  if (seen > 0) {
    const auto first = std::ranges::find(points, Truth::holds, &Point::sight);
    finding = missed(
        std::move(finding), "chaos.SeenForbidden",
        {"judge.never.seen", {{"probe", probe}, {"count", seen}, {"scheduled", points.size()}}});
    finding.cause = cause_of(finding, record, probe, *first->sample);
    return finding;
  }
  if (auto why = never_there(line, probe, *expect, record)) {
    return inconclusive(std::move(finding), std::move(*why));
  }
  if (!answered_since(line, points, first_commanded(record).value_or(window->from))) {
    return inconclusive(std::move(finding), {"judge.never.unanswered", {{"probe", probe}}});
  }
  if (unknown > 0) {
    return inconclusive(std::move(finding),
                        {"judge.skipped", {{"probe", probe}, {"count", unknown}}});
  }
  return passed(std::move(finding),
                {"judge.never.unseen", {{"probe", probe}, {"scheduled", points.size()}}});
}

const Registered<AssertionKind> never_registered{{
    {.name = "never",
     .summary = "A probe never shows this, from the fault to the end of the recovery.",
     .options = Shape::object(
         {{"probe", Shape::name_of("probe"), required, "whose samples are judged"},
          {"expect", Shape::expectation(), required, "exactly this level, or a predicate"}}),
     .example = {{"never", {{"probe", "dashboard"}, {"expect", "degraded"}}}},
     .failures = {"SeenForbidden"}},
    judge_never,
    nullptr,
}};

}  // namespace
}  // namespace reprise
