// A recovery: how long it took, when it was none, and what is not known of it.
#include <gtest/gtest.h>

#include "tests/judge/recovering.h"

namespace reprise::testing {
namespace {

// Down for 1 s, for 3 s, and for 1 s again.
Story killed_three_times() {
  Story story;
  story.declare("kill", 3);
  story.strike("kill", 6s, std::nullopt, 0).page(6s, 7s, refused);
  story.strike("kill", 11s, std::nullopt, 1).page(11s, 14s, refused);
  story.strike("kill", 18s, std::nullopt, 2).page(18s, 19s, refused);
  return story;
}

// Four hours of a plan that people carry out, as a restore from backup is.
Story restored_after(Duration restored) {
  Story story;
  story.probe("page", 1min).unrecorded(0s, 30s).see("page", 0s, 6h, nominal, 1s);
  story.phases(10min, 5h, 5h, 6h);
  story.kill(10min).page(10min, restored, refused, 1s);
  story.scenario()["sustained"] = "20min";
  return story;
}

TEST(Recovery, OfAnEventIsMeasuredFromTheIncident) {
  const Finding finding = down_until(9s).demand("recovery", nominal_within("5s")).finding();
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_EQ(finding.measured->low, 8900ms - 6001ms);   // s_y - t_armed
  EXPECT_EQ(finding.measured->high, 9010ms - 6000ms);  // c_z - t_cmd
}

TEST(Recovery, IsExactOnItsBoundary) {
  EXPECT_EQ(down_until(9s).demand("recovery", nominal_within("3010ms")).finding().status,
            Status::pass);
  const Finding late = down_until(9s).demand("recovery", nominal_within("3009999999ns")).finding();
  EXPECT_EQ(late.status, Status::fail);
  EXPECT_EQ(late.failure, "chaos.RecoveryTooLate");
}

TEST(Recovery, NamesTheObjectiveThatWasMissed) {
  Story story = down_until(9s);
  story.says(8850ms, "server", "starting again").says(20s, "server", "all well");
  const Finding finding =
      story.demand("recovery", nominal_within("2s"), {{"objective", "rto"}}).finding();
  EXPECT_EQ(finding.failure, "chaos.RtoExceeded");
  ASSERT_TRUE(finding.cause);
  EXPECT_EQ(finding.cause->sample_at, 8900ms);
  EXPECT_EQ(finding.cause->sample_saw, "refused");
  EXPECT_EQ(finding.cause->log_line, "starting again");
  EXPECT_EQ(finding.cause->measured->high, 3010ms);
}

TEST(Recovery, WithoutAnyOutageIsOnlyAsGoodAsWhatCouldBeSeen) {
  const Finding finding = Story().kill(6s).demand("recovery", nominal_within("5s")).finding();
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_EQ(finding.outcome.key, "judge.no-outage");
  EXPECT_EQ(finding.measured->low, 0ms);
  EXPECT_EQ(finding.measured->high, 110ms);
  EXPECT_EQ(Story().kill(6s).demand("recovery", nominal_within("109ms")).finding().status,
            Status::inconclusive);
}

TEST(Recovery, ThatNeverComesFailsAndSaysWhetherTheTimeWasWaitedOut) {
  const Finding waited = down_until(30s).demand("recovery", nominal_within("10s")).finding();
  EXPECT_EQ(waited.status, Status::fail);
  EXPECT_EQ(waited.failure, "chaos.NotRecovered");
  EXPECT_EQ(waited.outcome.key, "judge.recovery.never");
  EXPECT_FALSE(waited.measured->high);
  Story impatient = down_until(30s);
  impatient.event(30s, "patience", {{"why", "60s"}});
  const Finding unwaited = impatient.demand("recovery", nominal_within("5min")).finding();
  EXPECT_EQ(unwaited.status, Status::fail);
  EXPECT_EQ(unwaited.outcome.key, "judge.recovery.never-not-waited");
}

TEST(Recovery, ThatTheEndOfTheDrillCutShortIsInconclusive) {
  const Finding finding = down_until(29s).demand("recovery", nominal_within("5min")).finding();
  EXPECT_EQ(finding.status, Status::inconclusive);
  EXPECT_EQ(finding.outcome.key, "judge.recovery.unfinished");
  // Two seconds are sustained when every instant scheduled in them was good.
  EXPECT_EQ(down_until(27900ms).demand("recovery", nominal_within("5min")).finding().status,
            Status::pass);
  EXPECT_EQ(down_until(28100ms).demand("recovery", nominal_within("5min")).finding().status,
            Status::inconclusive);
}

TEST(Recovery, CutShortIsAMissAllTheSameWhenItWasTooLateAnyway) {
  EXPECT_EQ(down_until(29s).demand("recovery", nominal_within("5s")).finding().status,
            Status::fail);
}

TEST(Recovery, IsNotAFlickerOfHealth) {
  Story story = down_until(8s);
  story.page(9s, 9100ms, broken).page(10900ms, 11s, broken);
  const Finding finding = story.demand("recovery", nominal_within("4s")).finding();
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.measured->high, 5010ms);
}

TEST(Recovery, LastsForTwentyIntervalsOrThreeHealthPeriodsUnlessSaid) {
  Story story = down_until(8s);
  story.scenario().erase("sustained");
  story.page(10500ms, 10600ms, broken);  // 2.5 s later: more than 20 intervals
  EXPECT_EQ(story.demand("recovery", nominal_within("3s")).finding().outcome.arguments["outages"],
            2);
  story.plan()["system"]["services"]["server"]["health-period"] = "1s";
  EXPECT_EQ(story.finding().outcome.arguments["outages"], 1);
}

TEST(Recovery, JudgesEveryRoundAndTheWorstCounts) {
  Story story = killed_three_times();
  const Finding finding = story.demand("recovery", nominal_within("3s")).finding();
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.measured->high, 3010ms);
  EXPECT_EQ(finding.outcome.arguments["outages"], 3);
}

TEST(Recovery, OfAHungServiceCountsTheSamplesThatWerePendingAtTheHealing) {
  // Samples hang; those older than their patience of 6 s time out, the others are answered at 16 s.
  Story story;
  story.cut(6s, 16s);
  for (Duration at = 6s; at < 10s; at += 100ms) story.page_at(at, timed_out, at + 6s);
  for (Duration at = 10s; at < 16s; at += 100ms) story.page_at(at, nominal, 16050ms);
  json options = nominal_within("11s");
  options["from"] = "incident";
  const Finding finding = story.demand("recovery", options).finding();
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_EQ(finding.measured->low, 9900ms - 6001ms);
  EXPECT_EQ(finding.measured->high, 10050ms);
}

TEST(Recovery, IsInconclusiveWhenNobodyLookedJustThen) {
  Story story = down_until(8s);
  story.skipped(8s, 12s);
  const Finding finding = story.demand("recovery", nominal_within("5s")).finding();
  EXPECT_EQ(finding.status, Status::inconclusive);
  EXPECT_EQ(finding.outcome.key, "judge.unseen");
}

TEST(Recovery, IsInconclusiveWhenTheHealingWasNeverRecorded) {
  Story story;
  story.declare("cut").strike("cut", 6s, std::nullopt).page(6s, 30s, broken);
  story.note_fault(5900ms, "cut", 0, "preparing", {{"lasting", "condition"}});
  story.note_fault(6001ms, "cut", 0, "preparing", {{"lasting", "condition"}});
  EXPECT_EQ(story.demand("recovery", nominal_within("5s")).finding().outcome.key,
            "judge.recovery.not-healed");
}

TEST(Recovery, OfFourHoursByHandIsJudgedLikeAnyOther) {
  const Finding kept = restored_after(4h).demand("recovery", nominal_within("4h")).finding();
  EXPECT_EQ(kept.status, Status::pass);
  EXPECT_EQ(kept.measured->high, 3h + 50min + 1s);
  const Finding missed =
      restored_after(4h + 10min).demand("recovery", nominal_within("4h")).finding();
  EXPECT_EQ(missed.status, Status::fail);
  EXPECT_EQ(missed.measured->high, 4h + 1s);
}

TEST(Recovery, IsNotEndedByAGoodAnswerThatWasUnderWayAtTheCommand) {
  Story story;
  story.declare("kill").strike("kill", 6050ms, std::nullopt);
  // Both are out when the kill comes; the good one may have been answered by the process before.
  story.page_at(5900ms, refused, 6100ms).page_at(6s, nominal, 6052ms);
  EXPECT_EQ(judged_recovery(story, nominal_within("5s")).measured->high, 6110ms - 6050ms);
  EXPECT_EQ(judged_recovery(story, nominal_within("59ms")).status, Status::fail);
  // A bad answer had come when this one was sent: the outage had begun.
  Story begun;
  begun.declare("kill").strike("kill", 6050ms, std::nullopt);
  begun.page_at(5900ms, refused, 6s).page_at(6s, nominal, 6052ms);
  EXPECT_EQ(judged_recovery(begun, nominal_within("59ms")).measured->high, 2ms);
}

TEST(RecoveryLimits, AwaitALevelThatWasNotThereAtTheCommand) {
  Story story;
  story.kill(6s).page_at(5900ms, refused, 6s);
  EXPECT_EQ(judged_recovery(story, nominal_within("5s")).outcome.key, "judge.recovery.recovered");
  story.page_at(5900ms, refused, 5999ms);
  const Finding awaited = judged_recovery(story, nominal_within("5s"));
  EXPECT_EQ(awaited.outcome.key, "judge.recovery.recovered");
  EXPECT_EQ(awaited.measured->high, 10ms);
  story.page_at(5800ms, refused, 5810ms).page_at(5900ms, nominal, 5910ms);
  EXPECT_EQ(judged_recovery(story, nominal_within("5s")).outcome.key, "judge.no-outage");
}

TEST(RecoveryLimits, AreJudgedOnTheWorstOutage) {
  Story story = killed_three_times();
  EXPECT_EQ(judged_recovery(story, nominal_within("5s")).measured->high, 3010ms);
  // The miss that was seen counts more than the outage of which nothing is known.
  story.page(18s, 22s, refused).skipped(22s, 24s);
  EXPECT_EQ(judged_recovery(story, nominal_within("4010ms")).outcome.key, "judge.unseen");
  EXPECT_EQ(judged_recovery(story, nominal_within("2s")).measured->high, 24010ms - 18s);
  story.page(11s, 18s, refused);
  EXPECT_EQ(judged_recovery(story, nominal_within("4s")).failure, "chaos.RecoveryTooLate");
}

TEST(RecoveryLimits, AreUnknownWhereNobodyLookedUnlessItWasTooLateAnyway) {
  Story story = down_until(8s);
  story.skipped(8s, 12s);
  EXPECT_EQ(judged_recovery(story, nominal_within("2s")).outcome.key, "judge.unseen");
  EXPECT_EQ(judged_recovery(story, nominal_within("1999999999ns")).failure,
            "chaos.RecoveryTooLate");
}

TEST(NoOutage, NeedsToHaveBeenSeenForAsLongAsARecoveryMustLast) {
  // The last sample is intended at 29.9 s, so all is seen up to 30 s; a fault is armed after 1 ms.
  EXPECT_EQ(judged_recovery(Story().kill(27999ms), nominal_within("5s")).status, Status::pass);
  const Finding brief = judged_recovery(Story().kill(29s), nominal_within("5s"));
  EXPECT_EQ(brief.outcome.key, "judge.recovery.unfinished");
  EXPECT_EQ(brief.outcome.arguments["seen_ns"], Duration(999ms).count());
  EXPECT_EQ(judged_recovery(Story().kill(28s), nominal_within("5s")).status, Status::inconclusive);
  const Finding none =
      judged_recovery(Story().cut(6s, 29s).unrecorded(27s, 30s), nominal_within("5s"));
  EXPECT_EQ(none.outcome.arguments["seen_ns"], 0);
}

TEST(NoOutage, IsUnknownWhereNobodyLookedAndAsFineAsTheSamples) {
  // Had it been bad, it would have counted from the kill: in time for the one, not for the other.
  const Story skipped = Story().kill(6s).skipped(9s, 9100ms);
  EXPECT_EQ(judged_recovery(skipped, nominal_within("5s")).status, Status::pass);
  EXPECT_EQ(judged_recovery(skipped, nominal_within("3s")).outcome.key, "judge.unseen");
  EXPECT_EQ(judged_recovery(Story().kill(6s), nominal_within("110ms")).status, Status::pass);
  EXPECT_EQ(judged_recovery(Story().kill(6s), nominal_within("109ms")).outcome.key,
            "judge.too-coarse");
}

TEST(Unrecovered, WasWaitedForAsLongAsSamplesWereTaken) {
  // The last sample is intended 23.9 s after the command.
  const Finding waited = judged_recovery(down_until(30s), nominal_within("23900ms"));
  EXPECT_EQ(waited.outcome.key, "judge.recovery.never");
  EXPECT_EQ(waited.outcome.arguments["waited_ns"], Duration(23900ms).count());
  EXPECT_EQ(judged_recovery(down_until(30s), nominal_within("23901ms")).outcome.key,
            "judge.recovery.never-not-waited");
  Story healed_last;
  healed_last.cut(6s, 30s).page(6s, 30s, broken);
  EXPECT_EQ(judged_recovery(healed_last, nominal_within("5s")).outcome.arguments["waited_ns"], 0);
}

TEST(Unrecovered, IsUnknownWhereTheEndCutItShortUnlessItWasTooLateAnyway) {
  const Finding tail = judged_recovery(down_until(29s), nominal_within("22899ms"));
  EXPECT_EQ(tail.outcome.key, "judge.recovery.unfinished");
  EXPECT_EQ(tail.outcome.arguments["seen_ns"], Duration(900ms).count());
  EXPECT_EQ(judged_recovery(down_until(29s), nominal_within("22898ms")).failure,
            "chaos.NotRecovered");
  const Story interrupted = down_until(30s).ends("interrupted");
  EXPECT_EQ(judged_recovery(interrupted, nominal_within("5min")).outcome.key,
            "judge.drill-cut-short");
  EXPECT_EQ(judged_recovery(interrupted, nominal_within("23899ms")).outcome.key,
            "judge.drill-cut-short");
  EXPECT_EQ(judged_recovery(interrupted, nominal_within("23898ms")).failure, "chaos.NotRecovered");
}

TEST(Recovery, NeedsAnExpectationAFaultAndAnAnswer) {
  EXPECT_EQ(judged_recovery(down_until(9s), {{"probe", "page"}, {"within", "5s"}}).outcome.key,
            "judge.unreadable");
  EXPECT_EQ(judged_recovery(Story(), nominal_within("5s")).outcome.key, "judge.no-bite");
  EXPECT_EQ(
      judged_recovery(down_until(9s).page(0s, 30s, refused), nominal_within("5s")).outcome.key,
      "judge.never-answered");
}

TEST(Recovery, DoesNotAskWhatNobodySawLongBeforeTheFirstCommand) {
  const Story story = Story().skipped(1s, 3s).kill(20s).page(20s, 21s, refused);
  EXPECT_EQ(judged_recovery(story, nominal_within("5s")).status, Status::pass);
}

TEST(Recovery, IsSurelyLateBeyondItsLowerEnd) {
  // At least 2.899 s, at most 3.01 s.
  EXPECT_EQ(judged_recovery(down_until(9s), nominal_within("2899ms")).outcome.key,
            "judge.recovery.not-shown");
  EXPECT_EQ(judged_recovery(down_until(9s), nominal_within("2898ms")).outcome.key,
            "judge.recovery.late");
}

TEST(Unrecovered, IsUnknownWhereAGoodRunHadBegunBeforePatienceWasOver) {
  const auto patient_until = [](Duration instant) {
    Story story = down_until(29s);
    story.event(instant, "patience", {{"why", "60s"}});
    return judged_recovery(story, nominal_within("5min"));
  };
  EXPECT_EQ(patient_until(29s).outcome.key, "judge.recovery.unfinished");
  EXPECT_EQ(patient_until(28999ms).failure, "chaos.NotRecovered");
}

TEST(RecoveryLimits, TakeWhatWasSkippedBeforeTheCommandForAnsweredLate) {
  // Bad before the kill, skipped at 6 s, and well from 6.1 s on.
  const auto killed = [](Duration at) {
    Story story = Story().kill(at).page_at(5900ms, refused, 5950ms).skipped(6s, 6100ms);
    return judged_recovery(story, nominal_within("50ms"));
  };
  EXPECT_EQ(killed(6s).outcome.key, "judge.unseen") << "it may have been answered well at once";
  EXPECT_EQ(killed(6001ms).failure, "chaos.RecoveryTooLate");
}

}  // namespace
}  // namespace reprise::testing
