#include "harness/judge/steady.h"

#include <algorithm>

#include "harness/judge/cause.h"
#include "harness/judge/findings.h"
#include "harness/judge/incidents.h"
#include "harness/judge/missing.h"
#include "harness/judge/options.h"

namespace reprise {
namespace {

// So that arithmetic on a duration from a forged journal cannot overflow: 208 days.
constexpr Duration longest_hold{std::int64_t{1} << 54};

// A request that was still out when the fault was commanded may already have been its victim.
bool still_out(const Point& point, Duration struck) {
  return point.sample && point.finished > struck;
}

// What the samples of one watched probe say, when they do not say that it held.
std::optional<Message> unsteady(const Record& record, const Watch& watch, const Window& window,
                                Duration struck) {
  const Timeline line = timeline(record, watch.probe, watch.expect, Match::at_least);
  std::vector<Point> points = line.within(window);
  const auto good = [](const Point& point) { return point.sight == Truth::holds; };
  if (std::ranges::none_of(points, good)) {
    // An interval longer than the window: its newest sample before the fault has to do.
    const Point* newest = nullptr;
    for (const Point& point : line.points) {
      const bool recent =
          point.intended < window.to && point.intended + 2 * line.every >= window.to;
      if (point.finished <= struck && recent) newest = &point;
    }
    if (newest) points.insert(points.begin(), *newest);
  }
  // One that was out for longer than any before shows that the system hung already.
  Duration youth = line.every;
  for (const Point& point : points) {
    const bool answered = good(point) && !still_out(point, struck);
    if (answered) youth = std::max(youth, point.finished - point.intended);
  }
  for (const Point& point : points) {
    if (!still_out(point, struck) || struck - point.intended <= youth) continue;
    return Message{"judge.steady.hung",
                   {{"probe", watch.probe}, {"out_ns", (struck - point.intended).count()}}};
  }
  std::erase_if(points, [&](const Point& point) { return still_out(point, struck); });
  if (points.empty()) return Message{"judge.no-samples", {{"probe", watch.probe}}};
  if (count(points, Truth::fails) > 0) {
    return Message{"judge.steady.not-held",
                   {{"probe", watch.probe},
                    {"expect", expected_text(watch.expect)},
                    {"failures", count(points, Truth::fails)},
                    {"scheduled", points.size()}}};
  }
  const auto unknown = count(points, Truth::unknown);
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

namespace {

// Of one probe of the steady state, when all is over.
class EndJudge {
 public:
  EndJudge(const Record& record, const Watch& watch, const Expected& expect)
      : record_(record),
        watch_(watch),
        expect_(expect),
        line_(timeline(record, watch.probe, expect, Match::at_least)),
        over_(last_incident(record)),
        sustained_(sustained_of(watch.probe, record.scenario, record.plan)) {}

  [[nodiscard]] Finding judge(const Finding& blank) const {
    std::vector<Point> points;
    for (const Point& point : line_.points) {
      if (point.intended >= over_) points.push_back(point);
    }
    if (auto why = unusable(line_, watch_.probe, points)) {
      return inconclusive(blank, std::move(*why));
    }
    return in_every_filling(blank, line_, points, [&](const std::vector<FilledSample>& told) {
      return judge_filled(blank, told);
    });
  }

 private:
  [[nodiscard]] Finding judge_filled(Finding finding, const std::vector<FilledSample>& told) const {
    finding.from = over_;
    finding.to = told.back().finished;
    std::size_t run = told.size();  // where the good run begins that lasts until the end
    while (run > 0 && !told[run - 1].bad) --run;
    if (run == told.size()) return bad_at_the_end(std::move(finding), told);
    if (told[run].intended > deadline()) return unwell(std::move(finding), told);
    const Duration newest = told.back().intended;
    const auto first = told.begin() + static_cast<std::ptrdiff_t>(run);
    const auto soonest = std::ranges::min_element(first, told.end(), {}, &FilledSample::finished);
    if (seen_until(soonest->finished + sustained_, newest, line_.every)) {
      return passed(std::move(finding), {"judge.steady-end.held"});
    }
    return inconclusive(std::move(finding), {"judge.recovery.unfinished",
                                             {{"probe", watch_.probe},
                                              {"seen_ns", (newest - told[run].intended).count()},
                                              {"sustained_ns", sustained_.count()}}});
  }

  // Until then the run that lasts until the end must have begun.
  [[nodiscard]] Duration deadline() const {
    const Duration due = recovery_begins(record_) + tamed(record_.scenario.patience);
    return std::max(due, patience_over(record_).value_or(due));
  }

  // A miss once it was waited for long enough, or had been well and is not any more.
  [[nodiscard]] Finding bad_at_the_end(Finding finding,
                                       const std::vector<FilledSample>& told) const {
    const bool waited = patience_over(record_) || told.back().finished >= deadline();
    const Outage last = outages(told, sustained_, line_.every).back();
    const bool relapsed = well_before(told[last.first_bad].intended, told, sustained_).has_value();
    if (waited || relapsed) return unwell(std::move(finding), told);
    return inconclusive(std::move(finding), {"judge.drill-cut-short", {{"probe", watch_.probe}}});
  }

  [[nodiscard]] Finding unwell(Finding finding, const std::vector<FilledSample>& told) const {
    finding = missed(std::move(finding), "chaos.NotWellAtTheEnd",
                     {"judge.steady-end.not-well",
                      {{"probe", watch_.probe}, {"expect", expected_text(expect_)}}});
    for (auto bad = told.rbegin(); bad != told.rend(); ++bad) {
      if (!bad->bad || !bad->sample) continue;
      finding.cause = cause_of(finding, record_, watch_.probe, *bad->sample);
      break;
    }
    return finding;
  }

  const Record& record_;
  const Watch& watch_;
  const Expected& expect_;
  Timeline line_;
  Duration over_, sustained_;
};

// What the scenario means to leave, or what was steady; nothing where the probe may be down.
std::optional<Expected> wanted_at_the_end(const Scenario& scenario, const Watch& watch) {
  const auto leaves = scenario.leaves.find(watch.probe);
  if (leaves == scenario.leaves.end()) return watch.expect;
  if (leaves->second.level == Level::down) return std::nullopt;
  return Expected{std::string(level_name(leaves->second.level)), {}};
}

// That it is better than what the scenario means to leave.
std::optional<Message> better_than_left(const Record& record, const std::string& probe) {
  const auto leaves = record.scenario.leaves.find(probe);
  const auto found = record.probes.find(probe);
  if (leaves == record.scenario.leaves.end() || found == record.probes.end() ||
      found->second.samples.empty()) {
    return std::nullopt;
  }
  const Classifier classifier(record, probe);
  const Level left = leaves->second.level;
  const auto level = classifier.level(found->second.samples.back());
  if (!level || *level >= left) return std::nullopt;
  return Message{"judge.steady-end.better",
                 {{"probe", probe},
                  {"left_key", fmt::format("level.{}", level_name(left))},
                  {"level_key", fmt::format("level.{}", level_name(*level))}}};
}

}  // namespace

std::vector<Awaited> steady_at_the_end(const Scenario& scenario, const Plan& plan) {
  std::vector<Awaited> out;
  for (const Watch& watch : scenario.steady_state) {
    if (auto wanted = wanted_at_the_end(scenario, watch)) {
      out.push_back({watch.probe, std::move(*wanted), sustained_of(watch.probe, scenario, plan)});
    }
  }
  return out;
}

std::optional<Finding> judge_steady_at_the_end(const Record& record) {
  const Scenario& scenario = record.scenario;
  if (scenario.steady_state.empty() || record.outcome != "completed") return std::nullopt;
  Finding blank;
  blank.kind = "steady-state";
  blank.name = "steady-state-at-the-end";
  blank.where = scenario.where;
  blank.statement = {"judge.steady-end.statement", {{"within_ns", scenario.patience.count()}}};
  std::vector<Finding> judged;
  std::vector<Message> notes;
  for (const Watch& watch : scenario.steady_state) {
    if (auto better = better_than_left(record, watch.probe)) notes.push_back(std::move(*better));
    blank.where = watch.where;
    if (const auto wanted = wanted_at_the_end(scenario, watch)) {
      judged.push_back(EndJudge(record, watch, *wanted).judge(blank));
    }
  }
  Finding out = blank;
  if (judged.empty()) {
    out = passed(std::move(out), {"judge.steady-end.left"});
  } else {
    out = together(std::move(judged));
  }
  out.where = scenario.where;
  std::ranges::move(notes, std::back_inserter(out.notes));
  return out;
}

}  // namespace reprise
