#include "tests/reports/sample_runs.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "harness/judge/data_loss.h"
#include "harness/model/registry.h"
#include "tests/reports/sample_parts.h"

namespace reprise::testing {
// A write every 100 ms from 0 to 20 s: those sent from 4.5 s to 5 s are lost, the others up to 9 s
// refused, one in fifty of unknown outcome.
LedgerRecord readings_ledger() {
  LedgerRecord ledger;
  for (Duration at = 0ms; at < 20s; at += 100ms) {
    LedgerEntry entry;
    entry.sent = at;
    entry.answered = at + 3ms;
    const bool unsure = ledger.entries.size() % 50 == 13;
    const bool down = at >= 5s && at < 9s;
    entry.outcome = down     ? WriteOutcome::refused
                    : unsure ? WriteOutcome::unknown
                             : WriteOutcome::acknowledged;
    entry.copies = down || (at >= 4500ms && at < 5s) ? 0 : 1;
    ledger.entries.push_back(entry);
  }
  ledger.readings = 2;
  ledger.settled = true;
  return ledger;
}

Drill failed_drill() {
  Drill drill;
  drill.journal = "journals/sp-e/database-killed.jsonl";
  Record& record = drill.record;
  record = base_record();
  name_scenario(record, "database-killed",
                both("The database is killed", "La base de données est tuée"), "database-lost");
  record.probes["dashboard"] = dashboard({{5050ms, nominal},
                                          {8600ms, refused},
                                          {9350ms, unavailable},
                                          {15200ms, degraded},
                                          {22s, nominal}});
  record.faults = {kill_database()};
  record.procedures = {recovery_procedure()};
  record.services = {{5003ms, "database", "exited", "signal KILL", 4242},
                     {9300ms, "database", "ready", "", 4311}};
  record.moments = {{9340ms, "recovered", "dashboard", {}}};
  record.log_services = {"server"};
  record.log = {{9290ms, 0, "Error: connect ECONNREFUSED 127.0.0.1:5432"}};
  Finding recovery = recovery_finding(record, 3s, {4298ms, 4358ms});
  recovery.cause = Cause{.objective = recovery.statement,
                         .measured = recovery.measured,
                         .sample_at = 9300ms,
                         .sample_probe = "dashboard",
                         .sample_saw = "status 503",
                         .log_at = 9290ms,
                         .log_service = "server",
                         .log_line = record.log[0].line};
  const Finding fallback = fallback_finding(record, 5s, {4300ms, 4356ms});
  drill.verdict.status = Status::fail;
  drill.verdict.findings = {steady_finding(), fallback, recovery};
  drill.verdict.figures = {figures(record)};
  record.ledgers["readings"] = readings_ledger();
  drill.verdict.ledgers = {
      {"readings", {}, data_loss(record.ledgers["readings"], {{{5s, 5003ms}}}, 1, false)},
      {"orders", Message{"judge.ledger.unread", {{"ledger", "orders"}}}, {}}};
  drill.verdict.ladders = {restore_ladder()};
  return drill;
}

Drill passed_drill() {
  Drill drill;
  drill.journal = "journals/sp-e/weather-api-500.jsonl";
  Record& record = drill.record;
  record = base_record();
  record.plan.objectives.rto = 5min;
  name_scenario(record, "weather-api-500",
                both("The weather service answers 500", "Le service météo répond 500"),
                "weather-api-down");
  record.probes["dashboard"] = dashboard({{5100ms, nominal}, {14050ms, degraded}, {22s, nominal}});
  record.faults = {error_500()};
  const Finding fallback = fallback_finding(record, 1s, {60ms, 118ms});
  Finding recovery = recovery_finding(record, 5min, {0ms, 52300us});
  recovery.from = 14s;
  drill.verdict.status = Status::pass;
  drill.verdict.findings = {steady_finding(), fallback, recovery};
  drill.verdict.figures = {figures(record)};
  return drill;
}

Drill conditional_drill() {
  Drill drill = failed_drill();
  drill.journal = "journals/sp-e/database-slow.jsonl";
  drill.record.scenario.name = "database-slow";
  drill.record.scenario.title = both("The database is slow", "La base de données est lente");
  drill.record.scenario.where.file = "scenarios/sp-e/database-slow.yaml";
  for (Finding& finding : drill.verdict.findings) {
    if (finding.kind != "steady-state") finding.where.file = drill.record.scenario.where.file;
  }
  drill.verdict.status = Status::conditional;
  Finding& recovery = drill.verdict.findings.back();
  recovery.status = Status::conditional;
  recovery.known = Known{"F-1", "operations", "2027-12-31"};
  return drill;
}

Drill inconclusive_drill() {
  Drill drill = passed_drill();
  drill.journal = "journals/sp-e/weather-api-502.jsonl";
  drill.record.scenario.name = "weather-api-502";
  drill.record.scenario.title =
      both("The weather service answers 502", "Le service météo répond 502");
  drill.record.faults[0].bit.reset();
  drill.record.faults[0].evidence.clear();
  drill.record.probes["dashboard"] = dashboard({{22s, nominal}});
  drill.verdict.status = Status::inconclusive;
  drill.verdict.reasons = {{"judge.fault-did-not-bite", {{"fault", "api-down"}}}};
  drill.verdict.clean = false;
  drill.verdict.residue = {"the rule on port 5432 is still there"};
  drill.verdict.findings = {steady_finding()};
  drill.verdict.figures = {figures(drill.record)};
  return drill;
}

Drill hostile_drill() {
  const std::string evil =
      "<script>alert(1)</script> ]]> \"'& \x1b[2J\x07 ::error::x ##[error]y\n@everyone "
      "\xff\xe2\x80\xae";
  Drill drill = failed_drill();
  Record& record = drill.record;
  record.operator_name = record.command = evil;
  record.faults[0].evidence = evil;
  record.services[0].why = evil;
  record.procedures[0].steps[0].result = evil;
  record.procedures[0].steps[0].title = Text{{{"", evil}}};
  record.probes["dashboard"].observations[1].values["source"] = evil;
  record.scenario.title = Text{{{"", evil}}};
  record.troubles = {evil};
  record.moments.push_back({7s, "trouble", {}, evil});
  record.guardian = {evil};
  record.environment["kernel"] = evil;
  drill.verdict.residue = {evil};
  drill.verdict.clean = false;
  Finding& recovery = drill.verdict.findings.back();
  recovery.cause->log_line = recovery.cause->sample_saw = evil;
  recovery.outcome.arguments["probe"] = evil;
  return drill;
}

Drill long_drill(std::size_t samples, std::size_t stretch) {
  Drill drill = failed_drill();
  ProbeRecord& probe = drill.record.probes["dashboard"];
  probe.samples.clear();
  for (std::size_t at = 0; at < samples; ++at) {
    const Duration intended = 2s + at * 10ms;
    const bool bad = at / stretch % 2 == 1;
    probe.samples.push_back(
        {intended, intended, intended + 2ms + at % 977 * 10us, bad ? refused : nominal});
  }
  drill.record.length = 4s + samples * 10ms;
  drill.verdict.figures = {figures(drill.record)};
  return drill;
}

Run run_of(std::vector<Drill> drills) { return Run{std::move(drills)}; }

Run every_kind() {
  return run_of({failed_drill(), inconclusive_drill(), conditional_drill(), passed_drill()});
}

std::string rendered(const std::string& kind, const Run& run, const std::string& language) {
  const ReportKind* report = Registry<ReportKind>::find(kind);
  return report ? report->render(run, language) : "no such report";
}

void expect_golden(const std::string& name, const std::string& text) {
  const auto path = std::filesystem::path(REPRISE_SOURCE_DIR) / "tests/golden" / name;
  const char* update = std::getenv("REPRISE_UPDATE_GOLDEN");
  if (update && *update == '1') {
    std::ofstream(path, std::ios::binary) << text;
    return;
  }
  std::ifstream file(path, std::ios::binary);
  std::ostringstream golden;
  golden << file.rdbuf();
  const std::string wanted = golden.str();
  const auto differs =
      static_cast<std::size_t>(std::ranges::mismatch(wanted, text).in2 - text.begin());
  EXPECT_TRUE(wanted == text) << path << " differs at byte " << differs << ": "
                              << text.substr(differs, 200)
                              << "\nREPRISE_UPDATE_GOLDEN=1 rewrites it";
}

}  // namespace reprise::testing
