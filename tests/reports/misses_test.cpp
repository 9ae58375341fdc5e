// An assertion that missed more than one thing: every report tells all of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/github.h"
#include "reports/live.h"
#include "reports/sentences.h"
#include "tests/reports/sample_runs.h"

namespace reprise::testing {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

const char* const never_back = "dashboard never fell back";
const char* const lost = "Acknowledged writes lost: 5 of 90";

// The recovery is late; besides it never fell back, and a loss is known.
Drill thrice_missed() {
  Drill drill = failed_drill();
  Finding& finding = drill.verdict.findings.back();
  Cause cause;
  cause.objective = finding.statement;
  cause.sample_at = 9300ms;
  cause.sample_probe = "dashboard";
  cause.sample_saw = "status 418";
  finding.others = {
      {"chaos.NoFallback", {"judge.fallback.none", {{"probe", "dashboard"}}}, cause, std::nullopt},
      {"chaos.AcknowledgedLost",
       {"judge.no-loss.lost", {{"lost", 5}, {"acknowledged", 90}}},
       std::nullopt,
       Known{"F-7", "operations", "2027-12-31", "AcknowledgedLost"}}};
  return drill;
}

std::size_t count_of(const std::string& what, const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST(FurtherMisses, AreToldByEveryReportWithCauseAndOwner) {
  const auto run = run_of({thrice_missed()});
  for (const char* kind : {"html", "junit", "json", "post-mortem"}) {
    const std::string text = rendered(kind, run);
    EXPECT_THAT(text, AllOf(HasSubstr(never_back), HasSubstr(lost), HasSubstr("status 418"),
                            HasSubstr("F-7")))
        << kind;
  }
}

TEST(FurtherMisses, AreToldByTheConsole) {
  const std::string line = verdict_line(thrice_missed(), "en");
  EXPECT_THAT(line, HasSubstr(std::string("Also: ") + never_back + ". Also: " + lost + ". Known"));
  EXPECT_THAT(verdict_line(thrice_missed(), "fr"), HasSubstr("De plus : "));
  EXPECT_THAT(verdict_line(failed_drill(), "en"), Not(HasSubstr("Also: ")));
}

TEST(FurtherMisses, OfOtherAssertionsAreToldByTheConsoleAsWell) {
  Drill drill = failed_drill();
  Finding& fallback = drill.verdict.findings[1];
  fallback.status = Status::fail;
  fallback.outcome = {"judge.fallback.none", {{"probe", "dashboard"}}};
  EXPECT_THAT(verdict_line(drill, "en"),
              HasSubstr("Also: The recovery of dashboard took too long, between 4.298 s"));
}

TEST(FurtherMisses, AreOneCaseOfJUnitWithTheTypeOfTheFirstThatNothingCovers) {
  const std::string text = rendered("junit", run_of({thrice_missed()}));
  EXPECT_THAT(text, HasSubstr("tests=\"3\" failures=\"1\" errors=\"0\""));
  EXPECT_THAT(text, HasSubstr("<failure type=\"chaos.RtoExceeded\""));
  EXPECT_THAT(text, HasSubstr("\nchaos.NoFallback: dashboard never fell back\nDemanded: "));
  EXPECT_THAT(text, HasSubstr("\nKnown deficiency F-7, owned by operations"));
  Drill covered = thrice_missed();
  covered.verdict.findings.back().known = Known{"F-1", "operations", "2025-01-01", "RtoExceeded"};
  const std::string other = rendered("junit", run_of({covered}));
  EXPECT_THAT(other, HasSubstr("<failure type=\"chaos.NoFallback\" message=\"dashboard never"));
  EXPECT_THAT(other, HasSubstr("\nchaos.RtoExceeded: The recovery of dashboard took too long"));
}

TEST(FurtherMisses, StandInTheSummaryAsAList) {
  const auto summary = nlohmann::json::parse(rendered("json", run_of({thrice_missed()})));
  const auto& finding = summary["drills"][0]["findings"].back();
  ASSERT_EQ(finding["others"].size(), 2u);
  EXPECT_EQ(finding["others"][0]["failure"], "chaos.NoFallback");
  EXPECT_EQ(finding["others"][0]["seen"]["text"], never_back);
  EXPECT_EQ(finding["others"][0]["known"], nullptr);
  EXPECT_EQ(finding["others"][1]["known"]["finding"], "F-7");
  EXPECT_EQ(finding["others"][1]["cause"], "");
  EXPECT_EQ(summary["drills"][0]["findings"][0]["others"], nlohmann::json::array());
}

TEST(FurtherMisses, AreAnAnnotationEachAndAWarningWhereKnown) {
  const std::string text = github_annotations(run_of({thrice_missed()}), "en");
  EXPECT_EQ(count_of("::error ", text), 2u);
  EXPECT_EQ(count_of("::warning ", text), 1u);
  EXPECT_THAT(text, HasSubstr("::dashboard never fell back. Demanded"));
}

TEST(FurtherMisses, EachAskSomebodyToAct) {
  const std::string text = rendered("post-mortem", run_of({thrice_missed()}));
  const std::string follow_up = text.substr(text.find("### Follow-up"));
  EXPECT_EQ(count_of("**recovery**", follow_up), 3u);
  EXPECT_THAT(follow_up, HasSubstr("F-7 – Acknowledged writes lost"));
}

TEST(Notes, AreToldBesideTheFinding) {
  Drill drill = passed_drill();
  drill.verdict.findings.back().notes = {
      {"judge.recovery.counted-from", {{"causes", "heal of api-down"}}}};
  for (const char* kind : {"html", "junit", "json"}) {
    EXPECT_THAT(rendered(kind, run_of({drill})), HasSubstr("Counted from: heal of api-down"));
  }
}

// What the sample saw and what was expected may look the same.
Drill mistyped(const nlohmann::json& expect) {
  Drill drill = failed_drill();
  ProbeRecord& probe = drill.record.probes["dashboard"];
  probe.observations.push_back({"answered", {{"status", 200}, {"json", {{"/mode", 5}}}}});
  const auto at = std::ranges::find(probe.samples, Duration(9300ms), &Sample::intended);
  EXPECT_NE(at, probe.samples.end());
  at->observation = static_cast<std::uint32_t>(probe.observations.size() - 1);
  drill.verdict.findings.back().cause->objective.arguments["expect"] = expect;
  drill.verdict.findings.back().cause->sample_saw = "status 200, /mode 5";
  return drill;
}

TEST(ASampleOfAnotherType, IsToldBesideWhatWasExpected) {
  const nlohmann::json predicate = {{"predicate", {{"json", {{"/mode", "5"}}}}}};
  const char* told = R"(status 200, /mode 5 (/mode: expected the text "5", saw the number 5))";
  EXPECT_THAT(headline(mistyped(predicate), "en"), HasSubstr(told));
  EXPECT_THAT(headline(mistyped("nominal"), "fr"),
              HasSubstr(R"(/mode : attendu le texte "nominal", vu le nombre 5)"));
  EXPECT_THAT(headline(mistyped("down"), "en"), HasSubstr("on dashboard: status 200, /mode 5;"));
  Drill elsewhere = mistyped(predicate);
  elsewhere.verdict.findings.back().cause->sample_at = 9301ms;
  EXPECT_THAT(headline(elsewhere, "en"), Not(HasSubstr("expected")));
  elsewhere.verdict.findings.back().cause->sample_probe = "nobody";
  EXPECT_THAT(headline(elsewhere, "en"), Not(HasSubstr("expected")));
}

// What no assertion asked for is said before what was demanded.
TEST(TheSteadyStateAtTheEnd, HasARowAndACaseOfItsOwnAndLeadsTheHeadline) {
  Drill drill = passed_drill();
  Finding end;
  end.kind = "steady-state";
  end.name = "steady-state-at-the-end";
  end.status = drill.verdict.status = Status::fail;
  end.failure = "chaos.NotWellAtTheEnd";
  end.statement = {"judge.steady-end.statement", {{"within_ns", 3'000'000'000}}};
  end.outcome = {"judge.steady-end.not-well", {{"probe", "dashboard"}, {"expect", "nominal"}}};
  end.cause = Cause{.objective = end.statement,
                    .measured = {},
                    .sample_at = 21950ms,
                    .sample_probe = "dashboard",
                    .sample_saw = "status 503",
                    .log_at = {},
                    .log_service = {},
                    .log_line = {}};
  drill.verdict.findings.push_back(end);
  EXPECT_THAT(headline(drill, "en"),
              ::testing::StartsWith("Not well at the end: dashboard does not show nominal. "));
  EXPECT_THAT(headline(drill, "fr"), ::testing::StartsWith("Pas rétabli à la fin : dashboard"));
  const auto run = run_of({drill});
  EXPECT_THAT(
      rendered("junit", run),
      AllOf(HasSubstr("name=\"steady-state\""), HasSubstr("name=\"steady-state-at-the-end\""),
            HasSubstr("<failure type=\"chaos.NotWellAtTheEnd\" message=\"Not well at")));
  EXPECT_THAT(rendered("html", run), HasSubstr("<th scope=\"row\">steady-state-at-the-end"));
  const std::string opening = rendered("html", run);
  EXPECT_EQ(count_of("Not well at the end", opening.substr(0, opening.find("class=\"picture\""))),
            1u);
  EXPECT_THAT(github_annotations(run, "en"), HasSubstr("::Not well at the end: dashboard"));
}

}  // namespace
}  // namespace reprise::testing
