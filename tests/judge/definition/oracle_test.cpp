// The oracle itself, on drills that were computed with a pencil.
//
// Every drill has a sample each 10 ms from 0 to 190, answered after 2 ms, and W is 20 ms. Fault "a"
// is commanded at 52 and in place at 53.
#include <gtest/gtest.h>

#include "tests/judge/definition/oracle.h"

namespace reprise::testing::definition {
namespace {

class OracleByHand : public ::testing::Test {
 protected:
  OracleByHand() {
    drill_.page.name = "page";
    for (Ms i = 0; i < 200; i += 10) drill_.page.samples.push_back({i, i, i + 2, Saw::nominal});
    drill_.rounds.push_back({"a", 0, true, 52, 53, 53, {}, {}});
    drill_.sustained = 20;
    drill_.inject = 50;
    drill_.heal = 100;
    drill_.recover = 110;
    drill_.verify = 195;
    ask_.kind = "recovery";
    ask_.limit = 1000;
  }
  SmallSample& sample(Ms i) { return drill_.page.samples[static_cast<std::size_t>(i / 10)]; }
  void bad(Ms from, Ms to, Saw saw = Saw::broken) {
    for (Ms i = from; i <= to; i += 10) sample(i).saw = saw;
  }
  // "a" is a condition that was healed at this time.
  void heals(Ms healing, Ms healed) {
    drill_.rounds[0].event = false;
    drill_.rounds[0].healing = healing;
    drill_.rounds[0].healed = healed;
  }
  [[nodiscard]] Answer within(Ms limit) {
    ask_.limit = limit;
    return answered(ask_, drill_);
  }
  void expect(Ms limit, Status status, Ms low, std::optional<Ms> high) {
    const Answer answer = within(limit);
    EXPECT_TRUE(answer.is(status)) << limit << ": " << printed(answer);
    EXPECT_EQ(answer.measured, (Span{low, high})) << printed(answer);
  }
  SmallDrill drill_;
  Ask ask_;
};

TEST_F(OracleByHand, CountsAnOutageFromItsEvent) {
  bad(60, 80);
  // Last bad at 80, first good answered at 92; commanded between 52 and 53.
  expect(40, Status::pass, 27, 40);
  expect(39, Status::fail, 27, 40);
  EXPECT_EQ(within(39).failures, std::set<std::string>{"chaos.RecoveryTooLate"});
}

TEST_F(OracleByHand, CountsAConditionFromItsHealingUnlessItWasBackBefore) {
  heals(100, 104);
  bad(60, 110);
  expect(22, Status::pass, 6, 22);
  ask_.from = "incident";
  expect(70, Status::pass, 57, 70);
  ask_.from.clear();
  ask_.want = Want::degraded;
  expect(69, Status::fail, 57, 70);
  ask_.want = Want::nominal;
  for (Ms i = 90; i <= 110; i += 10) sample(i).saw = Saw::nominal;
  expect(40, Status::pass, 27, 40);
}

TEST_F(OracleByHand, LeavesOpenWhichOfTwoConditionsItWas) {
  heals(100, 100);
  drill_.rounds.push_back({"b", 0, false, 55, 56, 56, 90, 95});
  bad(60, 110);
  expect(32, Status::pass, 10, 32);
  expect(25, Status::inconclusive, 10, 32);
  expect(21, Status::fail, 10, 32);
  ask_.from = "heal";
  expect(22, Status::pass, 10, 22);
  ask_.from.clear();
  ask_.incident = "b";
  expect(67, Status::pass, 54, 67);
}

TEST_F(OracleByHand, SpendsACauseByARunThatWasCompleteBeforeTheOutage) {
  drill_.rounds.push_back({"b", 0, true, 122, 124, 124, {}, {}});
  bad(130, 140);
  // The first sample after 53 is that of 60, answered at 62; the run lasts to 62 + W.
  drill_.sustained = 60;
  drill_.page.samples.resize(20);
  for (Ms i = 200; i < 300; i += 10) drill_.page.samples.push_back({i, i, i + 2, Saw::nominal});
  expect(30, Status::pass, 16, 30);
  drill_.sustained = 68;
  expect(30, Status::fail, 87, 100);
}

TEST_F(OracleByHand, FillsWhatIsUnknownBothWays) {
  bad(60, 80);
  sample(90).saw = Saw::skipped;
  sample(90).f = 150;
  // Good: it is back between 90 and 150. Bad: with the sample of 100, answered at 102.
  expect(98, Status::pass, 27, 98);
  expect(97, Status::inconclusive, 27, 98);
  expect(38, Status::inconclusive, 27, 98);
  expect(37, Status::fail, 27, 98);
}

TEST_F(OracleByHand, TakesWhatWasInFlightAtTheCommandForAVictim) {
  sample(30).f = 45;  // answers take up to 15 ms, so one that is out since 12 ms is no worse
  sample(40).saw = Saw::reset;
  sample(40).f = 58;
  sample(50).f = 55;
  // The good one was out at the command too: it may have been good before the outage.
  expect(9, Status::fail, 0, 10);
  expect(10, Status::pass, 0, 10);
  sample(40).f = 51;  // before the command, but the last that had finished: the level is awaited
  EXPECT_TRUE(within(10).is(Status::inconclusive)) << "the steady state was not held";
  EXPECT_EQ(recovery(ask_, drill_).measured, (Span{0, 10}));
}

TEST_F(OracleByHand, AwaitsALevelThatWasNotHeld) {
  drill_.steady = Want::degraded;
  bad(0, 80, Saw::degraded);
  expect(40, Status::pass, 27, 40);
  ask_.want = Want::degraded;
  expect(12, Status::pass, 0, 12);
  expect(11, Status::inconclusive, 0, 12);
}

TEST_F(OracleByHand, FailsWhatNeverCameBackUnlessARunWasUnderWay) {
  bad(60, 190);
  expect(200, Status::fail, 137, std::nullopt);
  EXPECT_EQ(within(200).failures, std::set<std::string>{"chaos.NotRecovered"});
  drill_.outcome = "aborted";
  expect(200, Status::inconclusive, 137, std::nullopt);
  expect(136, Status::fail, 137, std::nullopt);
  drill_.outcome = "completed";
  sample(190).saw = Saw::nominal;
  expect(200, Status::inconclusive, 127, std::nullopt);
  drill_.patience_over = 189;
  expect(200, Status::fail, 127, std::nullopt);
}

TEST_F(OracleByHand, AsksForWSinceTheLastCause) {
  drill_.rounds[0] = {"a", 0, true, 179, 180, 180, {}, {}};
  expect(12, Status::pass, 0, 12);
  drill_.rounds[0].armed = 181;
  expect(12, Status::inconclusive, 0, 12);
}

TEST_F(OracleByHand, CountsAStepFromTheIncidentUnlessTheProbeWasBack) {
  drill_.procedure = SmallProcedure{"a", 120, 125, {{false, 120, 125}}};
  bad(130, 140);
  // Harmless until then, spent by the run of 60; the step answers "a".
  expect(100, Status::pass, 87, 100);
  bad(60, 70);  // back at 82, sustained until 102: the step is on its own
  expect(32, Status::pass, 20, 32);
  drill_.procedure->steps[0].wait = true;
  expect(99, Status::fail, 87, 100);
}

TEST_F(OracleByHand, CountsOutagesThatOverlapTheWindow) {
  ask_.kind = "throughout";
  ask_.during = "fault";
  bad(60, 80);
  ask_.longest = 42;  // from 50, good, to 92
  expect(0, Status::pass, 18, 42);
  ask_.longest = 41;
  expect(0, Status::fail, 18, 42);
  ask_.longest.reset();
  ask_.allowed = 2;
  EXPECT_EQ(within(0).failures, std::set<std::string>{"chaos.TooManyFailures"});
  ask_.allowed = 3;
  sample(100).saw = Saw::cut;  // the heal phase begins at 100
  EXPECT_TRUE(within(0).is(Status::inconclusive));
  bad(100, 100, Saw::nominal);
  bad(110, 190);
  EXPECT_TRUE(within(0).is(Status::pass));
}

TEST_F(OracleByHand, CountsAFallbackFromTheFirstVictim) {
  ask_.kind = "fallback";
  ask_.want = Want::exactly_degraded;
  bad(60, 70);
  bad(80, 100, Saw::degraded);
  expect(29, Status::pass, 17, 29);
  expect(28, Status::fail, 17, 29);
  ask_.detect = 1;
  expect(28, Status::pass, 17, 29);
}

TEST_F(OracleByHand, ReachesBackToTheNewestThatWasKept) {
  ask_.kind = "rpo";
  drill_.rounds[0].cmd = 152;
  drill_.rounds[0].armed = 153;
  for (Ms s = 1; s < 190; s += 6) drill_.ledger.push_back({s, s + 2});
  for (SmallEntry& one : drill_.ledger) {
    if (one.s > 130 && one.s < 152) one.copies = 0;
  }
  // Lost from 133, acknowledged at 135; kept that of 127.
  expect(26, Status::pass, 17, 26);
  expect(25, Status::fail, 17, 26);
  drill_.ledger[3].copies = 0;
  EXPECT_TRUE(within(1000).failures.contains("chaos.DataHoles"));
  for (SmallEntry& one : drill_.ledger) one.copies = 1;
  // The largest gap is 6; since the newest, of 145, was sent, 8 went by.
  EXPECT_TRUE(within(8).is(Status::pass));
  EXPECT_TRUE(within(5).is(Status::inconclusive));
}

TEST_F(OracleByHand, AsksForTheSteadyStateAtTheEnd) {
  ask_.kind = "at-the-end";
  EXPECT_TRUE(within(0).is(Status::pass));
  bad(100, 190);
  // Patience is over at 153, or at 210 if it begins with the recover phase.
  EXPECT_EQ(within(0).status, (std::set{Status::inconclusive, Status::fail}));
  drill_.patience_over = 170;
  EXPECT_TRUE(within(0).is(Status::fail));
  drill_.patience_over.reset();
  drill_.patience = 60;
  EXPECT_TRUE(within(0).is(Status::fail));
  drill_.leaves = Want::exactly_down;
  EXPECT_TRUE(within(0).is(Status::pass));
}

}  // namespace
}  // namespace reprise::testing::definition
