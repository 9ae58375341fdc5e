#include "harness/judge/steady.h"

#include <algorithm>

#include "harness/judge/evidence.h"

namespace reprise {
namespace {

// So that arithmetic on a duration from a forged journal cannot overflow: 208 days.
constexpr Duration longest_hold{std::int64_t{1} << 54};

// What the samples of one watched probe say, when they do not say that it held.
std::optional<Message> unsteady(const Record& record, const Watch& watch, const Window& window,
                                Duration struck) {
  const Timeline line = timeline(record, watch.probe, watch.expect, Match::at_least);
  std::vector<Point> points;
  // A sample still in flight when the first fault began may already have been its victim.
  for (const Point& point : line.within(window)) {
    if (point.finished <= struck) points.push_back(point);
  }
  if (points.empty()) {
    // An interval longer than the window: its newest sample before the fault has to do.
    for (const Point& point : line.points) {
      const bool recent =
          point.intended < window.to && point.intended + 2 * line.every >= window.to;
      if (point.finished <= struck && recent) points = {point};
    }
  }
  if (points.empty()) return Message{"judge.no-samples", {{"probe", watch.probe}}};
  const auto unknown = count(points, Truth::unknown);
  if (count(points, Truth::fails) > 0) {
    return Message{"judge.steady.not-held",
                   {{"probe", watch.probe},
                    {"expect", expected_text(watch.expect)},
                    {"failures", count(points, Truth::fails)},
                    {"scheduled", points.size()}}};
  }
  if (unknown > 0) return Message{"judge.skipped", {{"probe", watch.probe}, {"count", unknown}}};
  return std::nullopt;
}

}  // namespace

std::optional<Finding> judge_steady(const Record& record) {
  const Scenario& scenario = record.scenario;
  if (scenario.steady_state.empty()) return std::nullopt;
  Finding finding;
  finding.kind = finding.name = "steady-state";
  finding.where = scenario.where;
  finding.statement = {"judge.steady.statement", {{"for_ns", scenario.steady_for.count()}}};
  if (record.steady != "held") {
    const char* key = record.steady == "lost" ? "judge.steady.lost" : "judge.steady.not-reached";
    return inconclusive(std::move(finding), {key, {{"why", record.steady_why}}});
  }
  const auto judged = drill_window(record);
  if (!judged) {
    return inconclusive(std::move(finding), {"judge.steady.not-reached", {{"why", ""}}});
  }
  const Duration struck = std::max(judged->from, first_commanded(record).value_or(judged->from));
  finding.from = judged->from;
  finding.to = struck;
  for (const Watch& watch : scenario.steady_state) {
    finding.where = watch.where;
    const Duration hold =
        std::clamp(std::max(scenario.steady_for, watch.hold), Duration::zero(), longest_hold);
    const Window window{judged->from - hold, struck};
    finding.from = std::min(*finding.from, window.from);
    if (auto why = unsteady(record, watch, window, struck)) {
      return inconclusive(std::move(finding), std::move(*why));
    }
  }
  finding.where = scenario.where;
  return passed(std::move(finding), {"judge.steady.held"});
}

}  // namespace reprise
