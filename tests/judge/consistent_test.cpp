// consistent: a story that passes, one that fails, one that proves nothing.
#include <gtest/gtest.h>

#include "tests/judge/alone.h"

namespace reprise::testing {
namespace {

const Observation sound{"answered", {{"status", 200}, {"json", {{"/violations", 0}}}}};
const Observation violated{"answered", {{"status", 200}, {"json", {{"/violations", 3}}}}};

Finding judged_consistent(const Story& story) {
  return alone(story, "consistent",
               {{"probe", "page"}, {"expect", {{"json", {{"/violations", 0}}}}}});
}

Story sound_story() { return Story().page(0s, 30s, sound).kill(6s); }

TEST(Consistent, IsWhatEveryAnswerKeeps) {
  EXPECT_EQ(judged_consistent(sound_story()).status, Status::pass);
}

TEST(Consistent, FailsOnASingleAnswerThatDoesNot) {
  const Finding finding = judged_consistent(sound_story().page(20s, 20100ms, violated));
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.failure, "chaos.InvariantBroken");
  EXPECT_EQ(finding.cause->sample_at, 20s);
}

TEST(Consistent, TakesNoAnswerForNoWord) {
  const Observation unavailable{"answered", {{"status", 503}}};
  const Observation refusal{"answered", {{"status", 409}, {"json", {{"/violations", 3}}}}};
  EXPECT_EQ(judged_consistent(sound_story().page(6s, 9s, refused)).status, Status::pass);
  EXPECT_EQ(judged_consistent(sound_story().page(6s, 9s, unavailable)).status, Status::pass);
  EXPECT_EQ(judged_consistent(sound_story().page(6s, 9s, refusal)).status, Status::pass);
  EXPECT_EQ(judged_consistent(sound_story().page(6s, 9s, nominal)).status, Status::pass)
      << "an answer without the pointer tells nothing";
}

TEST(Consistent, NeedsAPredicate) {
  EXPECT_EQ(alone(sound_story(), "consistent", {{"probe", "page"}}).outcome.key,
            "judge.unreadable");
  const json level{{"probe", "page"}, {"expect", "nominal"}};
  EXPECT_EQ(alone(sound_story(), "consistent", level).outcome.key, "judge.unreadable");
}

TEST(Consistent, ProvesNothingWithoutAWordAfterTheIncident) {
  EXPECT_EQ(judged_consistent(sound_story().page(6s, 30s, refused)).outcome.key,
            "judge.consistent.untold");
  EXPECT_EQ(judged_consistent(Story().kill(6s)).outcome.key, "judge.never-there");
}

// Invariants that are no JSON document: what a query answers, and how a program ends.
struct Invariant {
  std::string kind;
  json options, expect;
  Observation kept, broken;
  std::string saw;                  // of the broken one
  std::vector<Observation> silent;  // told nothing of it
};

const std::vector<Invariant>& invariants() {
  static const std::vector<Invariant> all{
      {"postgres",
       {{"database", "shop"}, {"query", "SELECT count(*) FROM violations"}},
       {{"value", 0}},
       {"answered", {{"rows", 1}, {"value", 0}, {"row", {{"count", 0}}}}},
       {"answered", {{"rows", 1}, {"value", 3}, {"row", {{"count", 3}}}}},
       "value 3",
       {refused,
        timed_out,
        {"reset", json::object()},
        {"error", {{"sqlstate", "57P03"}, {"error", "57P03: the database is starting up"}}}}},
      {"command",
       {{"run", {"check-accounts"}}},
       {{"exit", 0}},
       {"answered", {{"exit", 0}, {"text", "all is sound"}}},
       {"answered", {{"exit", 2}, {"text", "account 7 is overdrawn"}}},
       "exit 2",
       {timed_out, {"error", {{"error", "cannot start check-accounts"}}}}}};
  return all;
}

// The probe "rules" sees this all the time; the incident is at 6 s, the end of recover at 30 s.
Story ruled(const Invariant& one, const Observation& seen) {
  Story story = Story().kill(6s);
  story.probe("rules", 100ms).see("rules", 0s, 30s, seen);
  story.plan()["probes"]["rules"]["kind"] = one.kind;
  story.plan()["probes"]["rules"]["options"] = one.options;
  return story;
}

Finding judged_rules(const Invariant& one, const Story& story) {
  return alone(story, "consistent", {{"probe", "rules"}, {"expect", one.expect}});
}

TEST(ConsistentInvariant, IsKeptWhereEveryAnswerKeepsIt) {
  for (const Invariant& one : invariants()) {
    const Finding finding = judged_rules(one, ruled(one, one.kept));
    EXPECT_EQ(finding.status, Status::pass) << one.kind;
    EXPECT_EQ(finding.outcome.key, "judge.consistent.kept") << one.kind;
    EXPECT_EQ(finding.outcome.arguments["told"], 250) << one.kind << ": from 5 s to 30 s";
    // It is judged from the beginning of inject.
    EXPECT_EQ(judged_rules(one, ruled(one, one.kept).see("rules", 0s, 5s, one.broken)).status,
              Status::pass)
        << one.kind;
  }
}

TEST(ConsistentInvariant, IsBrokenByOneAnswerInTheMiddleOrAtTheEnd) {
  for (const Invariant& one : invariants()) {
    for (const Duration at : {Duration(5s), Duration(6s), Duration(17300ms), Duration(29900ms)}) {
      const Finding finding =
          judged_rules(one, ruled(one, one.kept).see("rules", at, at + 100ms, one.broken));
      EXPECT_EQ(finding.status, Status::fail) << one.kind;
      EXPECT_EQ(finding.failure, "chaos.InvariantBroken");
      EXPECT_EQ(finding.outcome.arguments["count"], 1);
      ASSERT_TRUE(finding.cause);
      EXPECT_EQ(finding.cause->sample_at, at) << one.kind;
      EXPECT_NE(finding.cause->sample_saw.find(one.saw), std::string::npos)
          << finding.cause->sample_saw;
    }
  }
}

TEST(ConsistentInvariant, ThatBreaksForGoodIsToldWithItsFirstBadAnswer) {
  for (const Invariant& one : invariants()) {
    const Finding finding =
        judged_rules(one, ruled(one, one.kept).see("rules", 20s, 30s, one.broken));
    EXPECT_EQ(finding.status, Status::fail) << one.kind;
    EXPECT_EQ(finding.outcome.arguments["count"], 100);
    EXPECT_EQ(finding.cause->sample_at, 20s);
  }
}

TEST(ConsistentInvariant, IsNeitherKeptNorBrokenWhileNothingIsTold) {
  for (const Invariant& one : invariants()) {
    for (const Observation& silent : one.silent) {
      const auto story = [&](Duration from, Duration to) {
        return ruled(one, one.kept).see("rules", from, to, silent);
      };
      EXPECT_EQ(judged_rules(one, story(6s, 29900ms)).status, Status::pass)
          << one.kind << ": " << silent.outcome << ", and the last word is a good one";
      const Finding lasting = judged_rules(one, story(6s, 30s));
      EXPECT_EQ(lasting.status, Status::inconclusive) << one.kind << ": " << silent.outcome;
      EXPECT_EQ(lasting.outcome.key, "judge.consistent.untold");
      // What was broken before nobody told any more stays broken.
      EXPECT_EQ(judged_rules(one, story(6s, 30s).see("rules", 5500ms, 5600ms, one.broken)).status,
                Status::fail)
          << one.kind;
    }
  }
}

TEST(ConsistentInvariant, ThatNobodyEverObservedProvesNothing) {
  for (const Invariant& one : invariants()) {
    for (const Observation& silent : one.silent) {
      const Finding finding = judged_rules(one, ruled(one, silent));
      EXPECT_EQ(finding.status, Status::inconclusive) << one.kind << ": " << silent.outcome;
      EXPECT_EQ(finding.outcome.key, "judge.never-answered");
    }
    const Finding unseen = judged_rules(one, Story().kill(6s).probe("rules", 100ms));
    EXPECT_EQ(unseen.status, Status::inconclusive) << one.kind;
    EXPECT_EQ(unseen.outcome.key, "judge.no-samples");
  }
}

TEST(Consistent, IsToldByAnAnswerOfSuccessOnly) {
  const auto answered = [](int status) {
    const Observation seen{"answered", {{"status", status}, {"json", {{"/violations", 3}}}}};
    return judged_consistent(sound_story().page(20s, 20100ms, seen)).status;
  };
  EXPECT_EQ(answered(200), Status::fail);
  EXPECT_EQ(answered(299), Status::fail);
  EXPECT_EQ(answered(300), Status::pass);
  EXPECT_EQ(answered(199), Status::pass);
}

TEST(Consistent, IsToldFromTheLastIncidentOnInADrillThatCameToItsEnd) {
  const auto healed = [](Duration at) {
    return judged_consistent(Story().page(0s, 30s, sound).cut(6s, at));
  };
  EXPECT_EQ(healed(29900ms).status, Status::pass);
  EXPECT_EQ(healed(29901ms).outcome.key, "judge.consistent.untold");
  EXPECT_EQ(judged_consistent(sound_story().ends("interrupted")).outcome.key,
            "judge.consistent.untold");
}

TEST(Consistent, IsUnknownWhereNobodyLookedUnlessItWasSeenBroken) {
  const Story unseen = sound_story().skipped(20s, 20100ms);
  EXPECT_EQ(judged_consistent(unseen).outcome.key, "judge.unseen");
  EXPECT_EQ(judged_consistent(Story(unseen).page(21s, 21100ms, violated)).status, Status::fail);
}

}  // namespace
}  // namespace reprise::testing
