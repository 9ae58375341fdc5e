// throughout: {probe, expect, allowed-failures: N | longest-outage: D, during?: fault | all}
//
// Every sample that meets the window holds, but for so many, or but for outages that are surely no
// longer than D. An outage belongs to every window that it overlaps, whole: it lasted from between
// its last good sample and its earliest bad answer, to between its last bad sample and the first
// answer of the sustained run after it, and is judged on the longest that this allows.
#include <algorithm>

#include "harness/judge/cause.h"
#include "harness/judge/causes.h"
#include "harness/judge/findings.h"
#include "harness/judge/incidents.h"
#include "harness/judge/missing.h"
#include "harness/judge/options.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

struct ThroughoutTerms {
  std::string probe;
  std::optional<std::int64_t> allowed;
  std::optional<Duration> longest;
};

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
    for (auto bad = points.rbegin(); bad != points.rend(); ++bad) {
      if (bad->sight != Truth::fails || !bad->sample) continue;
      finding.cause = cause_of(finding, record, terms.probe, *bad->sample);
      break;
    }
    return finding;
  }
  if (failures + unknown > allowed) {
    return inconclusive(std::move(finding),
                        {"judge.skipped", {{"probe", terms.probe}, {"count", unknown}}});
  }
  return passed(std::move(finding), std::move(outcome));
}

class LongestOutage {
 public:
  LongestOutage(const Record& record, const ThroughoutTerms& terms, const Timeline& line,
                const Window& window)
      : record_(record),
        terms_(terms),
        line_(line),
        window_(window),
        sustained_(sustained_of(terms.probe, record.scenario, record.plan)),
        calls_(calls_of(candidates(record))) {}

  [[nodiscard]] Finding judge_filled(Finding finding, const std::vector<FilledSample>& told) const {
    const auto all = outages(told, sustained_, line_.every, calls_);
    std::optional<Finding> worst;
    for (const Outage& outage : all) {
      if (told[outage.first_bad].intended > window_.to || outage.bad_until < window_.from) continue;
      Finding one = judge_outage(finding, outage, told);
      if (!worst || graver(one, *worst)) worst = std::move(one);
    }
    Finding timed = worst ? std::move(*worst) : without_outage(finding);
    if (!terms_.allowed) return timed;
    return together({std::move(timed), counted(finding, told)});
  }

 private:
  [[nodiscard]] Finding judge_outage(Finding finding, const Outage& outage,
                                     const std::vector<FilledSample>& told) const {
    const Duration before = outage.before ? told[*outage.before].intended
                                          : told[outage.first_bad].intended - line_.every;
    const Duration low =
        std::max(Duration::zero(), told[outage.last_bad].intended - outage.begun_by);
    finding.measured = Interval{low, std::nullopt};
    if (outage.back) finding.measured->high = told[*outage.back].finished - before;
    Message outcome{"judge.throughout.outage", {{"probe", terms_.probe}}};
    add_interval(outcome, *finding.measured);
    const bool surely = low > *terms_.longest;
    if (!surely && !outage.back) {
      return inconclusive(std::move(finding), {"judge.drill-cut-short", {{"probe", terms_.probe}}});
    }
    if (!surely && *finding.measured->high <= *terms_.longest) {
      return passed(std::move(finding), std::move(outcome));
    }
    outcome.arguments["within_ns"] = terms_.longest->count();
    if (!surely) outcome.key = "judge.throughout.not-shown";
    if (!outage.back) outcome.key = "judge.throughout.outage-open";
    finding = missed(std::move(finding), "chaos.OutageTooLong", std::move(outcome));
    return caused_by_last(std::move(finding), record_, terms_.probe, told, outage);
  }

  // Where both are demanded, one of them may be missed in every history, though neither is in all.
  [[nodiscard]] Finding counted(Finding finding, const std::vector<FilledSample>& told) const {
    std::vector<Point> inside;
    for (const FilledSample& one : told) {
      const Truth sight = one.bad ? Truth::fails : Truth::holds;
      const Point point{one.intended, one.until, sight, one.sample};
      if (point.meets(window_.from, window_.to)) inside.push_back(point);
    }
    return judge_count(std::move(finding), terms_, inside, record_);
  }

  [[nodiscard]] Finding without_outage(Finding finding) const {
    const Duration resolution = line_.every + largest_latency(line_.within(window_));
    finding.measured = Interval{Duration::zero(), resolution};
    if (resolution > *terms_.longest) {
      return inconclusive(std::move(finding), {"judge.too-coarse",
                                               {{"resolution_ns", resolution.count()},
                                                {"within_ns", terms_.longest->count()}}});
    }
    return passed(
        std::move(finding),
        {"judge.no-outage", {{"probe", terms_.probe}, {"resolution_ns", resolution.count()}}});
  }

  const Record& record_;
  const ThroughoutTerms& terms_;
  const Timeline& line_;
  const Window& window_;
  Duration sustained_;
  std::vector<Window> calls_;
};

Finding judge_longest(Finding finding, const ThroughoutTerms& terms, const Timeline& line,
                      const Window& window, const Record& record) {
  finding.limit = terms.longest;
  const LongestOutage judge(record, terms, line, window);
  Finding out = in_every_filling(
      finding, line, line.points,
      [&](const std::vector<FilledSample>& told) { return judge.judge_filled(finding, told); });
  // Beyond the ends of the schedule nobody looked.
  const auto inside = line.within(window);
  const auto beyond = std::ranges::count_if(inside, [&](const Point& point) {
    return !point.sample && point.intended == point.finished;
  });
  if (out.status != Status::pass || beyond == 0) return out;
  return inconclusive(std::move(out),
                      {"judge.skipped", {{"probe", terms.probe}, {"count", beyond}}});
}

Message statement_of(const ThroughoutTerms& terms, const nlohmann::json& expect) {
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
  if (!terms.longest) return judge_count(std::move(finding), terms, points, record);
  return judge_longest(std::move(finding), terms, line, *window, record);
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
           {{"probe", "dashboard"}, {"expect", {{"status", 200}}}, {"allowed-failures", 0}}}},
     .failures = {"TooManyFailures", "OutageTooLong"}},
    judge_throughout,
    nullptr,
}};

}  // namespace
}  // namespace reprise
