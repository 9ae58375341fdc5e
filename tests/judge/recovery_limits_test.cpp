// The exact limits of a recovery, and which fault an outage is charged to.
#include <gtest/gtest.h>

#include "tests/judge/alone.h"

namespace reprise::testing {
namespace {

json nominal_by(const std::string& within, const json& more = json::object()) {
  return with({{"probe", "page"}, {"expect", "nominal"}, {"within", within}}, more);
}

Finding judged_recovery(const Story& story, const json& options) {
  return alone(story, "recovery", options);
}

TEST(RecoveryCharge, IsTheLongestOfWhatMayHaveBegunTheOutage) {
  Story story;
  story.declare("cut").strike("cut", 5200ms, 5800ms);
  story.declare("kill").strike("kill", 6100ms, std::nullopt);
  story.page_at(6s, refused, 6150ms).page(6100ms, 7s, refused);
  EXPECT_EQ(judged_recovery(story, nominal_by("5s")).measured->high, 7010ms - 5800ms);
  // Once the probe has been well for long enough after it, the cut is out of the question.
  Story later;
  later.declare("cut").strike("cut", 5200ms, 5800ms);
  later.declare("kill").strike("kill", 9100ms, std::nullopt);
  later.page_at(9s, refused, 9150ms).page(9100ms, 10s, refused);
  EXPECT_EQ(judged_recovery(later, nominal_by("5s")).measured->high, 10010ms - 9100ms);
}

TEST(Recovery, IsNotEndedByAGoodAnswerThatWasUnderWayAtTheCommand) {
  Story story;
  story.declare("kill").strike("kill", 6050ms, std::nullopt);
  // Both are out when the kill comes; the good one may have been answered by the process before.
  story.page_at(5900ms, refused, 6100ms).page_at(6s, nominal, 6052ms);
  EXPECT_EQ(judged_recovery(story, nominal_by("5s")).measured->high, 6110ms - 6050ms);
  EXPECT_EQ(judged_recovery(story, nominal_by("59ms")).status, Status::fail);
  // A bad answer had come when this one was sent: the outage had begun.
  Story begun;
  begun.declare("kill").strike("kill", 6050ms, std::nullopt);
  begun.page_at(5900ms, refused, 6s).page_at(6s, nominal, 6052ms);
  EXPECT_EQ(judged_recovery(begun, nominal_by("59ms")).measured->high, 2ms);
}

TEST(RecoveryCharge, IsAConditionThatWasHealedAtTheInstantTheOutageBegan) {
  Story story;
  story.declare("cut").strike("cut", 6s, 8s);
  story.declare("kill").strike("kill", 7s, std::nullopt).page(8s, 9s, broken);
  EXPECT_EQ(judged_recovery(story, nominal_by("5s", {{"from", "incident"}})).measured->high,
            9010ms - 6s);
}

TEST(RecoveryCharge, IsNotTheFaultThatTheSystemHadRecoveredFrom) {
  Story story;
  story.declare("kill").strike("kill", 6s, std::nullopt).page(6s, 7s, refused);
  story.declare("crash").strike("crash", 7s, std::nullopt).page(10s, 11s, refused);
  const Finding finding = judged_recovery(story, nominal_by("9s"));
  EXPECT_EQ(finding.measured->high, 11010ms - 7s);
  EXPECT_EQ(finding.outcome.arguments["outages"], 2);
}

TEST(RecoveryCharge, IsTheEarliestOfSeveralFaults) {
  Story story;
  story.declare("late").strike("late", 6050ms, std::nullopt);
  story.declare("soon").strike("soon", 6s, std::nullopt).page(6s, 9s, refused);
  EXPECT_EQ(judged_recovery(story, nominal_by("5s")).measured->high, 3010ms);
  EXPECT_EQ(judged_recovery(story, nominal_by("5s")).measured->low, 8900ms - 6001ms);
}

TEST(RecoveryCharge, OfSeveralConditionsIsUnsureBetweenTheirHealings) {
  Story story;
  story.declare("cut").strike("cut", 6s, 12s);
  story.declare("jam").strike("jam", 6s, 10s);
  story.page(6s, 13s, broken);
  const Finding held = judged_recovery(story, nominal_by("5s"));
  EXPECT_EQ(held.status, Status::pass);
  EXPECT_EQ(held.measured->low, 12900ms - 12s);
  EXPECT_EQ(held.measured->high, 13010ms - 10s);
  const Finding unsure = judged_recovery(story, nominal_by("2s"));
  EXPECT_EQ(unsure.outcome.key, "judge.recovery.undecided");
  EXPECT_EQ(judged_recovery(story, nominal_by("2s", {{"from", "heal"}})).status, Status::pass);
  EXPECT_EQ(judged_recovery(story, nominal_by("1009ms")).failure, "chaos.RecoveryTooLate");
}

TEST(RecoveryCharge, OfAnEventIsNotPutOffByAConditionBesideIt) {
  Story story;
  story.declare("harmless").strike("harmless", 3s, 20s);
  story.declare("kill").strike("kill", 6s, std::nullopt).page(6s, 13s, broken);
  EXPECT_EQ(judged_recovery(story, nominal_by("5s")).measured->high, 13010ms - 6s);
  EXPECT_EQ(judged_recovery(story, nominal_by("5s")).status, Status::fail);
  // Who knows that it hinders the recovery says so.
  Story hindered = story;
  hindered.declare("cut").strike("cut", 3s, 11s);
  EXPECT_EQ(judged_recovery(hindered, nominal_by("5s", {{"from", "heal"}})).measured->high,
            13010ms - 11s);
  EXPECT_EQ(judged_recovery(story, nominal_by("5s", {{"incident", "harmless"}})).measured->high,
            13010ms - 3s);
}

TEST(RecoveryCharge, CountsFromTheHealingOnlyWhereThereIsOneAndItIsMeant) {
  Story kept;
  kept.cut(6s, 16s).page(6s, 17s, broken);
  EXPECT_EQ(judged_recovery(kept, nominal_by("5s")).measured->high, 1010ms);
  EXPECT_EQ(judged_recovery(kept, nominal_by("5s", {{"from", "heal"}})).measured->high, 1010ms);
  EXPECT_EQ(judged_recovery(kept, nominal_by("5s", {{"from", "incident"}})).measured->high,
            11010ms);
  EXPECT_EQ(judged_recovery(kept, nominal_by("5s", {{"expect", "degraded"}})).measured->high,
            11010ms);
  const json heal{{"expect", "degraded"}, {"from", "heal"}};
  EXPECT_EQ(judged_recovery(kept, nominal_by("5s", heal)).measured->high, 1010ms);
  EXPECT_EQ(judged_recovery(down_until(9s), nominal_by("5s", {{"from", "heal"}})).measured->high,
            3010ms);
}

TEST(RecoveryLimits, AwaitALevelThatWasNotThereAtTheCommand) {
  Story story;
  story.kill(6s).page_at(5900ms, refused, 6s);
  EXPECT_EQ(judged_recovery(story, nominal_by("5s")).outcome.key, "judge.recovery.recovered");
  story.page_at(5900ms, refused, 5999ms);
  const Finding awaited = judged_recovery(story, nominal_by("5s"));
  EXPECT_EQ(awaited.outcome.key, "judge.recovery.recovered");
  EXPECT_EQ(awaited.measured->high, 10ms);
  story.page_at(5800ms, refused, 5810ms).page_at(5900ms, nominal, 5910ms);
  EXPECT_EQ(judged_recovery(story, nominal_by("5s")).outcome.key, "judge.no-outage");
}

TEST(RecoveryLimits, AreJudgedOnTheWorstOutage) {
  Story story;
  story.declare("kill", 3);
  story.strike("kill", 6s, std::nullopt, 0).page(6s, 7s, refused);
  story.strike("kill", 11s, std::nullopt, 1).page(11s, 14s, refused);
  story.strike("kill", 18s, std::nullopt, 2).page(18s, 19s, refused);
  EXPECT_EQ(judged_recovery(story, nominal_by("5s")).measured->high, 3010ms);
  // The miss that was seen counts more than the outage of which nothing is known.
  story.page(18s, 22s, refused).skipped(22s, 24s);
  EXPECT_EQ(judged_recovery(story, nominal_by("4010ms")).outcome.key, "judge.unseen");
  EXPECT_EQ(judged_recovery(story, nominal_by("2s")).measured->high, 24010ms - 18s);
  story.page(11s, 18s, refused);
  EXPECT_EQ(judged_recovery(story, nominal_by("4s")).failure, "chaos.RecoveryTooLate");
}

TEST(RecoveryLimits, AreUnknownWhereNobodyLookedUnlessItWasTooLateAnyway) {
  Story story = down_until(8s);
  story.skipped(8s, 12s);
  EXPECT_EQ(judged_recovery(story, nominal_by("2s")).outcome.key, "judge.unseen");
  EXPECT_EQ(judged_recovery(story, nominal_by("1999999999ns")).failure, "chaos.RecoveryTooLate");
}

TEST(NoOutage, NeedsToHaveBeenSeenForAsLongAsARecoveryMustLast) {
  // The last sample is intended at 29.9 s, so all is seen up to 30 s; a fault is armed after 1 ms.
  EXPECT_EQ(judged_recovery(Story().kill(27999ms), nominal_by("5s")).status, Status::pass);
  const Finding brief = judged_recovery(Story().kill(29s), nominal_by("5s"));
  EXPECT_EQ(brief.outcome.key, "judge.recovery.unfinished");
  EXPECT_EQ(brief.outcome.arguments["seen_ns"], Duration(999ms).count());
  EXPECT_EQ(judged_recovery(Story().kill(28s), nominal_by("5s")).status, Status::inconclusive);
  const Finding none = judged_recovery(Story().cut(6s, 29s).unrecorded(27s, 30s), nominal_by("5s"));
  EXPECT_EQ(none.outcome.arguments["seen_ns"], 0);
}

TEST(NoOutage, IsUnknownWhereNobodyLookedAndAsFineAsTheSamples) {
  // Had it been bad, it would have counted from the kill: in time for the one, not for the other.
  const Story skipped = Story().kill(6s).skipped(9s, 9100ms);
  EXPECT_EQ(judged_recovery(skipped, nominal_by("5s")).status, Status::pass);
  EXPECT_EQ(judged_recovery(skipped, nominal_by("3s")).outcome.key, "judge.unseen");
  EXPECT_EQ(judged_recovery(Story().kill(6s), nominal_by("110ms")).status, Status::pass);
  EXPECT_EQ(judged_recovery(Story().kill(6s), nominal_by("109ms")).outcome.key, "judge.too-coarse");
}

TEST(Unrecovered, WasWaitedForAsLongAsSamplesWereTaken) {
  // The last sample is intended 23.9 s after the command.
  const Finding waited = judged_recovery(down_until(30s), nominal_by("23900ms"));
  EXPECT_EQ(waited.outcome.key, "judge.recovery.never");
  EXPECT_EQ(waited.outcome.arguments["waited_ns"], Duration(23900ms).count());
  EXPECT_EQ(judged_recovery(down_until(30s), nominal_by("23901ms")).outcome.key,
            "judge.recovery.never-not-waited");
  Story healed_last;
  healed_last.cut(6s, 30s).page(6s, 30s, broken);
  EXPECT_EQ(judged_recovery(healed_last, nominal_by("5s")).outcome.arguments["waited_ns"], 0);
}

TEST(Unrecovered, IsUnknownWhereTheEndCutItShortUnlessItWasTooLateAnyway) {
  const Finding tail = judged_recovery(down_until(29s), nominal_by("22899ms"));
  EXPECT_EQ(tail.outcome.key, "judge.recovery.unfinished");
  EXPECT_EQ(tail.outcome.arguments["seen_ns"], Duration(900ms).count());
  EXPECT_EQ(judged_recovery(down_until(29s), nominal_by("22898ms")).failure, "chaos.NotRecovered");
  const Story interrupted = down_until(30s).ends("interrupted");
  EXPECT_EQ(judged_recovery(interrupted, nominal_by("5min")).outcome.key, "judge.drill-cut-short");
  EXPECT_EQ(judged_recovery(interrupted, nominal_by("23899ms")).outcome.key,
            "judge.drill-cut-short");
  EXPECT_EQ(judged_recovery(interrupted, nominal_by("23898ms")).failure, "chaos.NotRecovered");
}

TEST(Recovery, NeedsAnExpectationAFaultAndAnAnswer) {
  EXPECT_EQ(judged_recovery(down_until(9s), {{"probe", "page"}, {"within", "5s"}}).outcome.key,
            "judge.unreadable");
  EXPECT_EQ(judged_recovery(Story(), nominal_by("5s")).outcome.key, "judge.no-bite");
  EXPECT_EQ(judged_recovery(down_until(9s).page(0s, 30s, refused), nominal_by("5s")).outcome.key,
            "judge.never-answered");
}

// What a note of that key says.
json told_beside(const Finding& finding, const std::string& key, const char* argument) {
  for (const Message& note : finding.notes) {
    if (note.key == key) return note.arguments.at(argument);
  }
  return nullptr;
}

TEST(Recovery, TellsTheSumOfItsOutagesAndWhatTheyCountFrom) {
  Story story;
  story.declare("kill").strike("kill", 6s, std::nullopt).page(6s, 7s, refused);
  const Finding one = judged_recovery(story, nominal_by("5s"));
  EXPECT_EQ(told_beside(one, "judge.recovery.sum", "sum_ns"), nullptr);
  EXPECT_EQ(told_beside(one, "judge.recovery.counted-from", "causes"), "kill");
  EXPECT_EQ(told_beside(one, "judge.recovery.spent", "causes"), nullptr);
  story.declare("crash").strike("crash", 15s, std::nullopt).page(15s, 17s, refused);
  const Finding two = judged_recovery(story, nominal_by("5s"));
  EXPECT_EQ(told_beside(two, "judge.recovery.sum", "sum_ns"), Duration(3020ms).count());
  EXPECT_EQ(told_beside(two, "judge.recovery.counted-from", "causes"), "crash");
  EXPECT_EQ(told_beside(two, "judge.recovery.spent", "causes"), "kill");
}

TEST(Recovery, IsShownFromTheEarliestInstantThatItMayCountFrom) {
  // From the jam's healing, or from the kill.
  Story story;
  story.declare("jam").strike("jam", 6s, 12s);
  story.declare("kill").strike("kill", 6005ms, std::nullopt).page(6s, 13s, broken);
  EXPECT_EQ(judged_recovery(story, nominal_by("9s")).from, 6005ms);
  EXPECT_EQ(judged_recovery(story, nominal_by("9s")).to, 13010ms);
}

TEST(Recovery, DoesNotAskWhatNobodySawLongBeforeTheFirstCommand) {
  const Story story = Story().skipped(1s, 3s).kill(20s).page(20s, 21s, refused);
  EXPECT_EQ(judged_recovery(story, nominal_by("5s")).status, Status::pass);
}

TEST(Recovery, IsSurelyLateBeyondItsLowerEnd) {
  // At least 2.899 s, at most 3.01 s.
  EXPECT_EQ(judged_recovery(down_until(9s), nominal_by("2899ms")).outcome.key,
            "judge.recovery.not-shown");
  EXPECT_EQ(judged_recovery(down_until(9s), nominal_by("2898ms")).outcome.key,
            "judge.recovery.late");
}

TEST(Unrecovered, IsUnknownWhereAGoodRunHadBegunBeforePatienceWasOver) {
  const auto patient_until = [](Duration instant) {
    Story story = down_until(29s);
    story.event(instant, "patience", {{"why", "60s"}});
    return judged_recovery(story, nominal_by("5min"));
  };
  EXPECT_EQ(patient_until(29s).outcome.key, "judge.recovery.unfinished");
  EXPECT_EQ(patient_until(28999ms).failure, "chaos.NotRecovered");
}

TEST(RecoveryLimits, TakeWhatWasSkippedBeforeTheCommandForAnsweredLate) {
  // Bad before the kill, skipped at 6 s, and well from 6.1 s on.
  const auto killed = [](Duration at) {
    Story story = Story().kill(at).page_at(5900ms, refused, 5950ms).skipped(6s, 6100ms);
    return judged_recovery(story, nominal_by("50ms"));
  };
  EXPECT_EQ(killed(6s).outcome.key, "judge.unseen") << "it may have been answered well at once";
  EXPECT_EQ(killed(6001ms).failure, "chaos.RecoveryTooLate");
}

}  // namespace
}  // namespace reprise::testing
