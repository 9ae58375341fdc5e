#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reports/programs.h"
#include "tests/reports/sample_runs.h"
#include "tests/support/temporary_folder.h"

namespace reprise::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string junit(const Run& run) { return rendered("junit", run, "en"); }

void expect_well_formed(const std::string& text) {
  const std::string xmllint = found({"xmllint"});
  if (xmllint.empty()) GTEST_SKIP() << "no xmllint here";
  const TemporaryFolder folder;
  const auto path = folder.path() / "junit.xml";
  std::ofstream(path) << text;
  const Ran ran = run_program({xmllint, "--noout", path});
  EXPECT_EQ(ran.code, 0) << ran.output;
}

TEST(JUnit, IsWellFormed) { expect_well_formed(junit(every_kind())); }

TEST(JUnit, IsWellFormedWhateverTheSystemPrints) {
  const std::string text = junit(run_of({hostile_drill()}));
  expect_well_formed(text);
  EXPECT_THAT(text, Not(HasSubstr("<script")));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(text, Not(HasSubstr("]]>")));
  EXPECT_THAT(text, HasSubstr("\\x1b[2J"));
}

TEST(JUnit, LooksAsAgreed) { expect_golden("run.junit.xml", junit(every_kind())); }

TEST(JUnit, CallsAMissAFailureWithItsCauseInTheBody) {
  const std::string text = junit(run_of({failed_drill()}));
  EXPECT_THAT(text, HasSubstr("<failure type=\"chaos.RtoExceeded\" message=\"The recovery of "
                              "dashboard took too long, between 4.298 s and 4.358 s; outages: "
                              "1\">The recovery of dashboard took too long"));
  EXPECT_THAT(text, HasSubstr("ECONNREFUSED 127.0.0.1:5432”.</failure>"));
  EXPECT_THAT(text, HasSubstr("file=\"scenarios/sp-e/database-killed.yaml\" line=\"14\""));
  EXPECT_THAT(text, HasSubstr("tests=\"3\" failures=\"1\" errors=\"0\""));
}

TEST(JUnit, CallsWhatWasNotDemonstratedAnError) {
  const std::string text = junit(run_of({inconclusive_drill()}));
  EXPECT_THAT(text, HasSubstr("<error type=\"chaos.Inconclusive\""));
  EXPECT_THAT(text, HasSubstr("<error type=\"chaos.CleanUpFailed\""));
  EXPECT_THAT(text, Not(HasSubstr("<skipped")));
  EXPECT_THAT(text, HasSubstr("tests=\"3\" failures=\"0\" errors=\"2\""));
}

TEST(JUnit, NeverTurnsASkippedFindingGreen) {
  Drill drill = passed_drill();
  drill.verdict.status = drill.verdict.findings[1].status = Status::skipped;
  EXPECT_THAT(junit(run_of({drill})), HasSubstr("<error type=\"chaos.Skipped\""));
}

TEST(JUnit, NeverTurnsADrillWithoutFindingsGreen) {
  Drill drill = passed_drill();
  drill.verdict.status = Status::inconclusive;
  drill.verdict.findings.clear();
  EXPECT_THAT(junit(run_of({drill})), HasSubstr("errors=\"1\""));
}

TEST(JUnit, LetsAKnownDeficiencyPassLoudly) {
  const std::string text = junit(run_of({conditional_drill()}));
  EXPECT_THAT(text, HasSubstr("failures=\"0\" errors=\"0\""));
  EXPECT_THAT(text, HasSubstr("KNOWN DEFICIENCY F-1 (owner: operations, until 2027-12-31)"));
}

TEST(JUnit, TellsRepeatsApart) {
  Drill first = passed_drill(), second = passed_drill();
  first.record.scenario.repeat = second.record.scenario.repeat = 2;
  second.record.repeat = 1;
  const std::string text = junit(run_of({first, second}));
  EXPECT_THAT(text, HasSubstr("<testsuite name=\"sp-e/weather-api-500#2\""));
  EXPECT_THAT(text, HasSubstr("name=\"recovery #1\""));
  EXPECT_THAT(text, HasSubstr("name=\"recovery #2\""));
}

}  // namespace
}  // namespace reprise::testing
