// Which fault an outage counts from, and from which instant of it.
#include <gtest/gtest.h>

#include "tests/judge/recovering.h"

namespace reprise::testing {
namespace {

// Done by hand before anything was broken, and long got over when it was.
Story with_a_step(Duration from, Duration to) {
  Story story;
  story.procedure(from, "started").step(from, 0, "started").step(to, 0, "finished");
  return story.procedure(to, "finished").kill(6s).page(6s, 7s, refused);
}

// What a note of that key says.
json told_beside(const Finding& finding, const std::string& key, const char* argument) {
  for (const Message& note : finding.notes) {
    if (note.key == key) return note.arguments.at(argument);
  }
  return nullptr;
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

TEST(Recovery, IsNotChargedWithAnEarlierRoundThatDidNoHarm) {
  Story story;
  story.declare("kill", 2).strike("kill", 6s, std::nullopt, 0).strike("kill", 15s, std::nullopt, 1);
  story.page(15s, 16s, refused);
  EXPECT_EQ(story.demand("recovery", nominal_within("2s")).finding().status, Status::pass);
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

TEST(RecoveryCharge, IsTheLongestOfWhatMayHaveBegunTheOutage) {
  Story story;
  story.declare("cut").strike("cut", 5200ms, 5800ms);
  story.declare("kill").strike("kill", 6100ms, std::nullopt);
  story.page_at(6s, refused, 6150ms).page(6100ms, 7s, refused);
  EXPECT_EQ(judged_recovery(story, nominal_within("5s")).measured->high, 7010ms - 5800ms);
  // Once the probe has been well for long enough after it, the cut is out of the question.
  Story later;
  later.declare("cut").strike("cut", 5200ms, 5800ms);
  later.declare("kill").strike("kill", 9100ms, std::nullopt);
  later.page_at(9s, refused, 9150ms).page(9100ms, 10s, refused);
  EXPECT_EQ(judged_recovery(later, nominal_within("5s")).measured->high, 10010ms - 9100ms);
}

TEST(RecoveryCharge, IsAConditionThatWasHealedAtTheInstantTheOutageBegan) {
  Story story;
  story.declare("cut").strike("cut", 6s, 8s);
  story.declare("kill").strike("kill", 7s, std::nullopt).page(8s, 9s, broken);
  EXPECT_EQ(judged_recovery(story, nominal_within("5s", {{"from", "incident"}})).measured->high,
            9010ms - 6s);
}

TEST(RecoveryCharge, IsNotTheFaultThatTheSystemHadRecoveredFrom) {
  Story story;
  story.declare("kill").strike("kill", 6s, std::nullopt).page(6s, 7s, refused);
  story.declare("crash").strike("crash", 7s, std::nullopt).page(10s, 11s, refused);
  const Finding finding = judged_recovery(story, nominal_within("9s"));
  EXPECT_EQ(finding.measured->high, 11010ms - 7s);
  EXPECT_EQ(finding.outcome.arguments["outages"], 2);
}

TEST(RecoveryCharge, IsTheEarliestOfSeveralFaults) {
  Story story;
  story.declare("late").strike("late", 6050ms, std::nullopt);
  story.declare("soon").strike("soon", 6s, std::nullopt).page(6s, 9s, refused);
  EXPECT_EQ(judged_recovery(story, nominal_within("5s")).measured->high, 3010ms);
  EXPECT_EQ(judged_recovery(story, nominal_within("5s")).measured->low, 8900ms - 6001ms);
}

TEST(RecoveryCharge, OfSeveralConditionsIsUnsureBetweenTheirHealings) {
  Story story;
  story.declare("cut").strike("cut", 6s, 12s);
  story.declare("jam").strike("jam", 6s, 10s);
  story.page(6s, 13s, broken);
  const Finding held = judged_recovery(story, nominal_within("5s"));
  EXPECT_EQ(held.status, Status::pass);
  EXPECT_EQ(held.measured->low, 12900ms - 12s);
  EXPECT_EQ(held.measured->high, 13010ms - 10s);
  const Finding unsure = judged_recovery(story, nominal_within("2s"));
  EXPECT_EQ(unsure.outcome.key, "judge.recovery.undecided");
  EXPECT_EQ(judged_recovery(story, nominal_within("2s", {{"from", "heal"}})).status, Status::pass);
  EXPECT_EQ(judged_recovery(story, nominal_within("1009ms")).failure, "chaos.RecoveryTooLate");
}

TEST(RecoveryCharge, OfAnEventIsNotPutOffByAConditionBesideIt) {
  Story story;
  story.declare("harmless").strike("harmless", 3s, 20s);
  story.declare("kill").strike("kill", 6s, std::nullopt).page(6s, 13s, broken);
  EXPECT_EQ(judged_recovery(story, nominal_within("5s")).measured->high, 13010ms - 6s);
  EXPECT_EQ(judged_recovery(story, nominal_within("5s")).status, Status::fail);
  // Who knows that it hinders the recovery says so.
  Story hindered = story;
  hindered.declare("cut").strike("cut", 3s, 11s);
  EXPECT_EQ(judged_recovery(hindered, nominal_within("5s", {{"from", "heal"}})).measured->high,
            13010ms - 11s);
  EXPECT_EQ(judged_recovery(story, nominal_within("5s", {{"incident", "harmless"}})).measured->high,
            13010ms - 3s);
}

TEST(RecoveryCharge, CountsFromTheHealingOnlyWhereThereIsOneAndItIsMeant) {
  Story kept;
  kept.cut(6s, 16s).page(6s, 17s, broken);
  EXPECT_EQ(judged_recovery(kept, nominal_within("5s")).measured->high, 1010ms);
  EXPECT_EQ(judged_recovery(kept, nominal_within("5s", {{"from", "heal"}})).measured->high, 1010ms);
  EXPECT_EQ(judged_recovery(kept, nominal_within("5s", {{"from", "incident"}})).measured->high,
            11010ms);
  EXPECT_EQ(judged_recovery(kept, nominal_within("5s", {{"expect", "degraded"}})).measured->high,
            11010ms);
  const json heal{{"expect", "degraded"}, {"from", "heal"}};
  EXPECT_EQ(judged_recovery(kept, nominal_within("5s", heal)).measured->high, 1010ms);
  EXPECT_EQ(
      judged_recovery(down_until(9s), nominal_within("5s", {{"from", "heal"}})).measured->high,
      3010ms);
}

TEST(Recovery, TellsTheSumOfItsOutagesAndWhatTheyCountFrom) {
  Story story;
  story.declare("kill").strike("kill", 6s, std::nullopt).page(6s, 7s, refused);
  const Finding one = judged_recovery(story, nominal_within("5s"));
  EXPECT_EQ(told_beside(one, "judge.recovery.sum", "sum_ns"), nullptr);
  EXPECT_EQ(told_beside(one, "judge.recovery.counted-from", "causes"), "kill");
  EXPECT_EQ(told_beside(one, "judge.recovery.spent", "causes"), nullptr);
  story.declare("crash").strike("crash", 15s, std::nullopt).page(15s, 17s, refused);
  const Finding two = judged_recovery(story, nominal_within("5s"));
  EXPECT_EQ(told_beside(two, "judge.recovery.sum", "sum_ns"), Duration(3020ms).count());
  EXPECT_EQ(told_beside(two, "judge.recovery.counted-from", "causes"), "crash");
  EXPECT_EQ(told_beside(two, "judge.recovery.spent", "causes"), "kill");
}

TEST(Recovery, IsShownFromTheEarliestInstantThatItMayCountFrom) {
  // From the jam's healing, or from the kill.
  Story story;
  story.declare("jam").strike("jam", 6s, 12s);
  story.declare("kill").strike("kill", 6005ms, std::nullopt).page(6s, 13s, broken);
  EXPECT_EQ(judged_recovery(story, nominal_within("9s")).from, 6005ms);
  EXPECT_EQ(judged_recovery(story, nominal_within("9s")).to, 13010ms);
}

}  // namespace
}  // namespace reprise::testing
