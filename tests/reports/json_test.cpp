#include <gtest/gtest.h>

#include "tests/reports/sample_runs.h"

namespace reprise::testing {
namespace {

using nlohmann::json;

TEST(TheSummary, LooksAsAgreed) {
  expect_golden("run.summary.json", rendered("json", every_kind(), "en"));
}

TEST(TheSummary, CountsDrillsAndTellsTheExitCode) {
  const json summary = json::parse(rendered("json", every_kind(), "en"));
  EXPECT_EQ(summary["status"], "fail");
  EXPECT_EQ(summary["exit_code"], 4) << "something was left behind";
  EXPECT_EQ(summary["counts"]["conditional"], 1);
  EXPECT_EQ(json::parse(rendered("json", run_of({failed_drill()}), "en"))["exit_code"], 1);
  EXPECT_EQ(json::parse(rendered("json", run_of({conditional_drill()}), "en"))["exit_code"], 0);
}

TEST(TheSummary, HoldsIntervalsInNanosecondsAndInWords) {
  const json summary = json::parse(rendered("json", run_of({failed_drill()}), "fr"));
  const json measured = summary["drills"][0]["findings"][2]["measured"];
  EXPECT_EQ(measured["low_ns"], 4'298'000'000);
  EXPECT_EQ(measured["high_ns"], 4'358'000'000);
  EXPECT_EQ(measured["text"], "entre 4,298 s et 4,358 s");
}

TEST(TheSummary, SaysNullForAnIntervalWithoutEnd) {
  Drill drill = failed_drill();
  drill.verdict.findings[2].measured->high.reset();
  const json summary = json::parse(rendered("json", run_of({drill}), "en"));
  EXPECT_TRUE(summary["drills"][0]["findings"][2]["measured"]["high_ns"].is_null());
}

TEST(TheSummary, IsReadableWhateverTheSystemPrints) {
  const json summary = json::parse(rendered("json", run_of({hostile_drill()}), "en"));
  EXPECT_EQ(summary["drills"][0]["residue"][0].get<std::string>().find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace reprise::testing
