// Whole drills on the manual clock: phases, starts, repeats, guards, interruption, undo.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/scripted_world.h"

namespace reprise::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> phases(const std::vector<nlohmann::json>& events) {
  std::vector<std::string> found;
  for (const auto& phase : named(events, "phase")) found.push_back(phase.at("phase"));
  return found;
}

Awaited page_up() { return {"page", {"nominal", std::nullopt}, 2s}; }

Duration at(const nlohmann::json& event) { return Duration(event.at("t").get<std::int64_t>()); }

TEST(Drill, GoesThroughItsPhasesAndHealsWhatItBroke) {
  ManualDrill drill;
  FaultSpec fault = scripted_fault();
  fault.lasting = 10s;
  const auto events =
      drill.run(scripted_plan(100ms, 5min), scripted_scenario({fault}), {page_up()});
  EXPECT_THAT(phases(events), ElementsAre("prepare", "steady", "inject", "hold", "heal", "recover",
                                          "verify", "teardown"));
  EXPECT_THAT(steps(events),
              ElementsAre("preparing", "injecting", "armed", "bit", "healing", "healed"));
  EXPECT_THAT(World::now().verbs, ElementsAre("prepare", "inject", "revert"));
  EXPECT_EQ(named(events, "recovered").size(), 1u);
  EXPECT_EQ(events.back().at("outcome"), "completed");
  EXPECT_THAT(drill.left().faults, IsEmpty());
}

TEST(Drill, HealsWhatLastsUntilTheEndWhenItHasBeenHeldForSoLong) {
  ManualDrill drill;
  Scenario scenario = scripted_scenario({scripted_fault()});
  scenario.hold = 10s;
  const auto events = drill.run(scripted_plan(100ms, 5min), scenario, {page_up()});
  Duration armed{}, healing{};
  for (const auto& event : named(events, "fault")) {
    if (event.at("step") == "armed") armed = at(event);
    if (event.at("step") == "healing") healing = at(event);
  }
  EXPECT_GE(healing - armed, 10s);
  EXPECT_LE(healing - armed, 11s);
  EXPECT_EQ(events.back().at("outcome"), "completed");
}

TEST(Drill, WaitsOutAnRtoOfFourHoursInMilliseconds) {
  ManualDrill drill;
  World::now().heals_itself_after = 3h + 59min;
  Scenario scenario = scripted_scenario({scripted_fault("scripted_event")});
  scenario.patience = 4h;
  scenario.steady_within = 2min;
  const auto events = drill.run(scripted_plan(30s, 4h), scenario, {page_up()});
  const auto recovered = named(events, "recovered");
  ASSERT_EQ(recovered.size(), 1u);
  EXPECT_GE(at(recovered.front()), 3h + 59min);
  EXPECT_LE(at(recovered.front()), 3h + 59min + 2min);
}

TEST(Drill, GivesUpWhenPatienceIsOver) {
  ManualDrill drill;
  const auto events = drill.run(scripted_plan(100ms, 5min),
                                scripted_scenario({scripted_fault("scripted_event")}), {page_up()});
  EXPECT_THAT(named(events, "recovered"), IsEmpty());
  ASSERT_EQ(named(events, "patience").size(), 1u);
  EXPECT_EQ(events.back().at("outcome"), "completed");
}

TEST(Drill, BreaksNothingWhenTheSteadyStateIsNotReached) {
  ManualDrill drill;
  World::now().broken = true;
  const auto events = drill.run(scripted_plan(100ms, 5min), scripted_scenario({scripted_fault()}));
  EXPECT_EQ(named(events, "steady").front().at("state"), "not-reached");
  EXPECT_THAT(World::now().verbs, IsEmpty());
}

TEST(Drill, AGuardThatFailsHealsWithinOneProbeInterval) {
  ManualDrill drill;
  FaultSpec fault = scripted_fault();
  fault.lasting = 1h;
  Scenario scenario = scripted_scenario({fault});
  scenario.abort = {{"page", {"nominal", std::nullopt}, {}, {}}};
  const auto events = drill.run(scripted_plan(100ms, 5min), scenario, {page_up()});
  EXPECT_EQ(events.back().at("outcome"), "aborted");
  const auto faults = named(events, "fault");
  EXPECT_EQ(faults.back().at("step"), "healed");
  EXPECT_LE(at(faults.back()) - at(faults[1]), 100ms);
  EXPECT_FALSE(World::now().broken);
}

TEST(Drill, AnInterruptionHealsAndStillEndsInOrder) {
  ManualDrill drill;
  FaultSpec fault = scripted_fault();
  fault.lasting = 1h;
  drill.interrupt_at(3s);
  const auto events = drill.run(scripted_plan(100ms, 5min), scripted_scenario({fault}));
  EXPECT_EQ(events.back().at("outcome"), "interrupted");
  EXPECT_EQ(at(named(events, "fault").back()), 3s);
  EXPECT_FALSE(World::now().broken);
  EXPECT_THAT(drill.left().faults, IsEmpty());
}

TEST(Drill, AFailedUndoIsToldAndStaysInTheLog) {
  ManualDrill drill;
  World::now().revert_fails = true;
  FaultSpec fault = scripted_fault();
  fault.lasting = 1s;
  const auto events = drill.run(scripted_plan(100ms, 5min), scripted_scenario({fault}));
  EXPECT_EQ(named(events, "fault").back().at("step"), "undo-failed");
  ASSERT_EQ(drill.left().faults.size(), 1u);
  EXPECT_EQ(drill.left().faults.front().fault.kind, "scripted_condition");
}

TEST(Drill, AFaultWithoutVictimIsNeverCalledBitten) {
  ManualDrill drill;
  World::now().bites = false;
  FaultSpec fault = scripted_fault();
  fault.lasting = 2s;
  const auto events = drill.run(scripted_plan(100ms, 5min), scripted_scenario({fault}));
  EXPECT_THAT(steps(events), ElementsAre("preparing", "injecting", "armed", "healing", "healed"));
}

TEST(Drill, LooksForTheVictimOfAnEventAlsoWhileTheSystemRecovers) {
  ManualDrill drill;
  World::now().bites_after = 3s;
  World::now().heals_itself_after = 5s;
  const auto events = drill.run(scripted_plan(100ms, 5min),
                                scripted_scenario({scripted_fault("scripted_event")}), {page_up()});
  const auto faults = named(events, "fault");
  ASSERT_THAT(steps(events), ElementsAre("preparing", "injecting", "armed", "bit"));
  const Duration looked = at(faults[3]) - at(faults[2]);
  EXPECT_GE(looked, 3s);
  EXPECT_LE(looked, 3s + 50ms) << "so that its evidence tells when";
}

TEST(Drill, RepeatsAFaultFromStartToStart) {
  ManualDrill drill;
  FaultSpec fault = scripted_fault();
  fault.lasting = 1s;
  fault.times = 3;
  fault.every = 5s;
  const auto events = drill.run(scripted_plan(100ms, 5min), scripted_scenario({fault}));
  std::vector<Duration> begun;
  for (const auto& one : named(events, "fault")) {
    if (one.at("step") == "injecting") begun.push_back(at(one));
  }
  ASSERT_EQ(begun.size(), 3u);
  EXPECT_EQ(begun[1] - begun[0], 5s);
  EXPECT_EQ(begun[2] - begun[1], 5s);
}

TEST(Drill, StartsAFaultAfterAnotherAndOnACondition) {
  ManualDrill drill;
  FaultSpec first = scripted_fault();
  first.lasting = 2s;
  FaultSpec second = scripted_fault("scripted_event");
  second.id = "second";
  second.start.after = "it";
  second.start.delay = 1s;
  FaultSpec third = scripted_fault();
  third.id = "third";
  third.lasting = 1s;
  third.start.when = Watch{"page", {"down", std::nullopt}, {}, {}};
  const auto events =
      drill.run(scripted_plan(100ms, 5min), scripted_scenario({first, second, third}));
  std::map<std::string, Duration> begun;
  for (const auto& one : named(events, "fault")) {
    if (one.at("step") == "injecting") begun[one.at("fault")] = at(one);
  }
  EXPECT_EQ(begun.at("second") - begun.at("it"), 3s);
  EXPECT_GT(begun.at("third"), begun.at("it"));
  EXPECT_LE(begun.at("third") - begun.at("it"), 100ms);
}

TEST(Drill, AStartThatNeverComesIsToldAndNothingIsBroken) {
  ManualDrill drill;
  FaultSpec fault = scripted_fault();
  fault.start.when = Watch{"page", {"down", std::nullopt}, {}, {}};
  const auto events = drill.run(scripted_plan(100ms, 5min), scripted_scenario({fault}));
  EXPECT_THAT(steps(events), ElementsAre("failed"));
  EXPECT_THAT(World::now().verbs, IsEmpty());
}

// A procedure of the plan may take longer than anybody waits for a recovery.
TEST(Drill, WaitsForAConditionAsLongAsAProcedureIsAtWork) {
  ManualDrill drill;
  Scenario scenario = scripted_scenario({scripted_fault(), scripted_fault()});
  FaultSpec& late = scenario.faults[0];
  late.start.at = 3 * scenario.patience;
  late.lasting = 1s;
  FaultSpec& then = scenario.faults[1];
  then.id = "then";
  then.lasting = 1s;
  then.start.when = Watch{"page", {"down", std::nullopt}, {}, {}};
  scenario.procedures = {{"long", {}, {}}};
  Step step;
  step.kind = "wait";
  step.options = {{"value", {{"probe", "page"}, {"expect", {{"status", 999}}}}}};
  step.within = 4 * scenario.patience;
  Plan plan = scripted_plan(100ms, 5min);
  plan.procedures["long"] = {"long", {}, {step}, {}};
  const auto events = drill.run(plan, scenario);
  EXPECT_THAT(steps(events), Not(Contains("failed")));
  EXPECT_EQ(World::now().verbs.size(), 6u) << "both came, and went";
}

}  // namespace
}  // namespace reprise::testing
