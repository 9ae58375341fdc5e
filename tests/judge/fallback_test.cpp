// A fallback: when it is due, what shows it, which round is the worst, and what it is when there
// was none.
#include <gtest/gtest.h>

#include "tests/judge/alone.h"
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

json degraded_by(const std::string& within) {
  return {{"probe", "page"}, {"expect", "degraded"}, {"within", within}};
}

Finding judged_fallback(const Story& story, const json& options) {
  return alone(story, "fallback", options);
}

// The first victim falls at 6.005 s.
Story struck(Duration healed = 16s) {
  Story story;
  story.cut(6s, healed);
  return story;
}

Story two_rounds() {
  Story story;
  story.declare("cut", 2).strike("cut", 6s, 9s, 0).strike("cut", 12s, 16s, 1);
  return story;
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

TEST(FallbackLimits, IncludeAnAnswerFinishedAtTheInstantOfTheBite) {
  Story story;
  story.cut(5995ms, 16s).page_at(6s, degraded, 6s).page(6100ms, 16s, degraded);
  EXPECT_EQ(judged_fallback(story, degraded_by("0s")).status, Status::pass);
}

TEST(FallbackLimits, LearnNothingFromWhatWasSentBeforeTheFault) {
  // In place at 6.001 s; what was sent at 6 s was answered by a system that was whole when asked.
  Story story = struck();
  story.page_at(6s, degraded, 6005ms).page(7s, 16s, degraded);
  EXPECT_EQ(judged_fallback(story, degraded_by("1s")).measured->high, 7010ms - 6005ms);
}

TEST(FallbackLimits, CountTheFirstToBeAnsweredNotTheFirstToBeSent) {
  Story story = struck();
  story.page_at(6s, degraded, 9s).page(6100ms, 16s, degraded);
  EXPECT_EQ(judged_fallback(story, degraded_by("1s")).measured->high, 105ms);
}

TEST(FallbackLimits, CountFromTheFirstVictimOfTheIncidentThatIsNamed) {
  Story story;
  story.declare("slow").declare("quick").declare("blunt");
  story.note_fault(6s, "slow", 0, "injecting");
  story.note_fault(9s, "slow", 0, "bit", {{"at", Duration(9s).count()}});
  story.strike("quick", 7s, 16s).strike("blunt", 6500ms, 16s, 0, false);
  story.page(7200ms, 16s, degraded);
  const auto named = [&](const char* incident) {
    return judged_fallback(story, with(degraded_by("1s"), {{"incident", incident}}));
  };
  EXPECT_EQ(named("quick").measured->high, 7210ms - 7005ms);
  EXPECT_EQ(named("blunt").outcome.key, "judge.fault-did-not-bite");
  EXPECT_EQ(named("each").status, Status::inconclusive);
}

TEST(FallbackLimits, CountOnlyWhatWasDownBetweenTheVictimAndTheSwitch) {
  Story story = struck();
  story.page(5800ms, 5900ms, broken).page(6100ms, 6300ms, broken).page(6300ms, 16s, degraded);
  story.page(7s, 8s, broken);
  EXPECT_EQ(judged_fallback(story, degraded_by("1s")).outcome.arguments["down"], 2);
}

TEST(FallbackLimits, ShowDetectionInTheFigure) {
  Story story = struck();
  story.page(6100ms, 16s, degraded);
  const Finding finding = judged_fallback(story, with(degraded_by("1s"), {{"detect", "5s"}}));
  EXPECT_EQ(finding.measured->low, 0ms);
  EXPECT_EQ(finding.measured->high, 105ms);
  EXPECT_EQ(finding.limit, 6s);
}

TEST(FallbackLimits, ProveNothingByWhatWasServedBefore) {
  Story story = struck();
  story.page(5800ms, 16s, degraded);
  EXPECT_EQ(judged_fallback(story, degraded_by("1s")).outcome.key, "judge.fallback.before");
  // The last one answered before the command counts.
  story.page(5900ms, 6s, nominal);
  EXPECT_EQ(judged_fallback(story, degraded_by("1s")).status, Status::pass);
}

TEST(NoFallback, IsUnknownWhenAnInstantWasNotLookedAt) {
  EXPECT_EQ(judged_fallback(struck().skipped(6500ms, 6600ms), degraded_by("1s")).outcome.key,
            "judge.unseen");
}

TEST(NoFallback, IsAMissOnceTheFaultLastedUntilItWasDue) {
  EXPECT_EQ(judged_fallback(struck(7005ms), degraded_by("1s")).failure, "chaos.NoFallback");
  EXPECT_EQ(judged_fallback(struck(7004ms), degraded_by("1s")).status, Status::inconclusive);
  const Finding detecting =
      judged_fallback(struck(8s), with(degraded_by("1s"), {{"detect", "1s"}}));
  EXPECT_EQ(detecting.outcome.key, "judge.fallback.healed-too-early");
  EXPECT_EQ(detecting.outcome.arguments["lasted_ns"], Duration(1995ms).count());
}

TEST(NoFallback, IsAMissOnceTheDrillLastedUntilItWasDue) {
  // The last sample finishes at 29.91 s.
  Story story;
  story.kill(6s);
  const Finding finding = judged_fallback(story, degraded_by("23905ms"));
  EXPECT_EQ(finding.failure, "chaos.NoFallback");
  EXPECT_EQ(finding.measured->low, 29900ms - 6005ms);
  EXPECT_EQ(judged_fallback(story, degraded_by("23905000001ns")).outcome.key,
            "judge.drill-cut-short");
  const Finding detecting = judged_fallback(story, with(degraded_by("1s"), {{"detect", "5s"}}));
  EXPECT_EQ(detecting.measured->low, 29900ms - 6005ms);
}

TEST(LateFallback, IsAMissAlthoughAnInstantWasNotLookedAtWhenItWasTooLateAnyway) {
  // Had the one at 8 s shown it, it would have come 1.995 s after the bite.
  Story story = struck();
  story.page(9s, 16s, degraded).skipped(8s, 8100ms);
  EXPECT_EQ(judged_fallback(story, degraded_by("1994ms")).failure, "chaos.FallbackTooLate");
  EXPECT_EQ(judged_fallback(story, degraded_by("1995ms")).outcome.key, "judge.unseen");
}

TEST(FallbackRounds, EndWhereTheNextBegins) {
  EXPECT_EQ(judged_fallback(two_rounds().page(12s, 16s, degraded), degraded_by("1s")).failure,
            "chaos.NoFallback");
}

TEST(FallbackRounds, AreOfTheSameFault) {
  Story story = two_rounds();
  story.declare("other").strike("other", 8s, 9s);
  story.page(6100ms, 8s, degraded).page(12100ms, 16s, degraded);
  EXPECT_EQ(judged_fallback(story, with(degraded_by("1s"), {{"incident", "cut"}})).status,
            Status::pass);
}

TEST(FallbackRounds, AreWorstWhereTheyTookLongest) {
  Story first = two_rounds();
  first.page(8s, 9s, degraded).page(13500ms, 16s, degraded);
  EXPECT_EQ(judged_fallback(first, degraded_by("1s")).measured->high, 8010ms - 6005ms);
  EXPECT_EQ(judged_fallback(first, degraded_by("5s")).measured->high, 8010ms - 6005ms);
  Story second = two_rounds();
  second.page(7500ms, 9s, degraded).page(14s, 16s, degraded);
  EXPECT_EQ(judged_fallback(second, degraded_by("1s")).measured->high, 14010ms - 12005ms);
  EXPECT_EQ(judged_fallback(second, degraded_by("5s")).measured->high, 14010ms - 12005ms);
}

TEST(FallbackRounds, AreWorseFailedThanUnknownAndWorstWithout) {
  Story late_then_short;
  late_then_short.declare("cut", 2).strike("cut", 6s, 9s, 0).strike("cut", 12s, 12500ms, 1);
  late_then_short.page(8s, 9s, degraded);
  EXPECT_EQ(judged_fallback(late_then_short, degraded_by("1s")).failure, "chaos.FallbackTooLate");
  Story short_then_late;
  short_then_late.declare("cut", 2).strike("cut", 6s, 6500ms, 0).strike("cut", 12s, 16s, 1);
  short_then_late.page(14s, 16s, degraded);
  EXPECT_EQ(judged_fallback(short_then_late, degraded_by("1s")).failure, "chaos.FallbackTooLate");
  EXPECT_EQ(judged_fallback(two_rounds().page(8s, 9s, degraded), degraded_by("1s")).failure,
            "chaos.NoFallback");
}

TEST(FallbackRounds, OfWhichNothingIsKnownSayMostWhereSomethingWasMeasured) {
  Story unseen_last;
  unseen_last.declare("cut", 2).strike("cut", 6s, 6500ms, 0).strike("cut", 12s, 16s, 1);
  unseen_last.skipped(12100ms, 14s).page(14s, 16s, degraded);
  EXPECT_EQ(judged_fallback(unseen_last, degraded_by("1s")).outcome.key, "judge.unseen");
  Story unseen_first;
  unseen_first.declare("cut", 2).strike("cut", 6s, 9s, 0).strike("cut", 12s, 12500ms, 1);
  unseen_first.skipped(6100ms, 8s).page(8s, 9s, degraded);
  EXPECT_EQ(judged_fallback(unseen_first, degraded_by("1s")).outcome.key, "judge.unseen");
}

TEST(FallbackLimits, NeedAnExpectationAFaultAndAnAnswer) {
  EXPECT_EQ(judged_fallback(struck(), {{"probe", "page"}, {"within", "1s"}}).outcome.key,
            "judge.unreadable");
  EXPECT_EQ(judged_fallback(Story(), degraded_by("1s")).outcome.key, "judge.no-bite");
  Story story = struck();
  story.page(0s, 30s, refused);
  EXPECT_EQ(judged_fallback(story, degraded_by("1s")).outcome.key, "judge.never-answered");
}

TEST(FallbackRounds, AfterTheFirstMayBeServedFromTheBeginning) {
  EXPECT_EQ(judged_fallback(two_rounds().page(6100ms, 16s, degraded), degraded_by("1s")).status,
            Status::pass);
}

TEST(FallbackLimits, TakeWhatWasAnsweredAtTheCommandForServedBefore) {
  const auto answered = [](Duration at) {
    Story story = struck().page_at(5900ms, degraded, at).page(6100ms, 16s, degraded);
    return judged_fallback(story, degraded_by("1s"));
  };
  EXPECT_EQ(answered(6s).outcome.key, "judge.fallback.before");
  EXPECT_EQ(answered(6001ms).status, Status::pass);
}

TEST(LateFallback, ShowsItselfWhereNobodySawAnythingElse) {
  const Story story = struck().skipped(6100ms, 9s).page(9s, 16s, degraded);
  const Finding finding = judged_fallback(story, degraded_by("90ms"));
  EXPECT_EQ(finding.failure, "chaos.FallbackTooLate");
  ASSERT_TRUE(finding.cause);
  EXPECT_EQ(finding.cause->sample_at, 9s);
}

}  // namespace
}  // namespace reprise::testing
