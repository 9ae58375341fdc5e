#include "tests/reports/sample_runs.h"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "harness/model/registry.h"

namespace reprise::testing {
namespace {

using nlohmann::json;

Text both(const std::string& en, const std::string& fr) {
  return Text{{{"en", en}, {"fr", fr}}};
}

Expectation expectation(const json& value) { return *Expectation::parse(value); }

Plan energy_plan() {
  Plan plan;
  plan.name = "sp-e";
  plan.version = "1.0";
  plan.title = both("Energy supervision platform", "Plateforme de supervision énergétique");
  plan.objectives = {.rto = 3s, .rpo = 1h, .availability = 0.999};
  plan.review_every = 24h * 90;
  plan.risks["weather-api-down"] = {"weather-api-down",
                                    both("The weather service fails", "Le service météo tombe"),
                                    "high", "major"};
  plan.risks["database-lost"] = {"database-lost",
                                 both("The database is lost", "La base de données est perdue"),
                                 "medium", "critical"};
  plan.risks["site-lost"] = {"site-lost", both("The site burns", "Le site brûle"), "low",
                             "critical"};
  for (const char* name : {"server", "database"}) plan.services[name].name = name;
  plan.services["weather"].name = "weather";
  plan.services["weather"].outside = true;
  return plan;
}

Record base_record() {
  Record record;
  record.tool = "0.1.0";
  record.seed = 7;
  record.started = UtcInstant(std::chrono::sys_days{std::chrono::year{2026} / 3 / 1} + 12h + 123ms);
  record.length = 24s;
  record.plan = energy_plan();
  record.environment = {{"kernel", "Linux 6.18"}, {"cores", 2}};
  record.files = {{"plan.yaml", std::string(64, 'a')}, {"scenario.yaml", std::string(64, 'b')}};
  record.operator_name = "operations";
  record.command = "reprise run scenarios/sp-e --seed 7";
  record.steady = "held";
  record.outcome = "completed";
  record.head = "5f2d0c" + std::string(58, '9');
  Duration from{};
  for (const auto& [name, to] : std::vector<std::pair<std::string, Duration>>{
           {"prepare", 2s}, {"steady", 4s}, {"inject", 5500ms}, {"hold", 14s}, {"heal", 14200ms},
           {"recover", 20s}, {"verify", 22s}, {"teardown", 24s}}) {
    record.phases.push_back({name, from, to});
    from = to;
  }
  return record;
}

void name_scenario(Record& record, const std::string& name, const Text& title,
                   const std::string& covers) {
  Scenario& scenario = record.scenario;
  scenario.name = name;
  scenario.title = title;
  scenario.covers = {covers};
  scenario.where = {"scenarios/sp-e/" + name + ".yaml", 2, 1};
  scenario.levels["dashboard"] = {
      .nominal = expectation({{"status", 200}, {"json", {{"/mode", "nominal"}}}}),
      .degraded = expectation({{"status", 200}, {"json", {{"/mode", "degraded"}}}})};
}

json answer(int status, const std::string& mode, const std::string& source) {
  return {{"status", status}, {"json", {{"/mode", mode}}}, {"source", source}};
}

enum : std::uint32_t { nominal = 0, degraded = 1, refused = 2, unavailable = 3 };

ProbeRecord dashboard(const std::vector<std::pair<Duration, std::uint32_t>>& until) {
  ProbeRecord probe;
  probe.name = "dashboard";
  probe.observations = {{"answered", answer(200, "nominal", "primary")},
                        {"answered", answer(200, "degraded", "cache")},
                        {"refused", json::object()},
                        {"answered", {{"status", 503}}}};
  Duration at = 2s;
  std::uint32_t wobble = 1;
  for (const auto& [end, seen] : until) {
    for (; at < end; at += 50ms) {
      wobble = wobble * 1664525u + 1013904223u;
      Duration latency = 2ms + std::chrono::microseconds(wobble >> 21);
      if (seen == degraded) latency += 4ms;
      if (seen == refused) latency = 350us + std::chrono::microseconds(wobble >> 25);
      if (seen == unavailable) latency += 900ms;
      probe.samples.push_back({at, at + 100us, at + latency, seen});
    }
  }
  return probe;
}

Finding steady_finding() {
  Finding finding;
  finding.kind = finding.name = "steady-state";
  finding.statement = {"judge.steady.statement", {{"for_ns", 2'000'000'000}}};
  finding.outcome = {"judge.steady.held"};
  finding.from = 2s;
  finding.to = 4s;
  return finding;
}

Finding finding_named(const std::string& name, const Record& record, int line) {
  Finding finding;
  finding.kind = finding.name = name;
  finding.where = {record.scenario.where.file, line, 5};
  finding.from = 5s;
  finding.to = 20s;
  return finding;
}

Finding fallback_finding(const Record& record, Duration within, const Interval& measured) {
  Finding finding = finding_named("fallback", record, 11);
  finding.limit = within;
  finding.measured = measured;
  finding.statement = {"judge.fallback.statement",
                       {{"probe", "dashboard"},
                        {"expect", "degraded"},
                        {"within_ns", within.count()},
                        {"detect_ns", 0}}};
  finding.outcome = {"judge.fallback.seen",
                     {{"probe", "dashboard"},
                      {"low_ns", measured.low.count()},
                      {"high_ns", measured.high->count()},
                      {"down", 0}}};
  return finding;
}

Finding recovery_finding(const Record& record, Duration within, const Interval& measured) {
  Finding finding = finding_named("recovery", record, 14);
  const bool late = *measured.high > within;
  finding.status = late ? Status::fail : Status::pass;
  finding.failure = late ? "chaos.RtoExceeded" : "";
  finding.objective = "rto";
  finding.limit = within;
  finding.measured = measured;
  finding.statement = {
      "judge.recovery.statement",
      {{"probe", "dashboard"}, {"expect", "nominal"}, {"within_ns", within.count()}}};
  finding.outcome = {late ? "judge.recovery.late" : "judge.recovery.recovered",
                     {{"probe", "dashboard"},
                      {"low_ns", measured.low.count()},
                      {"high_ns", measured.high->count()},
                      {"outages", 1}}};
  return finding;
}

ProbeFigures figures(const Record& record) {
  ProbeFigures out;
  out.probe = "dashboard";
  out.scheduled = record.probes.at("dashboard").samples.size();
  for (const Sample& sample : record.probes.at("dashboard").samples) {
    ++(sample.observation == nominal ? out.nominal
                                     : sample.observation == degraded ? out.degraded : out.down);
  }
  out.latency_p50 = 2512us;
  out.latency_p99 = 903ms;
  out.latency_max = 904100us;
  out.late_p99 = 210us;
  out.longest_outage = out.down == 0 ? 0ms : 4300ms;
  out.resolution = 954ms;
  out.flaps = 2;
  out.detected = 150ms;
  out.first_fallback = 4350ms;
  out.budget_spent = 0.000136;
  return out;
}

FaultRecord kill() {
  return {.id = "kill-database", .kind = "process_kill", .into = "database",
          .nature = Nature::event, .commanded = 5s, .armed = 5002ms, .bit = 5003ms,
          .evidence = "process 4242 is gone (SIGKILL)", .healed = {}, .failed = {},
          .undo_failed = {}};
}

FaultRecord error_500() {
  return {.id = "api-down", .kind = "http_status", .into = "server-to-weather",
          .nature = Nature::condition, .commanded = 5s, .armed = 5001ms, .bit = 5040ms,
          .evidence = "12 requests answered 500", .healed = 14s, .failed = {}, .undo_failed = {}};
}

ProcedureRecord recovery_procedure() {
  ProcedureRecord procedure{.name = "fast-recovery", .state = "finished", .why = {},
                            .started = 7s, .finished = 9300ms, .steps = {}};
  procedure.steps = {
      {.index = 0, .kind = "stop", .title = "Stop the server", .state = "finished",
       .result = "stopped", .started = 7s, .finished = 7200ms},
      {.index = 1, .kind = "manual", .title = "Call the hosting company", .state = "finished",
       .result = "done by operations", .manual = true, .started = 7200ms, .finished = 8500ms},
      {.index = 2, .kind = "start", .title = "Start the database", .state = "finished",
       .result = "ready", .started = 8500ms, .finished = 9300ms}};
  return procedure;
}

}  // namespace

Drill failed_drill() {
  Drill drill;
  drill.journal = "journals/sp-e/database-killed.jsonl";
  Record& record = drill.record;
  record = base_record();
  name_scenario(record, "database-killed",
                both("The database is killed", "La base de données est tuée"), "database-lost");
  record.probes["dashboard"] = dashboard({{5050ms, nominal}, {8600ms, refused},
                                          {9350ms, unavailable}, {15200ms, degraded},
                                          {22s, nominal}});
  record.faults = {kill()};
  record.procedures = {recovery_procedure()};
  record.services = {{5003ms, "database", "exited", "signal KILL", 4242},
                     {9300ms, "database", "ready", "", 4311}};
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
  record.probes["dashboard"] =
      dashboard({{5100ms, nominal}, {14050ms, degraded}, {22s, nominal}});
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
      "<script>alert(1)</script> ]]> \"'& \x1b[2J\x07 ::error::x ##[error]y\n@everyone \xff\xe2\x80\xae";
  Drill drill = failed_drill();
  Record& record = drill.record;
  record.operator_name = record.command = evil;
  record.faults[0].evidence = evil;
  record.services[0].why = evil;
  record.procedures[0].steps[0].result = record.procedures[0].steps[0].title = evil;
  record.probes["dashboard"].observations[1].values["source"] = evil;
  record.scenario.title = Text{{{"", evil}}};
  record.troubles = {evil};
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
  EXPECT_TRUE(golden.str() == text)
      << path << " differs; REPRISE_UPDATE_GOLDEN=1 rewrites it.\n"
      << text.substr(0, 4000);
}

}  // namespace reprise::testing
