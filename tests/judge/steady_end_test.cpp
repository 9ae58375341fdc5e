// The steady state at the end of a drill (docs/measures.md, 12.14).
#include "harness/judge/steady.h"

#include <gtest/gtest.h>

#include "tests/judge/alone.h"

namespace reprise::testing {
namespace {

// Killed at 6 s, down for a second; patience ends at 20 s, W is 2 s, the record ends at 30 s.
class TheEnd : public ::testing::Test {
 protected:
  TheEnd() {
    story_.scenario()["patience"] = "5s";
    story_.declare("kill").strike("kill", 6s, std::nullopt).page(6s, 7s, refused);
    story_.demand("never", {{"probe", "page"}, {"expect", {{"status", 501}}}});
  }

  static constexpr const char* name = "steady-state-at-the-end";
  [[nodiscard]] Finding end() const { return story_.finding(name); }
  void leave(const std::string& level) {
    story_.scenario()["leaves"] = {{"page", {{"level", level}, {"reason", "it is lost"}}}};
  }
  // What the engine waits for.
  [[nodiscard]] std::vector<Awaited> awaited() const {
    const Record record = story_.record();
    return steady_at_the_end(record.scenario, record.plan);
  }

  Story story_;
};

TEST_F(TheEnd, IsWellWhereTheLastRunIsSustainedAndBeganInTime) {
  EXPECT_EQ(end().status, Status::pass);
  story_.page(19s, 20s, refused);  // back at 20 s, the last instant of patience
  EXPECT_EQ(end().status, Status::pass);
}

TEST_F(TheEnd, IsAMissWhereTheLastRunBeganAfterPatienceWasOver) {
  story_.page(19s, 20100ms, refused);
  EXPECT_EQ(end().failure, "chaos.NotWellAtTheEnd");
}

TEST_F(TheEnd, IsAMissAfterARelapseThoughItWasWellBefore) {
  story_.page(22s, 23s, refused);
  EXPECT_EQ(end().failure, "chaos.NotWellAtTheEnd");
}

TEST_F(TheEnd, IsAMissWhereTheLastSampleIsBad) {
  story_.page(29800ms, 30s, refused);
  EXPECT_EQ(end().failure, "chaos.NotWellAtTheEnd");
}

TEST_F(TheEnd, IsUnknownWhereNobodyLookedAtTheEnd) {
  story_.skipped(28s, 30s);
  EXPECT_EQ(end().status, Status::inconclusive);
}

TEST_F(TheEnd, IsWhatTheScenarioLeaves) {
  story_.page(19s, 30s, refused);
  leave("down");
  EXPECT_EQ(end().status, Status::pass);
  EXPECT_EQ(end().outcome.key, "judge.steady-end.left");
  leave("degraded");
  EXPECT_EQ(end().failure, "chaos.NotWellAtTheEnd");
  EXPECT_EQ(end().outcome.arguments["expect"], "degraded");
  story_.page(19s, 30s, degraded);
  EXPECT_EQ(end().status, Status::pass);
}

TEST_F(TheEnd, IsToldToBeBetterThanWhatTheScenarioLeaves) {
  leave("degraded");
  ASSERT_EQ(end().notes.size(), 1U);
  EXPECT_EQ(end().notes[0].key, "judge.steady-end.better");
  EXPECT_EQ(end().notes[0].arguments["left_key"], "level.degraded");
  EXPECT_EQ(end().notes[0].arguments["level_key"], "level.nominal");
  story_.page(29900ms, 30s, degraded);
  EXPECT_TRUE(end().notes.empty()) << "it is as it was to be left";
}

TEST_F(TheEnd, IsAwaitedAsItIsJudged) {
  ASSERT_EQ(awaited().size(), 1U);
  EXPECT_EQ(awaited()[0].probe, "page");
  EXPECT_EQ(awaited()[0].expect.level, "nominal");
  EXPECT_EQ(awaited()[0].sustained, 2s);
  leave("degraded");
  ASSERT_EQ(awaited().size(), 1U);
  EXPECT_EQ(awaited()[0].expect.level, "degraded");
  leave("down");
  EXPECT_TRUE(awaited().empty());
}

TEST_F(TheEnd, WaitsOnWhilePatienceIsNotOver) {
  Story later = story_;
  later.event(21s, "patience", {{"why", "60s"}});
  EXPECT_EQ(Story(later).page(19s, 21s, refused).finding(name).status, Status::pass);
  EXPECT_EQ(Story(later).page(19s, 21100ms, refused).finding(name).failure,
            "chaos.NotWellAtTheEnd");
  Story sooner = story_;
  sooner.event(18s, "patience", {{"why", "60s"}});
  EXPECT_EQ(sooner.page(19s, 20s, refused).finding(name).status, Status::pass);
}

TEST_F(TheEnd, IsUnknownWhereItWasNotWaitedForLongEnough) {
  // The last sample finishes at 29.91 s.
  story_.page(6s, 30s, refused);
  const auto with_patience = [&](const char* patience) {
    story_.scenario()["patience"] = patience;
    return end();
  };
  EXPECT_EQ(with_patience("14910ms").failure, "chaos.NotWellAtTheEnd");
  EXPECT_EQ(with_patience("14911ms").outcome.key, "judge.drill-cut-short");
  story_.event(29s, "patience", {{"why", "60s"}});
  EXPECT_EQ(end().failure, "chaos.NotWellAtTheEnd");
}

TEST_F(TheEnd, IsAMissAfterARelapseHoweverLongThePatience) {
  story_.scenario()["patience"] = "20s";
  story_.page(29800ms, 30s, refused);
  EXPECT_EQ(end().failure, "chaos.NotWellAtTheEnd");
}

TEST_F(TheEnd, ShowsTheLastBadSampleThatSomebodySaw) {
  story_.page(29s, 30s, refused).skipped(29900ms, 30s);
  ASSERT_TRUE(end().cause);
  EXPECT_EQ(end().cause->sample_at, 29800ms);
}

TEST_F(TheEnd, IsLookedAtFromTheLastIncidentOn) {
  story_.declare("cut").strike("cut", 7s, 29900ms);
  EXPECT_EQ(end().outcome.key, "judge.recovery.unfinished");
  EXPECT_EQ(end().outcome.arguments["seen_ns"], 0);
  story_.declare("jam").strike("jam", 7s, 29901ms);
  EXPECT_EQ(end().outcome.key, "judge.no-samples");
}

TEST_F(TheEnd, IsWellOnlyWhereTheRunIsSeenForLongEnough) {
  // Back at 20 s, answered at 20.01 s; seen until 30 s.
  story_.page(19s, 20s, refused);
  story_.scenario()["sustained"] = "9989ms";
  EXPECT_EQ(end().status, Status::pass);
  story_.scenario()["sustained"] = "9990ms";
  EXPECT_EQ(end().outcome.key, "judge.recovery.unfinished");
  EXPECT_EQ(end().outcome.arguments["seen_ns"], Duration(9900ms).count());
}

TEST_F(TheEnd, IsUnknownWhereMoreInstantsAreMissingThanAreFilledIn) {
  story_.declare("cut").strike("cut", 8s, 12s).unrecorded(9s, 17s);
  EXPECT_EQ(end().outcome.key, "judge.unseen");
}

TEST_F(TheEnd, IsNotJudgedWithoutASteadyStateOrInADrillThatWasEndedEarly) {
  EXPECT_EQ(end().outcome.key, "judge.steady-end.held");
  const Record whole = story_.record();
  Record unstated = whole;
  unstated.scenario.steady_state.clear();
  EXPECT_FALSE(judge_steady_at_the_end(unstated));
  Record early = whole;
  early.outcome = "aborted";
  EXPECT_FALSE(judge_steady_at_the_end(early));
}

TEST_F(TheEnd, OfAProbeThatShowedNothingIsUnknown) {
  leave("degraded");
  Record silent = story_.record();
  silent.probes.at("page").samples.clear();
  EXPECT_EQ(judge_steady_at_the_end(silent)->outcome.key, "judge.no-samples");
  silent.probes.clear();
  EXPECT_EQ(judge_steady_at_the_end(silent)->outcome.key, "judge.no-samples");
  Observation cut = nominal;
  cut.values["cut"] = {"status"};
  story_.page(29900ms, 30s, cut);
  EXPECT_TRUE(end().notes.empty()) << "nobody knows whether it is better";
}

}  // namespace
}  // namespace reprise::testing
