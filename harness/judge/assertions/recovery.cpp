// recovery: {probe, expect, within, sustained?, from?: incident | heal, incident?: FAULT}
//
// Every outage is held against the limit by itself, on the upper end of its interval; the gravest
// counts. causes.h says what an outage counts from. What nobody saw is filled in both ways.
#include <algorithm>

#include "harness/judge/causes.h"
#include "harness/judge/findings.h"
#include "harness/judge/incidents.h"
#include "harness/judge/missing.h"
#include "harness/judge/options.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

struct RecoveryTerms {
  std::string probe;
  Expected expect;
  Duration within{};
  ClockTerms clock;
};

class RecoveryJudge {
 public:
  RecoveryJudge(const Record& record, const RecoveryTerms& terms, const Timeline& line,
                Duration begun)
      : record_(record),
        terms_(terms),
        every_(line.every),
        candidates_(candidates(record)),
        calls_(calls_of(candidates_)) {
    begun_ = begun;
    const Point* before = nullptr;  // the last that was finished by the first command
    for (const Point& point : line.points) {
      const bool newer = !before || point.finished >= before->finished;
      if (point.finished <= begun && newer) before = &point;
    }
    // A level that was not held by then is awaited: as an outage begun at that command.
    const bool awaited = before && before->sight != Truth::holds;
    // Only what was got over before the first command needs the samples from before it.
    const bool all = std::ranges::any_of(
        candidates_, [&](const Candidate& one) { return one.earliest < begun; });
    for (const Point& point : line.points) {
      const bool looked = point.finished >= begun || (awaited && &point == before);
      if (!looked && !all) continue;
      points_.push_back(point);
      looked_.push_back(looked);
    }
  }

  // Those that are judged.
  [[nodiscard]] std::vector<Point> points() const { return only_looked(points_); }
  // With those that only show what the probe had got over before.
  [[nodiscard]] const std::vector<Point>& all_points() const { return points_; }

  [[nodiscard]] Finding judge_filled(const Finding& blank, std::vector<FilledSample> all) const {
    for (FilledSample& one : all) {
      // What would have been answered before the first command is not of this incident.
      if (!one.sample && one.intended < begun_) one.finished = one.until;
    }
    const std::vector<FilledSample> told = only_looked(all);
    auto found = outages(told, terms_.clock.sustained, every_, calls_);
    if (found.empty()) return without_outage(blank, told);
    std::vector<Finding> judged;
    Duration sum{};
    for (std::size_t i = 0; i < found.size(); ++i) {
      found[i].begun_by = std::max(found[i].begun_by, begun_);
      const Duration begun = told[found[i].first_bad].intended;
      const auto well_since = well_before(begun, all, terms_.clock.sustained);
      judged.push_back(judge_outage(blank, found, i, told, well_since));
      const auto& measured = judged.back().measured;
      if (measured) sum += tamed(measured->high.value_or(measured->low));
    }
    Finding out = together(std::move(judged));
    out.outcome.arguments["outages"] = found.size();
    if (found.size() > 1) out.notes.push_back({"judge.recovery.sum", {{"sum_ns", sum.count()}}});
    return out;
  }

 private:
  template <class One>
  [[nodiscard]] std::vector<One> only_looked(const std::vector<One>& all) const {
    std::vector<One> out;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (looked_[i]) out.push_back(all[i]);
    }
    return out;
  }

  // Nothing was seen to fail: true only as far as somebody looked, and as finely.
  [[nodiscard]] Finding without_outage(Finding finding,
                                       const std::vector<FilledSample>& told) const {
    Duration latency{};
    for (const FilledSample& one : told) {
      if (one.sample) latency = std::max(latency, one.finished - one.intended);
    }
    const Duration resolution = every_ + latency;
    finding.measured = Interval{Duration::zero(), resolution};
    if (auto why = cut_short(told)) return inconclusive(std::move(finding), std::move(*why));
    if (resolution > terms_.within) {
      return inconclusive(std::move(finding), {"judge.too-coarse",
                                               {{"resolution_ns", resolution.count()},
                                                {"within_ns", terms_.within.count()}}});
    }
    return passed(
        std::move(finding),
        {"judge.no-outage", {{"probe", terms_.probe}, {"resolution_ns", resolution.count()}}});
  }

  // Where W was not seen after the last command, healing or step.
  [[nodiscard]] std::optional<Message> cut_short(const std::vector<FilledSample>& told) const {
    Duration last{};
    for (const Candidate& one : candidates_) last = std::max(last, one.over);
    const Duration looked = told.back().intended + every_ - last;
    if (looked >= terms_.clock.sustained) return std::nullopt;
    return too_brief(looked);
  }

  [[nodiscard]] Message too_brief(Duration seen) const {
    return {"judge.recovery.unfinished",
            {{"probe", terms_.probe},
             {"seen_ns", std::max(Duration::zero(), seen).count()},
             {"sustained_ns", terms_.clock.sustained.count()}}};
  }

  [[nodiscard]] Finding judge_outage(Finding finding, const std::vector<Outage>& all,
                                     std::size_t index, const std::vector<FilledSample>& told,
                                     std::optional<Duration> well_since) const {
    const Outage& outage = all[index];
    std::optional<Duration> back;
    if (outage.back) back = told[*outage.back].finished;
    const Reckoning reckoning = reckon(candidates_, all, index, told, terms_.clock, well_since);
    const auto recovery = recovery_of(reckoning, told[outage.last_bad].intended, back);
    tell_causes(finding, reckoning);
    finding.to = back.value_or(told.back().intended);
    if (!recovery) return inconclusive(std::move(finding), {"judge.recovery.not-healed"});
    finding.measured = recovery->interval;
    if (!back) return unrecovered(std::move(finding), outage, told, *recovery);
    Message outcome{"judge.recovery.recovered", {{"probe", terms_.probe}}};
    add_interval(outcome, recovery->interval);
    if (*recovery->interval.high <= terms_.within) {
      if (recovery->undecided) {
        return inconclusive(std::move(finding), {"judge.recovery.not-healed"});
      }
      if (auto why = cut_short(told)) return inconclusive(std::move(finding), std::move(*why));
      return passed(std::move(finding), std::move(outcome));
    }
    const bool strict = std::ranges::any_of(reckoning.starts, &ClockStart::strict);
    if (!strict && (recovery->undecided || *recovery->least_high <= terms_.within)) {
      outcome.key = "judge.recovery.undecided";
      outcome.arguments["within_ns"] = terms_.within.count();
      return inconclusive(std::move(finding), std::move(outcome));
    }
    const bool surely = recovery->interval.low > terms_.within;
    outcome.key = surely ? "judge.recovery.late" : "judge.recovery.not-shown";
    outcome.arguments["within_ns"] = terms_.within.count();
    const char* failure =
        finding.objective == "rto" ? "chaos.RtoExceeded" : "chaos.RecoveryTooLate";
    return with_cause(missed(std::move(finding), failure, std::move(outcome)), outage, told);
  }

  // From where the clock runs, what was counted from otherwise, and what the probe had got over.
  static void tell_causes(Finding& finding, const Reckoning& reckoning) {
    std::vector<std::string> from, spent;
    for (const ClockStart& start : reckoning.starts) {
      if (start.known && (!finding.from || start.earliest < *finding.from)) {
        finding.from = start.earliest;
      }
      from.push_back(start.cause->name);
    }
    for (const Candidate* one : reckoning.spent) spent.push_back(one->name);
    finding.notes.push_back(
        {"judge.recovery.counted-from", {{"causes", fmt::format("{}", fmt::join(from, ", "))}}});
    if (spent.empty()) return;
    finding.notes.push_back(
        {"judge.recovery.spent", {{"causes", fmt::format("{}", fmt::join(spent, ", "))}}});
  }

  [[nodiscard]] Finding with_cause(Finding finding, const Outage& outage,
                                   const std::vector<FilledSample>& told) const {
    return caused_by_last(std::move(finding), record_, terms_.probe, told, outage);
  }

  // Down to the end of the drill, or good too briefly at its end.
  [[nodiscard]] Finding unrecovered(Finding finding, const Outage& outage,
                                    const std::vector<FilledSample>& told,
                                    const Recovery& recovery) const {
    const bool surely = finding.measured->low > terms_.within && !recovery.undecided;
    if (!surely && record_.outcome != "completed") {
      return inconclusive(std::move(finding), {"judge.drill-cut-short", {{"probe", terms_.probe}}});
    }
    const auto patience = patience_over(record_);
    const bool under_way = outage.tail && (!patience || told[*outage.tail].intended <= *patience);
    if (!surely && under_way) {
      const Duration seen = told.back().intended - told[*outage.tail].intended;
      return inconclusive(std::move(finding), too_brief(seen));
    }
    const Duration waited =
        std::max(Duration::zero(), told.back().intended - finding.from.value_or(begun_));
    Message outcome{"judge.recovery.never", {{"probe", terms_.probe}}};
    if (waited < terms_.within) outcome.key = "judge.recovery.never-not-waited";
    outcome.arguments["waited_ns"] = waited.count();
    outcome.arguments["within_ns"] = terms_.within.count();
    return with_cause(missed(std::move(finding), "chaos.NotRecovered", std::move(outcome)), outage,
                      told);
  }

  const Record& record_;
  const RecoveryTerms& terms_;
  Duration every_, begun_{};
  std::vector<Candidate> candidates_;
  std::vector<Window> calls_;
  std::vector<Point> points_;
  std::vector<bool> looked_;  // of each point: whether it is judged
};

Finding judge_recovery(const AssertionSpec& spec, const Record& record) {
  RecoveryTerms terms{text_option(spec, "probe"), {}, {}, {}};
  terms.within = duration_option(spec, "within").value_or(Duration::zero());
  terms.clock = {text_option(spec, "from"), text_option(spec, "incident"), false,
                 sustained_of(spec, record.scenario, record.plan)};
  const auto expect = expected_option(spec);
  Finding finding = unjudged(spec, {"judge.recovery.statement",
                                    {{"probe", terms.probe},
                                     {"expect", expect ? expected_text(*expect) : "?"},
                                     {"within_ns", terms.within.count()}}});
  finding.limit = terms.within;
  if (!expect) {
    return inconclusive(std::move(finding), {"judge.unreadable", {{"why", expect.error().what}}});
  }
  terms.expect = *expect;
  terms.clock.degraded = expect->level == "degraded";
  const auto begun = first_commanded(record);
  if (!begun) return inconclusive(std::move(finding), {"judge.no-bite"});
  const Timeline line = timeline(record, terms.probe, terms.expect, Match::at_least);
  const RecoveryJudge judge(record, terms, line, *begun);
  if (auto why = unusable(line, terms.probe, judge.points())) {
    return inconclusive(std::move(finding), std::move(*why));
  }
  return in_every_filling(
      finding, line, judge.all_points(),
      [&](const std::vector<FilledSample>& told) { return judge.judge_filled(finding, told); });
}

std::optional<Awaited> awaits_recovery(const AssertionSpec& spec, const Scenario& scenario,
                                       const Plan& plan) {
  auto expect = expected_option(spec);
  if (!expect) return std::nullopt;
  return Awaited{text_option(spec, "probe"), std::move(*expect),
                 sustained_of(spec, scenario, plan)};
}

const Registered<AssertionKind> recovery_registered{{
    {.name = "recovery",
     .summary = "A probe is back at a level within a time, and stays there.",
     .options = Shape::object(
         {{"probe", Shape::name_of("probe"), required, "whose samples are judged"},
          {"expect", Shape::expectation(), required, "the level or predicate to return to"},
          {"within", Shape::either({Shape::duration(), Shape::choice({"rto"})}), required,
           "a duration, or `rto`"},
          {"sustained",
           Shape::duration(),
           {},
           "for how long; default the larger of 20 intervals and 3 health periods"},
          {"from",
           Shape::choice({"incident", "heal"}),
           {},
           "where the clock starts; default heal for the return to nominal from a condition"},
          {"incident",
           Shape::name(),
           {},
           "the id of a fault: every later outage counts from its command"}}),
     .example = {{"recovery", {{"probe", "dashboard"}, {"expect", "nominal"}, {"within", "5min"}}}},
     .failures = {"RecoveryTooLate", "RtoExceeded", "NotRecovered"},
     .lasting_failure = "NotRecovered"},
    judge_recovery,
    awaits_recovery,
}};

}  // namespace
}  // namespace reprise
