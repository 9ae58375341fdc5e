// procedure: {run, within?, allow-failed?}
//
// The plan's own procedure was executed, every step of it, and took so long: an exact interval, for
// its beginning and its end are our own doing. The waiting for people is reported apart. A step
// that nobody was there to do tells nothing about the plan. Every run is judged by itself; several
// assertions about one procedure report its failed step once.
#include <algorithm>

#include "harness/judge/cause.h"
#include "harness/judge/findings.h"
#include "harness/judge/incidents.h"
#include "harness/judge/options.h"
#include "harness/judge/procedure_evidence.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

struct ProcedureTerms {
  std::string run;
  std::optional<Duration> within;
  bool failed_allowed = false;  // or reported by another assertion
};

Duration waited_for_people(const ProcedureRecord& run) {
  // A journal may come from anybody: no sum of instants overflows.
  constexpr Duration longest{std::int64_t{1} << 60};
  Duration out{};
  for (const StepRecord& step : run.steps) {
    if (!step.manual || !step.started || !step.finished) continue;
    out = std::min(longest, out + std::max(Duration::zero(), *step.finished - *step.started));
  }
  return out;
}

// Whoever started nothing shows nothing; only where everything was broken as planned is a procedure
// that was not executed a miss of the plan.
Finding judge_unexecuted(Finding finding, const ProcedureRecord& run, const Record& record) {
  Message outcome{"judge.procedure.not-executed", {{"procedure", run.name}, {"why", run.why}}};
  const bool broken = std::ranges::all_of(record.scenario.faults, [&](const FaultSpec& spec) {
    return std::ranges::any_of(record.faults, [&](const FaultRecord& fault) {
      return fault.id == spec.id && fault.armed && fault.failed.empty();
    });
  });
  if (record.outcome != "completed" || !broken) {
    return inconclusive(std::move(finding), std::move(outcome));
  }
  return missed(std::move(finding), "chaos.ProcedureFailed", std::move(outcome));
}

Finding judge_failed(Finding finding, const ProcedureRecord& run, const Record& record) {
  const StepRecord* step = failed_step(run);
  if (!step) return judge_unexecuted(std::move(finding), run, record);
  if (nobody_there(*step, run, record.plan)) {
    return inconclusive(
        std::move(finding),
        {"judge.procedure.nobody", {{"procedure", run.name}, {"step", step_text(*step)}}});
  }
  finding = missed(std::move(finding), "chaos.ProcedureFailed",
                   {"judge.procedure.failed",
                    {{"procedure", run.name}, {"step", step_text(*step)}, {"why", step->result}}});
  if (step->finished) add_nearest_log(*finding.cause, record, "", *step->finished);
  return finding;
}

Finding judge_run(Finding finding, const ProcedureTerms& terms, const ProcedureRecord& run,
                  const Record& record) {
  if (!run.started) return judge_unexecuted(std::move(finding), run, record);
  finding.from = run.started;
  finding.to = run.finished;
  if (!run.finished) {
    return inconclusive(std::move(finding),
                        {"judge.procedure.unfinished", {{"procedure", run.name}}});
  }
  const Duration took = *run.finished - *run.started;
  finding.measured = Interval{took, took};
  const bool tolerated = terms.failed_allowed && failed_step(run);
  const bool failed = run.state != "finished" && !tolerated;
  std::vector<Finding> judged;
  if (failed) judged.push_back(judge_failed(finding, run, record));
  // Where nobody was there to do a step, the time tells nothing of the plan either.
  if (failed && judged.back().status != Status::fail) return std::move(judged.back());
  Message outcome{"judge.procedure.took",
                  {{"procedure", run.name},
                   {"took_ns", took.count()},
                   {"manual_ns", waited_for_people(run).count()}}};
  if (terms.within && took > *terms.within) {
    outcome.key = "judge.procedure.late";
    const char* failure =
        finding.objective == "rto" ? "chaos.RtoExceeded" : "chaos.ProcedureTooSlow";
    judged.push_back(missed(finding, failure, std::move(outcome)));
    add_nearest_log(*judged.back().cause, record, "", *run.finished);
  } else if (!failed) {
    judged.push_back(passed(std::move(finding), std::move(outcome)));
  }
  return together(std::move(judged));
}

Finding judge_procedure(const AssertionSpec& spec, const Record& record) {
  const ProcedureTerms terms{
      text_option(spec, "run"), duration_option(spec, "within"),
      flag_option(spec, "allow-failed") || !reports_failed_steps(spec, record.scenario)};
  Message statement{"judge.procedure.statement", {{"procedure", terms.run}}};
  if (terms.within) {
    statement.key = "judge.procedure.statement-within";
    statement.arguments["within_ns"] = terms.within->count();
  }
  Finding finding = unjudged(spec, std::move(statement));
  finding.limit = terms.within;
  std::vector<Finding> judged;
  for (const auto& run : record.procedures) {
    if (run.name == terms.run) judged.push_back(judge_run(finding, terms, run, record));
  }
  if (!judged.empty()) return together(std::move(judged));
  return inconclusive(std::move(finding),
                      {"judge.procedure.never-run", {{"procedure", terms.run}}});
}

const Registered<AssertionKind> procedure_registered{{
    {.name = "procedure",
     .summary = "A procedure of the plan was executed to its end, in so much time.",
     .options = Shape::object(
         {{"run", Shape::name_of("procedure"), required, "the procedure; the scenario runs it"},
          {"within",
           Shape::either({Shape::duration(), Shape::choice({"rto"})}),
           {},
           "from its first step to its last, people included"},
          {"allow-failed", Shape::boolean(), {}, "true: a failed step is no miss"}}),
     .example = {{"procedure", {{"run", "fast-recovery"}, {"within", "4h"}}}},
     .failures = {"ProcedureFailed", "ProcedureTooSlow", "RtoExceeded"}},
    judge_procedure,
    nullptr,
}};

}  // namespace
}  // namespace reprise
