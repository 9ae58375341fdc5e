#include <gtest/gtest.h>

#include "tests/judge/story.h"

namespace reprise::testing {
namespace {

// The first victim falls at 6.005 s; the samples from `served` to 16 s show the fallback.
Story fallback_at(Duration served) {
  Story story;
  story.cut(6s, 16s).page(served, 16s, degraded);
  return story;
}

json degraded_within(const std::string& within) {
  return {{"probe", "page"}, {"expect", "degraded"}, {"within", within}};
}

TEST(Fallback, PassesWhenServedInTime) {
  const Finding finding = fallback_at(6100ms).demand("fallback", degraded_within("1s")).finding();
  EXPECT_EQ(finding.status, Status::pass);
  // Last other sample intended at 6.0 s, first degraded finished at 6.11 s, bite at 6.005 s.
  EXPECT_EQ(finding.measured->low, 0ms);
  EXPECT_EQ(finding.measured->high, 105ms);
}

TEST(Fallback, IsExactOnItsBoundary) {
  EXPECT_EQ(fallback_at(6100ms).demand("fallback", degraded_within("105ms")).finding().status,
            Status::pass);
  const Finding late =
      fallback_at(6100ms).demand("fallback", degraded_within("104999999ns")).finding();
  EXPECT_EQ(late.status, Status::fail);
  EXPECT_EQ(late.failure, "chaos.FallbackTooLate");
}

TEST(Fallback, FailsWhenAHundredMillisecondsLate) {
  const Finding finding = fallback_at(7100ms).demand("fallback", degraded_within("1s")).finding();
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.measured->high, 1105ms);
  ASSERT_TRUE(finding.cause);
  EXPECT_EQ(finding.cause->sample_at, 7s);
  EXPECT_EQ(finding.cause->sample_saw, "status 200, /mode nominal");
}

TEST(Fallback, IsAllowedDetectionBesideItsOwnTime) {
  json options = degraded_within("1s");
  options["detect"] = "5s";
  const Finding finding = fallback_at(11900ms).demand("fallback", options).finding();
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_EQ(finding.measured->high, 5905ms);
  EXPECT_EQ(fallback_at(12000ms).demand("fallback", options).finding().status, Status::fail);
}

TEST(Fallback, IsJudgedOnTheCompletionOfTheAnswer) {
  Story story;
  story.cut(6s, 16s).page(6s, 16s, degraded, 1500ms);
  const Finding finding = story.demand("fallback", degraded_within("1s")).finding();
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.measured->high, 6100ms + 1500ms - 6005ms);
}

TEST(Fallback, TakesTheAnswerOfTheVictimItself) {
  // The request was under way when its source failed: sent when the fault was in place, before the
  // bite, and degraded after.
  Story story;
  story.cut(5999ms, 16s).page(6s, 16s, degraded, 9ms);
  const Finding finding = story.demand("fallback", degraded_within("5ms")).finding();
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_EQ(finding.measured->high, 5ms);
}

TEST(Fallback, IsNotTheNominalLevel) {
  const Finding finding = Story().cut(6s, 16s).demand("fallback", degraded_within("1s")).finding();
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.failure, "chaos.NoFallback");
}

TEST(Fallback, ReportsWhatWasDownInBetween) {
  const Finding finding = fallback_at(6500ms)
                              .page(6100ms, 6500ms, broken)
                              .demand("fallback", degraded_within("1s"))
                              .finding();
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_EQ(finding.outcome.arguments["down"], 4);
}

TEST(Fallback, IsInconclusiveWhenTheFaultWasHealedBeforeItWasDue) {
  Story story;
  story.cut(6s, 6500ms);
  const Finding finding = story.demand("fallback", degraded_within("1s")).finding();
  EXPECT_EQ(finding.status, Status::inconclusive);
  EXPECT_EQ(finding.outcome.key, "judge.fallback.healed-too-early");
}

TEST(Fallback, IsInconclusiveWithoutSamples) {
  Story story;
  story.unrecorded(6s, 40s).cut(6s, 16s);
  EXPECT_EQ(story.demand("fallback", degraded_within("1s")).finding().status, Status::inconclusive);
}

TEST(Fallback, IsInconclusiveWhenSkippedJustWhenItMayHaveCome) {
  const Finding finding = fallback_at(7100ms)
                              .skipped(6500ms, 7100ms)
                              .demand("fallback", degraded_within("1s"))
                              .finding();
  EXPECT_EQ(finding.status, Status::inconclusive);
  EXPECT_EQ(finding.outcome.key, "judge.unseen");
}

TEST(Fallback, IsJudgedInEveryRoundAndTheWorstCounts) {
  Story story;
  story.declare("cut", 2).strike("cut", 6s, 9s, 0).strike("cut", 12s, 16s, 1);
  story.page(6100ms, 9s, degraded).page(14s, 16s, degraded);
  const Finding finding = story.demand("fallback", degraded_within("1s")).finding();
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.measured->high, 14010ms - 12005ms);
}

}  // namespace
}  // namespace reprise::testing
