// recovery: {probe, expect, within, sustained?, from?: incident | heal}
//
// The clock runs from the incident; for the return to nominal (or to a
// predicate) from conditions it runs from the healing, since the tester's own `for` is never
// charged to the system. Where an event was at work as well it runs from the event: a condition
// beside it may be harmless, and must not give it time. Each outage belongs to the faults that were
// at work when it began; the worst outage counts.
#include <algorithm>
#include <map>

#include "harness/judge/cause.h"
#include "harness/judge/evidence.h"
#include "harness/judge/intervals.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

struct RecoveryTerms {
  std::string probe;
  Expected expect;
  Duration within{}, sustained{};
  std::string from;  // incident, heal or empty
};

// What the clock of one outage starts from.
struct Reference {
  Duration earliest{}, latest{};  // commanded and armed; or healed, twice
};

using Rounds = std::vector<const FaultRecord*>;

Duration armed_of(const FaultRecord& fault) {
  return fault.armed.value_or(fault.bit.value_or(*fault.commanded));
}

// The rounds at work when the outage began, at `begun` or up to an interval later: of each fault
// the latest one. Left out, as long as others remain: those that the system had recovered from
// (before `well`) and those healed before. When none was commanded by then, the first that was by
// `seen`.
Rounds rounds_at(const Record& record, Duration begun, Duration seen, Duration every,
                 std::optional<Duration> well) {
  std::map<std::string, const FaultRecord*> latest;
  for (const auto& fault : record.faults) {
    if (!fault.commanded) continue;
    const bool in_time = *fault.commanded <= begun + every;
    if (in_time || (latest.empty() && *fault.commanded <= seen)) latest[fault.id] = &fault;
  }
  Rounds all, active;
  for (const auto& [id, fault] : latest) {
    all.push_back(fault);
    const bool healed =
        fault->nature == Nature::condition && fault->healed && *fault->healed < begun;
    const bool past = well && *fault->commanded < *well;
    if (!healed && !past) active.push_back(fault);
  }
  return active.empty() ? all : active;
}

// Rounds commanded while the outage lasted struck a system that was still down: one outage.
void add_later_rounds(Rounds& rounds, const Record& record, Duration begun, Duration end) {
  for (const auto& fault : record.faults) {
    const bool later = fault.commanded && *fault.commanded > begun && *fault.commanded <= end;
    if (later && std::ranges::find(rounds, &fault) == rounds.end()) rounds.push_back(&fault);
  }
}

bool is_event(const FaultRecord* fault) { return fault->nature != Nature::condition; }

// The last healing of any of them; nothing when none was healed.
std::optional<Reference> healing_of(const Rounds& rounds) {
  std::optional<Duration> healed;
  for (const FaultRecord* fault : rounds) {
    if (fault->healed) healed = std::max(healed.value_or(*fault->healed), *fault->healed);
  }
  if (!healed) return std::nullopt;
  return Reference{*healed, *healed};
}

// `struck` began the outage, `rounds` are those and what came while it lasted. No value: counted
// from a healing that never came.
std::optional<Reference> reference_of(const Rounds& rounds, const Rounds& struck,
                                      const RecoveryTerms& terms) {
  const bool by_default = terms.from.empty() && terms.expect.level != "degraded";
  if (by_default && std::ranges::none_of(struck, is_event)) return healing_of(rounds);
  if (terms.from == "heal" && !std::ranges::all_of(rounds, is_event)) return healing_of(rounds);
  const FaultRecord* earliest = nullptr;
  for (const FaultRecord* fault : struck) {
    if (by_default && !is_event(fault)) continue;
    if (!earliest || *fault->commanded < *earliest->commanded) earliest = fault;
  }
  return Reference{*earliest->commanded, armed_of(*earliest)};
}

class RecoveryJudge {
 public:
  RecoveryJudge(const Record& record, const RecoveryTerms& terms, const Timeline& line,
                Duration begun)
      : record_(record), terms_(terms), every_(line.every) {
    for (const Point& point : line.points) {
      if (point.finished >= begun) points_.push_back(point);
    }
    outages_ = outages(points_, terms.sustained, every_);
  }

  [[nodiscard]] const std::vector<Point>& points() const { return points_; }

  [[nodiscard]] Finding judge(const Finding& blank) const {
    if (outages_.empty()) return without_outage(blank);
    std::optional<Finding> worst;
    std::optional<Duration> well;  // since when the outage before was over
    for (const Outage& outage : outages_) {
      Finding judged = judge_outage(blank, outage, well);
      if (outage.back) well = points_[*outage.back].intended;
      judged.outcome.arguments["outages"] = outages_.size();
      if (!worst || graver(judged, *worst)) worst = std::move(judged);
    }
    return std::move(*worst);
  }

 private:
  static bool graver(const Finding& left, const Finding& right) {
    if (left.status != right.status) return left.status > right.status;
    auto high = [](const Finding& finding) {
      return finding.measured ? finding.measured->high.value_or(Duration::max()) : Duration::max();
    };
    return high(left) > high(right);
  }

  // Nothing was seen to fail: true only as far as somebody looked, and as finely.
  [[nodiscard]] Finding without_outage(Finding finding) const {
    const std::size_t unknown = count(points_, Truth::unknown);
    if (unknown > 0) {
      return inconclusive(std::move(finding),
                          {"judge.skipped", {{"probe", terms_.probe}, {"count", unknown}}});
    }
    const Duration looked = points_.back().intended + every_ - last_incident(record_);
    if (looked < terms_.sustained) return cut_short(std::move(finding), looked);
    const Duration resolution = every_ + largest_latency(points_);
    finding.measured = Interval{Duration::zero(), resolution};
    if (resolution > terms_.within) {
      return inconclusive(std::move(finding), {"judge.too-coarse",
                                               {{"resolution_ns", resolution.count()},
                                                {"within_ns", terms_.within.count()}}});
    }
    return passed(
        std::move(finding),
        {"judge.no-outage", {{"probe", terms_.probe}, {"resolution_ns", resolution.count()}}});
  }

  [[nodiscard]] Finding cut_short(Finding finding, Duration seen) const {
    return inconclusive(std::move(finding), {"judge.recovery.unfinished",
                                             {{"probe", terms_.probe},
                                              {"seen_ns", std::max(Duration::zero(), seen).count()},
                                              {"sustained_ns", terms_.sustained.count()}}});
  }

  [[nodiscard]] Finding judge_outage(Finding finding, const Outage& outage,
                                     std::optional<Duration> well) const {
    const Point& first = points_[outage.first_bad];
    const Rounds struck = rounds_at(record_, first.intended, first.finished, every_, well);
    Rounds rounds = struck;
    add_later_rounds(rounds, record_, first.intended,
                     outage.back ? points_[*outage.back].intended : Duration::max());
    const auto reference = reference_of(rounds, struck, terms_);
    if (!reference) return inconclusive(std::move(finding), {"judge.recovery.not-healed"});
    finding.from = reference->earliest;
    const Point& bad = points_[outage.last_bad];
    std::optional<Duration> back;
    if (outage.back) back = points_[*outage.back].finished;
    finding.to = back.value_or(points_.back().intended);
    finding.measured =
        recovery_interval(bad.intended, back, reference->earliest, reference->latest);
    if (!outage.back) return unrecovered(std::move(finding), outage, *reference);
    Message outcome{"judge.recovery.recovered", {{"probe", terms_.probe}}};
    add_interval(outcome, *finding.measured);
    if (*finding.measured->high <= terms_.within) {
      return passed(std::move(finding), std::move(outcome));
    }
    if (outage.unseen && finding.measured->low <= terms_.within) {
      return inconclusive(std::move(finding), {"judge.unseen", {{"probe", terms_.probe}}});
    }
    outcome.key = "judge.recovery.late";
    const char* failure =
        finding.objective == "rto" ? "chaos.RtoExceeded" : "chaos.RecoveryTooLate";
    return with_cause(missed(std::move(finding), failure, std::move(outcome)), bad);
  }

  [[nodiscard]] Finding with_cause(Finding finding, const Point& bad) const {
    finding.cause = cause_of(finding, record_, terms_.probe, *bad.sample);
    return finding;
  }

  // Down to the end of the drill, or good too briefly at its end.
  [[nodiscard]] Finding unrecovered(Finding finding, const Outage& outage,
                                    const Reference& reference) const {
    const Point& bad = points_[outage.last_bad];
    const Duration waited =
        std::max(Duration::zero(), points_.back().intended - reference.earliest);
    const bool surely = finding.measured->low > terms_.within;
    if (!surely && outage.tail) {
      return cut_short(std::move(finding),
                       points_.back().intended - points_[*outage.tail].intended);
    }
    if (!surely && record_.outcome != "completed") {
      return inconclusive(std::move(finding), {"judge.drill-cut-short", {{"probe", terms_.probe}}});
    }
    Message outcome{"judge.recovery.never", {{"probe", terms_.probe}}};
    if (waited < terms_.within) outcome.key = "judge.recovery.never-not-waited";
    outcome.arguments["waited_ns"] = waited.count();
    outcome.arguments["within_ns"] = terms_.within.count();
    return with_cause(missed(std::move(finding), "chaos.NotRecovered", std::move(outcome)), bad);
  }

  const Record& record_;
  const RecoveryTerms& terms_;
  Duration every_;
  std::vector<Point> points_;
  std::vector<Outage> outages_;
};

Finding judge_recovery(const AssertionSpec& spec, const Record& record) {
  RecoveryTerms terms{text_option(spec, "probe"), {}, {}, {}, text_option(spec, "from")};
  terms.within = duration_option(spec, "within").value_or(Duration::zero());
  terms.sustained = sustained_of(spec, record.scenario, record.plan);
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
  const auto begun = first_commanded(record);
  if (!begun) return inconclusive(std::move(finding), {"judge.no-bite"});
  const Timeline line = timeline(record, terms.probe, terms.expect, Match::at_least);
  const RecoveryJudge judge(record, terms, line, *begun);
  if (auto why = unusable(line, terms.probe, judge.points())) {
    return inconclusive(std::move(finding), std::move(*why));
  }
  return judge.judge(finding);
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
           "where the clock starts; default heal for the return to nominal from a condition"}}),
     .example = {{"recovery",
                  {{"probe", "dashboard"}, {"expect", "nominal"}, {"within", "5min"}}}}},
    judge_recovery,
    awaits_recovery,
}};

}  // namespace
}  // namespace reprise
