#include "reports/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reports/sample_runs.h"

namespace reprise::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Told of the dashboard alone.
std::string sustained(const Drill& drill, const std::string& language = "en") {
  return sustained_text(parameters_of(drill.record).at(0), language);
}

TEST(Parameters, AreShownAsResolvedAndSaidToBeDefaultsWhereNobodyWroteThem) {
  Drill drill = passed_drill();
  EXPECT_EQ(sustained(drill), "1 s (default)") << "20 intervals";
  drill.record.plan.services["server"].health_period = 2s;
  drill.record.plan.probes["dashboard"].options = {{"url", "${services.server.address}/"}};
  EXPECT_EQ(sustained(drill), "6 s (default)") << "3 looks of the service itself";
  EXPECT_EQ(sustained(drill, "fr"), "6 s (par défaut)");
  drill.record.scenario.sustained = 4s;
  EXPECT_EQ(sustained(drill), "4 s");
  AssertionSpec own;
  own.name = "recovery-2";
  own.options = {{"probe", "dashboard"}, {"sustained", "90s"}};
  drill.record.scenario.assertions = {own};
  EXPECT_EQ(sustained(drill), "4 s; recovery-2: 1 min 30 s");
  EXPECT_EQ(patience_text(drill.record.scenario, "en"), "3 s (default)");
  drill.record.scenario.patience_by_default = false;
  EXPECT_EQ(patience_text(drill.record.scenario, "fr"), "3 s");
}

TEST(Parameters, StandInThePageAndInTheSummary) {
  const std::string page = rendered("html", run_of({passed_drill()}));
  EXPECT_THAT(page, AllOf(HasSubstr("Patience with the recovery</th><td>3\u00a0s (default)"),
                          HasSubstr("<th scope=\"row\">dashboard</th><td class=\"n\" "
                                    "data-label=\"Looks every\">50\u00a0ms")));
  const auto summary = nlohmann::json::parse(rendered("json", run_of({passed_drill()})));
  const auto& told = summary["drills"][0]["parameters"];
  EXPECT_EQ(told["patience_by_default"], true);
  EXPECT_EQ(told["probes"][0]["sustained_ns"], 1'000'000'000);
  EXPECT_EQ(told["probes"][0]["sustained_by_default"], true);
}

TEST(Parameters, AreThoseOfProbesThatThePlanKnows) {
  Drill drill = passed_drill();
  drill.record.plan.probes.clear();
  EXPECT_TRUE(parameters_of(drill.record).empty());
}

// With the finding on the end, as the judge makes it.
Drill leaving() {
  Drill drill = passed_drill();
  drill.record.scenario.leaves["dashboard"] = {
      Level::degraded, Text{{{"en", "the cache stays cold"}, {"fr", "le cache reste froid"}}}};
  Finding end;
  end.kind = "steady-state";
  end.name = "steady-state-at-the-end";
  end.statement = {"judge.steady-end.statement", {{"within_ns", 3'000'000'000}}};
  end.outcome = {"judge.steady-end.held"};
  drill.verdict.findings.push_back(end);
  return drill;
}

TEST(WhatAScenarioLeaves, IsToldWithItsReasonByEveryReport) {
  EXPECT_THAT(leaves_told(leaving().record.scenario, "en"),
              ElementsAre("The scenario means to leave dashboard at the level “degraded”: "
                          "the cache stays cold"));
  const auto run = run_of({leaving()});
  for (const char* kind : {"html", "junit", "json", "post-mortem"}) {
    EXPECT_THAT(rendered(kind, run), HasSubstr("the cache stays cold")) << kind;
    EXPECT_THAT(rendered(kind, run, "fr"), HasSubstr("le cache reste froid")) << kind;
    EXPECT_THAT(rendered(kind, run_of({passed_drill()})), Not(HasSubstr("means to leave")));
  }
  EXPECT_THAT(rendered("html", run, "fr"), HasSubstr("au niveau «\u00a0dégradé\u00a0»"));
}

}  // namespace
}  // namespace reprise::testing
