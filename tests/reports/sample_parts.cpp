#include "tests/reports/sample_parts.h"

namespace reprise::testing {

using nlohmann::json;

Text both(const std::string& en, const std::string& fr) { return Text{{{"en", en}, {"fr", fr}}}; }

namespace {

Expectation expectation(const json& value) { return *Expectation::parse(value); }

namespace {

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
  plan.probes["dashboard"].name = "dashboard";
  plan.probes["dashboard"].every = 50ms;
  plan.probes["dashboard"].timeout = 2s;
  return plan;
}

}  // namespace

}  // namespace

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
  for (const auto& [name, to] : std::vector<std::pair<std::string, Duration>>{{"prepare", 2s},
                                                                              {"steady", 4s},
                                                                              {"inject", 5500ms},
                                                                              {"hold", 14s},
                                                                              {"heal", 14200ms},
                                                                              {"recover", 20s},
                                                                              {"verify", 22s},
                                                                              {"teardown", 24s}}) {
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
  scenario.patience = 3s;
  scenario.patience_by_default = true;
  scenario.where = {"scenarios/sp-e/" + name + ".yaml", 2, 1};
  scenario.levels["dashboard"] = {
      .nominal = expectation({{"status", 200}, {"json", {{"/mode", "nominal"}}}}),
      .degraded = expectation({{"status", 200}, {"json", {{"/mode", "degraded"}}}})};
}

namespace {

json answer(int status, const std::string& mode, const std::string& source) {
  return {{"status", status}, {"json", {{"/mode", mode}}}, {"source", source}};
}

}  // namespace

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

namespace {

Finding finding_named(const std::string& name, const Record& record, int line) {
  Finding finding;
  finding.kind = finding.name = name;
  finding.where = {record.scenario.where.file, line, 5};
  finding.from = 5s;
  finding.to = 20s;
  return finding;
}

}  // namespace

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
    ++(sample.observation == nominal    ? out.nominal
       : sample.observation == degraded ? out.degraded
                                        : out.down);
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

FaultRecord kill_database() {
  return {.id = "kill-database",
          .kind = "process_kill",
          .into = "database",
          .nature = Nature::event,
          .commanded = 5s,
          .armed = 5002ms,
          .bit = 5003ms,
          .evidence = "process 4242 is gone (SIGKILL)",
          .healed = {},
          .failed = {},
          .undo_failed = {},
          .changed_since = {}};
}

FaultRecord error_500() {
  return {.id = "api-down",
          .kind = "http_status",
          .into = "server-to-weather",
          .nature = Nature::condition,
          .commanded = 5s,
          .armed = 5001ms,
          .bit = 5040ms,
          .evidence = "12 requests answered 500",
          .healed = 14s,
          .failed = {},
          .undo_failed = {},
          .changed_since = {}};
}

ProcedureRecord recovery_procedure() {
  ProcedureRecord procedure{.name = "fast-recovery",
                            .state = "finished",
                            .why = {},
                            .started = 7s,
                            .finished = 9300ms,
                            .steps = {}};
  procedure.steps = {
      {.index = 0,
       .kind = "stop",
       .title = {{{"en", "Stop the server"}, {"fr", "Arrêt du serveur"}}},
       .state = "finished",
       .result = "stopped",
       .started = 7s,
       .finished = 7200ms},
      {.index = 1,
       .kind = "manual",
       .title = {{{"en", "Call the hosting company"}, {"fr", "Appel à l’hébergeur"}}},
       .state = "finished",
       .result = "done by operations",
       .manual = true,
       .started = 7200ms,
       .finished = 8500ms},
      {.index = 2,
       .kind = "start",
       .title = {{{"en", "Start the database"}, {"fr", "Démarrage de la base de données"}}},
       .state = "finished",
       .result = "ready",
       .started = 8500ms,
       .finished = 9300ms}};
  return procedure;
}

Ladder restore_ladder() {
  using enum Rung::State;
  const auto name = [](const char* step) { return Text{{{"", step}}}; };
  const Message why{"judge.restore.step-failed", {{"step", "3 (amcheck)"}, {"why", "2 damaged"}}};
  return {"fast-recovery",
          5s,
          {{"backup", climbed, {name("Choose the backup")}, 6s, 7s, {}},
           {"server", climbed, {name("Restore it"), name("Start the database")}, 7s, 9300ms, {}},
           {"structure", failed, {name("amcheck")}, 9300ms, {}, why},
           {"ledger",
            untold,
            {name("readings")},
            {},
            {},
            Message{"judge.ledger.unread", {{"ledger", "orders"}}}},
           {"health", absent, {}, {}, {}, {}}}};
}

}  // namespace reprise::testing
