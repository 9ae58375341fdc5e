#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/model/scenario/scenario.h"
#include "tests/model/sample_vocabulary.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

const std::filesystem::path samples =
    std::filesystem::path(REPRISE_SOURCE_DIR) / "tests/model/files";

std::string words(const Errors& errors) {
  std::string out;
  for (const Error& error : errors) out += error.text() + "\n";
  return out;
}

LoadedPlan loaded(const std::string& folder) {
  auto plans = load({samples / "good" / folder}, sample_vocabulary());
  if (!plans) {
    ADD_FAILURE() << words(plans.error());
    return {};
  }
  EXPECT_EQ(plans->size(), 1U);
  return std::move(plans->front());
}

TEST(Loading, ReadsAPlanWithEverythingInIt) {
  auto plan = loaded("basic").plan;
  EXPECT_EQ(plan.name, "basic");
  EXPECT_EQ(plan.version, "1.0");
  EXPECT_EQ(plan.title.in("fr"), "Plateforme");
  EXPECT_EQ(plan.objectives.rto, 5min);
  EXPECT_EQ(plan.objectives.availability, 0.999);
  EXPECT_EQ(plan.review_every, 24h * 90);
  EXPECT_EQ(plan.risks.at("weather-api-down").severity, "major");
  const Service& server = plan.services.at("server");
  EXPECT_THAT(server.command, testing::ElementsAre("node", "server/index.js", "5"));
  EXPECT_EQ(server.env.at("LIMIT"), "10");
  EXPECT_EQ(server.env.at("DEBUG"), "false");
  EXPECT_EQ(server.env.at("PORT"), "${port}");
  EXPECT_EQ(server.ready->every, 50ms);
  EXPECT_EQ(server.ready->timeout, 1s);
  EXPECT_EQ(server.health_period, 1s);
  EXPECT_EQ(server.where.line, 15);
  EXPECT_TRUE(plan.services.at("other").external);
  EXPECT_EQ(plan.system.filename(), "system");
  EXPECT_EQ(plan.links.at("server-to-world").to, "example.org:80");
}

TEST(Loading, GivesStepsTheirOptionsAndForce) {
  auto procedure = loaded("basic").plan.procedures.at("fast-recovery");
  ASSERT_EQ(procedure.steps.size(), 5U);
  EXPECT_EQ(procedure.steps[0].kind, "stop");
  EXPECT_EQ(procedure.steps[0].options,
            nlohmann::json::parse(R"({"value": ["server", "weather"], "force": true})"));
  EXPECT_EQ(procedure.steps[1].options.at("value"), "predictions");
  EXPECT_EQ(procedure.steps[3].within, 10min);
  EXPECT_EQ(procedure.steps[2].within, 1min);
}

TEST(Loading, PutsTheStepsOfAnIncludedProcedureInItsPlace) {
  const auto procedures = loaded("basic").plan.procedures;
  std::vector<std::string> rungs;
  for (const Step& step : procedures.at("restore").steps) rungs.push_back(step.rung);
  EXPECT_THAT(rungs, testing::ElementsAre("backup", "server", "structure", "health"));
  const Location& included = procedures.at("restore").steps[2].where;
  EXPECT_EQ(included.text(), procedures.at("checks").steps[0].where.text());
}

TEST(Loading, CollectsWhatEveryScenarioLooksAtInItsProbes) {
  auto probe = loaded("basic").plan.probes.at("dashboard");
  EXPECT_THAT(probe.pointers,
              testing::ElementsAre("/health", "/mode", "/restored", "/weather/source"));
  EXPECT_THAT(probe.headers, testing::ElementsAre("content-type"));
  EXPECT_EQ(probe.kind, "http");
  EXPECT_EQ(probe.every, 50ms);
}

TEST(Loading, ChoosesAnIntervalOfAHundredthOfTheRtoButNotBelowTheKindsLeast) {
  auto probes = loaded("basic").plan.probes;
  EXPECT_EQ(probes.at("port").every, 1s);
  EXPECT_EQ(probes.at("front").every, 1s);
  EXPECT_EQ(probes.at("port").in_flight, 8);
}

TEST(Loading, MakesAScenarioOfEveryCombination) {
  auto scenarios = loaded("basic").scenarios;
  ASSERT_EQ(scenarios.size(), 4U) << "three of one file";
  EXPECT_EQ(scenarios[1].name, "weather-api-502");
  const auto& faults = scenarios[1].faults;
  ASSERT_EQ(faults.size(), 4U);
  EXPECT_EQ(faults[0].with.at("status"), 502);
  EXPECT_EQ(faults[0].lasting, 10s);
  EXPECT_EQ(faults[1].id, "process_kill-1");
  EXPECT_EQ(faults[1].start.after, "api-down");
  EXPECT_EQ(faults[2].start.when->hold, 1s);
  EXPECT_EQ(faults[3].with.at("status"), 500);
  EXPECT_EQ(faults[3].times, 3);
  EXPECT_EQ(faults[3].jitter, 200ms);
}

TEST(Loading, InheritsThePlansDefaultsPerProbe) {
  auto scenario = loaded("basic").scenarios.at(0);
  EXPECT_TRUE(scenario.levels.contains("dashboard"));
  EXPECT_TRUE(scenario.levels.contains("port"));
  ASSERT_EQ(scenario.steady_state.size(), 1U);
  EXPECT_EQ(std::filesystem::path(scenario.steady_state[0].where.file).filename(), "plan.yaml");
  EXPECT_EQ(scenario.steady_for, 1s);
  EXPECT_EQ(scenario.patience, 60s);
}

TEST(Loading, ReplacesTheObjectiveByItsDuration) {
  auto assertions = loaded("basic").scenarios.at(0).assertions;
  ASSERT_EQ(assertions.size(), 6U);
  EXPECT_EQ(assertions[2].objective, "rto");
  EXPECT_EQ(assertions[2].options.at("within"), "5min");
  EXPECT_EQ(assertions[2].known->until, "2027-12-31");
  EXPECT_EQ(assertions[2].known->failure, "RtoExceeded");
  EXPECT_EQ(assertions[2].name, "recovery");
  EXPECT_EQ(assertions[3].name, "recovery-2");
  EXPECT_EQ(assertions[3].objective, "");
  EXPECT_EQ(assertions[0].options.at("expect"), "degraded");
  EXPECT_EQ(assertions[5].objective, "rto");
}

TEST(Loading, KnowsWhatAScenarioLeavesBehindAndWhy) {
  const auto scenarios = loaded("basic").scenarios;
  const Leaves& left = scenarios.at(0).leaves.at("dashboard");
  EXPECT_EQ(left.level, Level::degraded);
  EXPECT_EQ(left.reason.in("fr"), "Voulu");
  const Leaves& briefly = scenarios.at(3).leaves.at("dashboard");
  EXPECT_EQ(briefly.level, Level::down);
  EXPECT_EQ(briefly.reason.in("en"), "Nobody starts the server again");
  EXPECT_EQ(scenarios.at(3).leaves.size(), 1U);
  EXPECT_EQ(scenarios.at(0).assertions.at(0).options.at("incident"), "api-down");
}

TEST(Loading, TakesSequencesAndParallelsApart) {
  auto faults = loaded("composed").scenarios.at(0).faults;
  ASSERT_EQ(faults.size(), 7U);
  EXPECT_EQ(faults[0].start.at, 1s);
  EXPECT_EQ(faults[1].start.after, "http_status-1");
  EXPECT_EQ(faults[2].start.after, "http_status-1");
  EXPECT_EQ(faults[3].start.after, "http_status-1");
  EXPECT_EQ(faults[3].start.delay, 1s);
  EXPECT_EQ(faults[4].start.after, "longest");
  EXPECT_EQ(faults[5].start.at, 20s);
  EXPECT_EQ(faults[6].start.at, 20s);
}

TEST(Loading, CompressesTheRpoAndWhatABackupWaits) {
  const auto compressed = loaded("basic").scenarios.at(3);
  ASSERT_TRUE(compressed.compress);
  EXPECT_EQ(compressed.compress->times, 7200);
  EXPECT_EQ(compressed.compress->period, 24h);
  EXPECT_EQ(compressed.compress->drilled(), 12s);
  EXPECT_EQ(compressed.compress->probe, "dumps");
  EXPECT_EQ(compressed.faults.at(0).start.at, 12s);
  EXPECT_EQ(compressed.assertions.at(0).options.at("at-most"), "500ms");
  EXPECT_EQ(compressed.assertions.at(0).objective, "rpo");
  EXPECT_EQ(compressed.assertions.at(1).options.at("at-most"), "14s");
}

TEST(Loading, HashesEveryFileItRead) {
  auto hashes = loaded("basic").hashes;
  ASSERT_TRUE(hashes.contains("plan.yaml"));
  ASSERT_TRUE(hashes.contains("weather_api_error.yaml"));
  EXPECT_EQ(hashes.at("plan.yaml").size(), 64U);
}

TEST(Loading, FindsTheSamePlanOnceHoweverItIsNamed) {
  auto basic = samples / "good/basic";
  auto plans =
      load({basic, basic / "plan.yaml", basic / "weather_api_error.yaml", samples / "good"},
           sample_vocabulary());
  ASSERT_TRUE(plans) << words(plans.error());
  EXPECT_EQ(plans->size(), 2U);
}

TEST(Loading, TakesASingleScenarioFile) {
  auto plans = load({samples / "good/composed/groups.yml"}, sample_vocabulary());
  ASSERT_TRUE(plans) << words(plans.error());
  EXPECT_EQ(plans->front().scenarios.size(), 1U);
}

TEST(Loading, RefusesAFileThatWouldBeLeftOutForTheLettersOfItsName) {
  const TemporaryFolder folder;
  folder.write("plan.yaml", "reprise: 1\nplan: p\nsystem: {}\n");
  folder.write("case.YAML", "reprise: 1\nscenario: x\n");
  const auto plans = load({folder.path()}, sample_vocabulary());
  ASSERT_FALSE(plans);
  EXPECT_THAT(words(plans.error()), testing::HasSubstr("case.YAML: a scenario's name ends in"));
}

TEST(Loading, RefusesARunOfAProcedureThatIncludesAnUnknownOne) {
  const TemporaryFolder folder;
  folder.write("plan.yaml", R"(reprise: 1
plan: p
system:
  services: {web: {command: [x]}}
  procedures: {again: {steps: [{include: other}, {start: web}]}}
)");
  folder.write("one.yaml", R"(reprise: 1
scenario: x
procedures: [{run: again}]
assertions: [{procedure: {run: again}}]
)");
  const auto plans = load({folder.path()}, sample_vocabulary());
  ASSERT_FALSE(plans);
  EXPECT_THAT(words(plans.error()), testing::HasSubstr("'other' is not a procedure of this plan"));
}

TEST(Loading, SaysWhenThereIsNothingToLoad) {
  auto plans = load({samples / "nowhere"}, sample_vocabulary());
  ASSERT_FALSE(plans);
  EXPECT_THAT(words(plans.error()), testing::HasSubstr("no such file or folder"));
  plans = load({samples / "good/basic/system"}, sample_vocabulary());
  ASSERT_FALSE(plans);
  EXPECT_THAT(words(plans.error()), testing::HasSubstr("no plan.yaml"));
}

}  // namespace
}  // namespace reprise
