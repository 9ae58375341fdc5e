// restore: {run, to?, within?, incident?: FAULT | each}
//
// The restore ladder was climbed without a missing rung, up to `to`: a restore is not done because
// a script has ended, and a step that fails above `to` is a miss where no `procedure` assertion
// reports it. The time is that from the incident to the end of the highest rung's last
// step, in [end − t_armed, end − t_cmd]; the ledger's rung has none, since it is read when all is
// over.
#include <algorithm>

#include "harness/judge/cause.h"
#include "harness/judge/findings.h"
#include "harness/judge/incidents.h"
#include "harness/judge/ladder.h"
#include "harness/judge/ledger_evidence.h"
#include "harness/judge/options.h"
#include "harness/judge/procedure_evidence.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

struct RestoreTerms {
  std::string run, to;
  std::optional<Duration> within;
  bool failed_steps = false;  // it reports them
};

Message about_rung(const char* key, const Rung& rung, const std::string& procedure) {
  return {key, {{"procedure", procedure}, {"rung_key", "rung." + rung.name}}};
}

// At a step that failed, on a rung or on the way to it.
Finding stopped(Finding finding, const Rung& rung, const StepRecord& step,
                const ProcedureRecord& run, const Record& record) {
  if (nobody_there(step, run, record.plan)) {
    return inconclusive(std::move(finding), {"judge.procedure.nobody",
                                             {{"procedure", run.name}, {"step", step_text(step)}}});
  }
  Message outcome = about_rung("judge.restore.stopped", rung, run.name);
  outcome.arguments["step"] = step_text(step);
  outcome.arguments["why"] = step.result;
  finding = missed(std::move(finding), "chaos.RestoreFailed", std::move(outcome));
  if (step.finished) add_nearest_log(*finding.cause, record, "", *step.finished);
  return finding;
}

// What keeps the run from having climbed this rung.
Finding judge_rung(Finding finding, const Rung& rung, const ProcedureRecord& run,
                   const Record& record, const std::vector<LedgerFigures>& ledgers) {
  const StepRecord* step = failed_step(run);
  const bool failed = rung.state == Rung::State::failed;
  if ((failed || rung.state == Rung::State::unreached) && rung.name != "ledger" && step) {
    return stopped(std::move(finding), rung, *step, run, record);
  }
  if (failed) {
    std::vector<Finding> misses;
    for (const LedgerFigures& one : ledgers) {
      if (auto miss = ledger_miss(finding, one)) misses.push_back(std::move(*miss));
    }
    if (!misses.empty()) return together(std::move(misses));
  }
  if (rung.state == Rung::State::untold) return inconclusive(std::move(finding), *rung.why);
  const bool absent = rung.state == Rung::State::absent;
  const char* key = absent ? "judge.restore.no-rung" : "judge.restore.unreached";
  return inconclusive(std::move(finding), about_rung(key, rung, run.name));
}

// From the incident to the end of the last step up to there.
std::optional<Interval> time_to(const std::vector<Rung>& wanted, const FaultRecord& incident) {
  std::optional<Duration> end;
  for (const Rung& rung : wanted) {
    if (rung.reached) end = std::max(end.value_or(Duration::zero()), *rung.reached);
  }
  if (!end) return std::nullopt;
  return Interval{std::max(Duration::zero(), *end - armed_of(incident)),
                  *end - *incident.commanded};
}

Finding judge_climb(Finding finding, const RestoreTerms& terms, const ProcedureRecord& run,
                    const FaultRecord& incident, const Record& record,
                    const std::vector<LedgerFigures>& ledgers) {
  finding.from = incident.commanded;
  finding.to = run.finished;
  auto wanted = ladder_of(run, record, ledgers).rungs;
  const auto top = std::ranges::find(wanted, terms.to, &Rung::name);
  if (top != wanted.end()) wanted.erase(top + 1, wanted.end());
  std::vector<Finding> judged;
  // A step that failed keeps the run from every rung above it: `together` tells the lowest of them.
  for (const Rung& rung : wanted) {
    if (rung.state == Rung::State::climbed) continue;
    judged.push_back(judge_rung(finding, rung, run, record, ledgers));
  }
  if (const StepRecord* step = failed_step(run); step && terms.failed_steps) {
    judged.push_back(stopped(finding, wanted.back(), *step, run, record));
  }
  const bool climbed = judged.empty();
  Message outcome = about_rung("judge.restore.climbed", wanted.back(), run.name);
  finding.measured = time_to(wanted, incident);
  if (finding.measured) add_interval(outcome, *finding.measured);
  if (finding.measured && terms.within && *finding.measured->high > *terms.within) {
    outcome.key = "judge.restore.late";
    const char* failure = finding.objective == "rto" ? "chaos.RtoExceeded" : "chaos.RestoreTooSlow";
    judged.push_back(missed(finding, failure, std::move(outcome)));
  } else if (climbed && finding.measured) {
    judged.push_back(passed(std::move(finding), std::move(outcome)));
  } else if (climbed) {
    judged.push_back(inconclusive(std::move(finding), {"judge.no-bite"}));
  }
  return together(std::move(judged));
}

Finding judge_restore(const AssertionSpec& spec, const Record& record) {
  RestoreTerms terms{text_option(spec, "run"), text_option(spec, "to"),
                     duration_option(spec, "within"), reports_failed_steps(spec, record.scenario)};
  if (terms.to.empty()) terms.to = ladder_rungs.back();
  Message statement{"judge.restore.statement",
                    {{"procedure", terms.run}, {"rung_key", "rung." + terms.to}}};
  if (terms.within) {
    statement.key = "judge.restore.statement-within";
    statement.arguments["within_ns"] = terms.within->count();
  }
  Finding finding = unjudged(spec, std::move(statement));
  finding.limit = terms.within;
  const auto incidents = incidents_of(spec, record);
  if (incidents.empty()) return inconclusive(std::move(finding), {"judge.no-bite"});
  const auto ledgers = ledger_figures(record);
  std::vector<Finding> judged;
  for (std::size_t i = 0; i < incidents.size(); ++i) {
    const bool last = i + 1 == incidents.size();
    std::vector<Finding> answers;  // the runs between this incident and the next
    for (const ProcedureRecord& run : record.procedures) {
      if (run.name != terms.run || !run.started || *run.started < *incidents[i]->commanded)
        continue;
      if (!last && *run.started >= *incidents[i + 1]->commanded) continue;
      answers.push_back(judge_climb(finding, terms, run, *incidents[i], record, ledgers));
    }
    if (answers.empty()) {
      answers.push_back(
          inconclusive(finding, {"judge.restore.never-run", {{"procedure", terms.run}}}));
    }
    judged.push_back(together(std::move(answers)));
  }
  return together(std::move(judged));
}

const Registered<AssertionKind> restore_registered{{
    {.name = "restore",
     .summary = "A procedure climbed the restore ladder: backup complete, server starts, structure "
                "sound, ledger, health tests.",
     .options = Shape::object(
         {{"run", Shape::name_of("procedure"), required, "the procedure; its steps name rungs"},
          {"to",
           Shape::choice({ladder_rungs.begin(), ladder_rungs.end()}),
           {},
           "how far; default health, which is all of it"},
          {"within",
           Shape::either({Shape::duration(), Shape::choice({"rto"})}),
           {},
           "from the incident to the end of that rung"},
          incident_field()}),
     .example = {{"restore", {{"run", "fast-recovery"}, {"within", "4h"}}}},
     .failures = {"RestoreFailed", "RestoreTooSlow", "RtoExceeded", "DataLost", "DataCorrupted",
                  "DataPhantom", "DataDuplicated", "DataHoles"},
     .counts = {.ever = true, .only_with = "within"}},
    judge_restore,
    nullptr,
}};

}  // namespace
}  // namespace reprise
