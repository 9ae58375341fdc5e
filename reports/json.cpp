// summary.json: the same results for programs. Keys are a promise: they are added, never renamed.
// Durations stand twice: `…_ns`, exact, and `text`, for people.
#include "harness/model/registry.h"
#include "reports/catalogue.h"
#include "reports/escape.h"
#include "reports/parameters.h"
#include "reports/sentences.h"

namespace reprise {
namespace {

using nlohmann::ordered_json;

constexpr int summary_format = 1;

ordered_json nanoseconds(const std::optional<Duration>& duration) {
  return duration ? ordered_json(duration->count()) : ordered_json(nullptr);
}

ordered_json interval_json(const std::optional<Interval>& interval, const std::string& language) {
  if (!interval) return nullptr;
  return {{"low_ns", interval->low.count()},
          {"high_ns", nanoseconds(interval->high)},
          {"text", interval_text(*interval, language)}};
}

ordered_json message_json(const Message& message, const std::string& language) {
  return {{"key", visible(message.key)}, {"text", render(message, language)}};
}

ordered_json texts(const std::vector<std::string>& all) {
  ordered_json list = ordered_json::array();
  for (const std::string& one : all) list.push_back(visible(one));
  return list;
}

ordered_json known_json(const std::optional<Known>& known) {
  if (!known) return nullptr;
  return {{"finding", visible(known->finding)},
          {"owner", visible(known->owner)},
          {"until", visible(known->until)},
          {"failure", visible(known->failure)}};
}

// What a finding missed besides what it leads with, and what it tells beside.
ordered_json others_json(const Record& record, const Finding& finding,
                         const std::string& language) {
  ordered_json list = ordered_json::array();
  for (const Miss& miss : finding.others) {
    list.push_back({{"failure", miss.failure},
                    {"seen", message_json(miss.outcome, language)},
                    {"cause", cause_sentence(record, miss, language)},
                    {"known", known_json(miss.known)}});
  }
  return list;
}

ordered_json finding_json(const Record& record, const Finding& finding,
                          const std::string& language) {
  const Miss lead{finding.failure, finding.outcome, finding.cause, finding.known};
  ordered_json notes = ordered_json::array();
  for (const Message& note : finding.notes) notes.push_back(message_json(note, language));
  return {
      {"name", visible(finding.name)},
      {"kind", visible(finding.kind)},
      {"status", status_name(finding.status)},
      {"file", visible(finding.where.file)},
      {"line", finding.where.line},
      {"demanded", message_json(finding.statement, language)},
      {"seen", message_json(finding.outcome, language)},
      {"failure", finding.failure},
      {"objective", finding.objective},
      {"limit_ns", nanoseconds(finding.limit)},
      {"measured", interval_json(finding.measured, language)},
      {"cause", cause_sentence(record, lead, language)},
      {"from_ns", nanoseconds(finding.from)},
      {"to_ns", nanoseconds(finding.to)},
      {"unexpected_pass", finding.unexpected_pass},
      {"known", known_json(finding.known)},
      {"others", others_json(record, finding, language)},
      {"notes", notes},
  };
}

ordered_json figures_json(const ProbeFigures& figures) {
  return {
      {"probe", visible(figures.probe)},
      {"scheduled", figures.scheduled},
      {"nominal", figures.nominal},
      {"degraded", figures.degraded},
      {"down", figures.down},
      {"unknown", figures.unknown},
      {"skipped", figures.skipped},
      {"latency_p50_ns", figures.latency_p50.count()},
      {"latency_p99_ns", figures.latency_p99.count()},
      {"latency_max_ns", figures.latency_max.count()},
      {"late_p99_ns", figures.late_p99.count()},
      {"longest_outage_ns", figures.longest_outage.count()},
      {"resolution_ns", figures.resolution.count()},
      {"flaps", figures.flaps},
      {"detected_ns", nanoseconds(figures.detected)},
      {"first_fallback_ns", nanoseconds(figures.first_fallback)},
      {"budget_spent", figures.budget_spent ? ordered_json(*figures.budget_spent) : nullptr},
  };
}

ordered_json parameters_json(const Record& record) {
  ordered_json probes = ordered_json::array();
  for (const ProbeParameters& one : parameters_of(record)) {
    ordered_json own = ordered_json::object();
    for (const auto& [assertion, duration] : one.own) own[visible(assertion)] = duration.count();
    probes.push_back({{"probe", visible(one.probe)},
                      {"every_ns", one.every.count()},
                      {"timeout_ns", one.timeout.count()},
                      {"sustained_ns", one.sustained.count()},
                      {"sustained_by_default", one.sustained_by_default},
                      {"sustained_of_assertions_ns", own}});
  }
  return {{"patience_ns", record.scenario.patience.count()},
          {"patience_by_default", record.scenario.patience_by_default},
          {"probes", probes}};
}

ordered_json leaves_json(const Scenario& scenario, const std::string& language) {
  ordered_json list = ordered_json::array();
  for (const auto& [probe, leaves] : scenario.leaves) {
    list.push_back({{"probe", visible(probe)},
                    {"level", level_name(leaves.level)},
                    {"reason", visible(leaves.reason.in(language))}});
  }
  return list;
}

ordered_json ledger_json(const LedgerFigures& figures, const std::string& language) {
  if (figures.problem) {
    return {{"ledger", visible(figures.ledger)},
            {"problem", message_json(*figures.problem, language)}};
  }
  const DataLoss& loss = figures.loss;
  return {{"ledger", visible(figures.ledger)},
          {"acknowledged", loss.acknowledged},
          {"refused", loss.refused},
          {"unknown", loss.unknown},
          {"kept", loss.kept},
          {"lost", loss.lost},
          {"lost_after_failure", loss.lost_after},
          {"recovered", loss.recovered},
          {"phantom", loss.phantom},
          {"duplicated", loss.duplicated},
          {"corrupted", loss.corrupted},
          {"stale", loss.stale},
          {"holes", loss.holes},
          {"resolution_ns", loss.resolution.count()},
          {"reach_ns", loss.reach.count()},
          {"rpo_low_ns", loss.rpo.low.count()},
          {"rpo_high_ns", nanoseconds(loss.rpo.high)}};
}

ordered_json ladder_json(const Ladder& ladder, const std::string& language) {
  ordered_json rungs = ordered_json::array();
  for (const Rung& rung : ladder.rungs) {
    std::vector<std::string> steps;
    for (const Text& step : rung.steps) steps.push_back(step.in(language));
    rungs.push_back({{"rung", rung.name},
                     {"state", rung_state_name(rung.state)},
                     {"steps", texts(steps)},
                     {"started_ns", nanoseconds(rung.started)},
                     {"reached_ns", nanoseconds(rung.reached)},
                     {"why", rung.why ? message_json(*rung.why, language) : nullptr}});
  }
  return {{"procedure", visible(ladder.procedure)},
          {"incident_ns", nanoseconds(ladder.incident)},
          {"rungs", rungs}};
}

ordered_json drill_json(const Drill& drill, const std::string& language) {
  const Record& record = drill.record;
  const Verdict& verdict = drill.verdict;
  ordered_json findings = ordered_json::array(), figures = ordered_json::array();
  ordered_json reasons = ordered_json::array();
  for (const Finding& finding : verdict.findings) {
    findings.push_back(finding_json(record, finding, language));
  }
  for (const ProbeFigures& probe : verdict.figures) figures.push_back(figures_json(probe));
  ordered_json ledgers = ordered_json::array();
  for (const LedgerFigures& one : verdict.ledgers) ledgers.push_back(ledger_json(one, language));
  ordered_json ladders = ordered_json::array();
  for (const Ladder& one : verdict.ladders) ladders.push_back(ladder_json(one, language));
  for (const Message& reason : verdict.reasons) reasons.push_back(message_json(reason, language));
  ordered_json earlier = ordered_json::array();
  for (const EarlierAttempt& one : record.earlier) {
    earlier.push_back({{"journal", visible(one.journal)}, {"head", visible(one.head)}});
  }
  return {
      {"plan", visible(record.plan.name)},
      {"plan_version", visible(record.plan.version)},
      {"scenario", visible(record.scenario.name)},
      {"repeat", record.repeat},
      {"title", visible(drill_title(drill, language))},
      {"status", status_name(verdict.status)},
      {"clean", verdict.clean},
      {"cause", headline(drill, language)},
      {"reasons", reasons},
      {"residue", texts(verdict.residue)},
      {"started", format_utc(record.started)},
      {"length_ns", record.length.count()},
      {"outcome", record.outcome.empty() ? "killed" : visible(record.outcome)},
      {"rto_ns", nanoseconds(record.plan.objectives.rto)},
      {"rpo_ns", nanoseconds(record.plan.objectives.rpo)},
      {"covers", texts(record.scenario.covers)},
      {"tags", texts(record.scenario.tags)},
      {"parameters", parameters_json(record)},
      {"leaves", leaves_json(record.scenario, language)},
      {"findings", findings},
      {"figures", figures},
      {"ledgers", ledgers},
      {"ladders", ladders},
      {"journal", visible(drill.journal)},
      {"head", visible(record.head)},
      {"earlier", earlier},
      {"seed", record.seed},
      {"tool", visible(record.tool)},
  };
}

std::string render_json(const Run& run, const std::string& language) {
  const Counts counted = counts(run);
  std::vector<Verdict> verdicts;
  ordered_json drills = ordered_json::array();
  for (const Drill& drill : run.drills) {
    verdicts.push_back(drill.verdict);
    drills.push_back(drill_json(drill, language));
  }
  ordered_json by_status = ordered_json::object();
  for (const Status status : all_statuses)
    by_status[std::string(status_name(status))] = counted.of(status);
  by_status["unclean"] = counted.unclean;
  const ordered_json out = {
      {"format", summary_format},
      {"status", status_name(worst(run))},
      {"exit_code", exit_code(verdicts)},
      {"language", language},
      {"counts", by_status},
      {"drills", drills},
  };
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

const Registered<ReportKind> json_registered{
    {.name = "json",
     .file_name = "summary.json",
     .summary = "results for programs: verdicts, findings, intervals in nanoseconds, figures",
     .render = render_json}};

}  // namespace
}  // namespace reprise
