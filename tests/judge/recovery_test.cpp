#include <gtest/gtest.h>

#include "tests/judge/story.h"

namespace reprise::testing {
namespace {

json nominal_within(const std::string& within) {
  return {{"probe", "page"}, {"expect", "nominal"}, {"within", within}};
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

TEST(Recovery, FromAConditionIsCountedFromItsHealing) {
  Story story;
  story.cut(6s, 16s).page(6s, 16500ms, broken);
  const Finding finding = story.demand("recovery", nominal_within("1s")).finding();
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_EQ(finding.measured->low, 400ms);
  EXPECT_EQ(finding.measured->high, 510ms);
}

TEST(Recovery, FromAConditionCanBeCountedFromTheIncident) {
  Story story;
  story.cut(6s, 16s).page(6s, 16500ms, broken);
  json options = nominal_within("10s");
  options["from"] = "incident";
  EXPECT_EQ(story.demand("recovery", options).finding().status, Status::fail);
}

TEST(Recovery, OfAnAcceptableLevelIsCountedFromTheIncident) {
  Story story;
  story.cut(6s, 16s).page(6s, 8s, broken).page(8s, 16500ms, degraded);
  json options = nominal_within("3s");
  options["expect"] = "degraded";
  const Finding finding = story.demand("recovery", options).finding();
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_EQ(finding.measured->high, 2010ms);
}

TEST(Recovery, WhileAConditionIsInPlaceCountsFromItsCommand) {
  Story story;
  story.cut(6s, 16s).page(6s, 8s, broken);
  const Finding finding = story.demand("recovery", nominal_within("1s")).finding();
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.measured->low, 7900ms - 6001ms);
  EXPECT_EQ(finding.measured->high, 2010ms);
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
  Story story;
  story.declare("kill", 3);
  story.strike("kill", 6s, std::nullopt, 0).page(6s, 7s, refused);
  story.strike("kill", 11s, std::nullopt, 1).page(11s, 14s, refused);
  story.strike("kill", 18s, std::nullopt, 2).page(18s, 19s, refused);
  const Finding finding = story.demand("recovery", nominal_within("3s")).finding();
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.measured->high, 3010ms);
  EXPECT_EQ(finding.outcome.arguments["outages"], 3);
}

TEST(Recovery, IsNotChargedWithAnEarlierRoundThatDidNoHarm) {
  Story story;
  story.declare("kill", 2).strike("kill", 6s, std::nullopt, 0).strike("kill", 15s, std::nullopt, 1);
  story.page(15s, 16s, refused);
  EXPECT_EQ(story.demand("recovery", nominal_within("2s")).finding().status, Status::pass);
}

// Done by hand before anything was broken, and long got over when it was.
Story with_a_step(Duration from, Duration to) {
  Story story;
  story.procedure(from, "started").step(from, 0, "started").step(to, 0, "finished");
  return story.procedure(to, "finished").kill(6s).page(6s, 7s, refused);
}

TEST(Recovery, IsNotChargedWithAStepFromBeforeTheFault) {
  const Finding finding =
      with_a_step(1s, 2s).demand("recovery", nominal_within("1200ms")).finding();
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_EQ(finding.from, 6s);
  const auto told = [&](const std::string& key) {
    const auto note = std::ranges::find(finding.notes, key, &Message::key);
    return note == finding.notes.end() ? json() : note->arguments.at("causes");
  };
  EXPECT_EQ(told("judge.recovery.counted-from"), "kill");
  EXPECT_EQ(told("judge.recovery.spent"), "restart (1)");
}

TEST(Recovery, TellsOfNothingThatItGotOverWhereThereIsNothing) {
  const Finding finding = down_until(9s).demand("recovery", nominal_within("5s")).finding();
  EXPECT_EQ(std::ranges::find(finding.notes, "judge.recovery.spent", &Message::key),
            finding.notes.end());
}

TEST(Recovery, IsChargedWithAStepFromBeforeTheFaultThatNothingWasGotOver) {
  // From the step's end to the fault there was no sustained run.
  const Finding late = with_a_step(1s, 5s).demand("recovery", nominal_within("1200ms")).finding();
  EXPECT_EQ(late.status, Status::fail);
  EXPECT_EQ(late.from, 1s);
  Story unwell = with_a_step(1s, 2s);
  unwell.page(3s, 3100ms, refused).page(4500ms, 4600ms, refused);
  EXPECT_EQ(unwell.demand("recovery", nominal_within("1200ms")).finding().from, 1s);
}

TEST(Recovery, IsNotChargedWithAnotherFaultThatWasOver) {
  Story story;
  story.declare("kill").strike("kill", 6s, std::nullopt).page(6s, 7s, refused);
  story.declare("crash").strike("crash", 15s, std::nullopt).page(15s, 16s, refused);
  const Finding finding = story.demand("recovery", nominal_within("1010ms")).finding();
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_EQ(finding.outcome.arguments["outages"], 2);
}

TEST(Recovery, IsChargedFromTheFirstFaultWhenLaterOnesStruckWhileItWasDown) {
  // The first bad answer takes until after the second round: it began with the first all the same.
  Story story;
  story.declare("kill", 2).strike("kill", 6s, std::nullopt, 0).strike("kill", 11s, std::nullopt, 1);
  story.page(6s, 13s, timed_out, 6s);
  const Finding finding = story.demand("recovery", nominal_within("5s")).finding();
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.measured->high, 7010ms);
}

TEST(Recovery, CountsTheVictimThatWasUnderWayWhenTheFaultStruck) {
  Story story;
  story.declare("kill", 2).strike("kill", 6s, std::nullopt, 0);
  story.strike("kill", 15050ms, std::nullopt, 1);
  story.page_at(15s, refused, 15060ms).page(15100ms, 16s, refused);
  EXPECT_EQ(story.demand("recovery", nominal_within("1s")).finding().measured->high, 960ms);
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

// Four hours of a plan that people carry out, as a restore from backup is.
Story restored_after(Duration restored) {
  Story story;
  story.probe("page", 1min).unrecorded(0s, 30s).see("page", 0s, 6h, nominal, 1s);
  story.phases(10min, 5h, 5h, 6h);
  story.kill(10min).page(10min, restored, refused, 1s);
  story.scenario()["sustained"] = "20min";
  return story;
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

}  // namespace
}  // namespace reprise::testing
