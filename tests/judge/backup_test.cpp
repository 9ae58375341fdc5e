// backup: a story that passes, one that fails by each term, one that proves nothing.
#include <limits>

#include <gtest/gtest.h>

#include "tests/judge/alone.h"

namespace reprise::testing {
namespace {

Observation stock(int count, std::optional<Duration> age, Duration oldest) {
  Observation out;
  out.values = {{"count", count}, {"oldest", oldest.count()}};
  if (age) out.values["age"] = age->count();
  return out;
}

// A look a second; the newest is 1 h old, the oldest 3 h, of four. Killed at 6 s.
Story stocked() {
  Story story;
  story.probe("dumps", 1s).see("dumps", 0s, 30s, stock(4, 1h, 3h));
  return story.kill(6s);
}

Finding judged_backup(const Story& story, const json& more = json::object()) {
  return alone(story, "backup", with({{"probe", "dumps"}}, more));
}

TEST(Backup, PassesWhenThereIsOneThatCanBeRestored) {
  EXPECT_EQ(judged_backup(stocked()).status, Status::pass);
  EXPECT_EQ(judged_backup(stocked().see("dumps", 9s, 10s, stock(0, {}, 0s))).failure,
            "chaos.NoRestorableBackup");
}

TEST(Backup, AgesOnUntilTheNextLook) {
  const Finding finding = judged_backup(stocked(), {{"younger-than", "3601s"}});
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_EQ(finding.measured->low, 1h);
  EXPECT_EQ(finding.measured->high, 3601s);
  EXPECT_EQ(judged_backup(stocked(), {{"younger-than", "3600s"}}).outcome.key,
            "judge.backup.not-shown");
  EXPECT_EQ(judged_backup(stocked(), {{"younger-than", "3600s"}, {"at", "end"}}).status,
            Status::pass)
      << "after the last look there is none";
  const Finding old = judged_backup(stocked(), {{"younger-than", "3599s"}});
  EXPECT_EQ(old.failure, "chaos.BackupTooOld");
  EXPECT_EQ(old.limit, 3599s);
  EXPECT_TRUE(old.cause);
}

TEST(Backup, AgesOnUntilTheIncidentThatFindsIt) {
  // The last look before the kill at 6 s was complete at 5.01 s.
  const json at{{"at", "incident"}};
  const Finding finding = judged_backup(stocked(), at);
  EXPECT_EQ(finding.measured->low, 1h);
  EXPECT_EQ(finding.measured->high, 3600s + 990ms);
  EXPECT_EQ(judged_backup(stocked().see("dumps", 6s, 30s, stock(0, {}, 0s)), at).status,
            Status::pass);
  EXPECT_EQ(judged_backup(stocked().see("dumps", 5s, 6s, stock(0, {}, 0s)), at).status,
            Status::fail);
  EXPECT_EQ(judged_backup(stocked().see("dumps", 0s, 6s, timed_out), at).outcome.key,
            "judge.backup.untold");
}

TEST(Backup, SaysAllThatIsDemanded) {
  const json demand{{"none-older-than", "3h"}, {"at-least", 2}, {"at", "end"}};
  const Message said = judged_backup(stocked(), demand).statement;
  EXPECT_EQ(said.arguments.at("retention_ns"), Duration(3h).count());
  EXPECT_TRUE(said.arguments.at("within_ns").is_null());
  EXPECT_EQ(said.arguments.at("least"), 2);
  EXPECT_EQ(said.arguments.at("when_key"), "backup.at.end");
}

TEST(Backup, ShowsTheOldestOfWhatWasSeen) {
  const Finding finding =
      judged_backup(stocked().see("dumps", 12s, 13s, stock(4, 2h, 3h)), {{"younger-than", "1h"}});
  EXPECT_EQ(finding.measured->low, 2h);
  EXPECT_EQ(finding.cause->sample_at, 12s);
}

TEST(Backup, CountsThemAndHowLongTheyAreKept) {
  EXPECT_EQ(judged_backup(stocked(), {{"at-least", 4}}).status, Status::pass);
  EXPECT_EQ(judged_backup(stocked(), {{"at-least", 5}}).failure, "chaos.BackupsMissing");
  EXPECT_EQ(judged_backup(stocked(), {{"none-older-than", "3h"}}).status, Status::pass);
  Observation ageless = stock(4, 1h, 3h);
  ageless.values.erase("oldest");
  EXPECT_EQ(
      judged_backup(stocked().see("dumps", 9s, 10s, ageless), {{"none-older-than", "3h"}}).failure,
      "chaos.BackupKeptTooLong")
      << "of an unknown age";
  EXPECT_EQ(judged_backup(stocked(), {{"none-older-than", "10799s"}}).failure,
            "chaos.BackupKeptTooLong");
}

TEST(Backup, CountsFromTheLastWordBeforeTheIncident) {
  const Observation none = stock(0, {}, 0s);
  EXPECT_EQ(judged_backup(stocked().see("dumps", 0s, 5s, none)).status, Status::pass);
  EXPECT_EQ(judged_backup(stocked().see("dumps", 5s, 6s, none)).status, Status::fail)
      << "this is what was there at the incident";
  EXPECT_EQ(judged_backup(stocked().see("dumps", 5s, 29s, none), {{"at", "end"}}).status,
            Status::pass);
}

TEST(Backup, TakesNoAnswerForNoWord) {
  EXPECT_EQ(judged_backup(stocked().see("dumps", 8s, 20s, timed_out)).outcome.key,
            "judge.backup.untold")
      << "nobody knows what was there meanwhile";
  EXPECT_EQ(judged_backup(stocked().see("dumps", 8s, 20s, timed_out), {{"at", "end"}}).status,
            Status::pass);
  EXPECT_EQ(judged_backup(stocked().see("dumps", 5s, 30s, timed_out)).outcome.key,
            "judge.backup.untold");
  EXPECT_EQ(judged_backup(stocked().see("dumps", 29s, 30s, timed_out)).outcome.key,
            "judge.backup.untold")
      << "blind at the end";
  Observation late = stock(4, 1h, 3h);
  late.outcome = "timeout";
  EXPECT_EQ(judged_backup(stocked().see("dumps", 29s, 30s, late), {{"at", "end"}}).outcome.key,
            "judge.backup.untold");
  EXPECT_EQ(judged_backup(Story().kill(6s)).outcome.key, "judge.backup.untold");
  Story calm;
  calm.probe("dumps", 1s).see("dumps", 0s, 30s, stock(4, 1h, 3h));
  EXPECT_EQ(judged_backup(calm).outcome.key, "judge.no-bite");
}

TEST(Backup, SaysWhatACompressedObjectiveIsInReality) {
  Record record = stocked().record();
  record.scenario.compress = Compression{600, 24h, "dumps"};
  AssertionSpec spec;
  spec.kind = spec.name = "backup";
  spec.objective = "rpo";
  spec.options = {{"probe", "dumps"}, {"younger-than", "2h"}};
  const Finding finding = Registry<AssertionKind>::find("backup")->judge(spec, record);
  EXPECT_EQ(finding.statement.key, "judge.backup.statement-compressed");
  EXPECT_EQ(finding.statement.arguments["real_ns"], Duration(1200h).count());
  ASSERT_TRUE(finding.measured && finding.measured->high);
  EXPECT_EQ(finding.outcome.arguments["real_high_ns"], finding.measured->high->count() * 600);
  EXPECT_TRUE(finding.objective.empty()) << "an age is no loss";
}

TEST(Backup, SurvivesAgesThatNobodyHas) {
  constexpr Duration most{std::numeric_limits<std::int64_t>::max()};
  const json young{{"younger-than", "1h"}};
  EXPECT_EQ(judged_backup(stocked().see("dumps", 7s, 30s, stock(1, most, most)), young).failure,
            "chaos.BackupTooOld");
  EXPECT_EQ(judged_backup(stocked().see("dumps", 7s, 30s, stock(1, -most, -most))).status,
            Status::pass);
  const Observation words{"answered", {{"count", "four"}, {"age", "young"}}};
  EXPECT_EQ(judged_backup(stocked().see("dumps", 5s, 30s, words)).outcome.key,
            "judge.backup.untold");
}

TEST(Backup, WaitsForAFirstWordAfterTheIncident) {
  AssertionSpec spec;
  spec.options = {{"probe", "dumps"}};
  const auto awaited = Registry<AssertionKind>::find("backup")->awaits(spec, {}, {});
  ASSERT_TRUE(awaited);
  EXPECT_EQ(awaited->probe, "dumps");
  EXPECT_TRUE(awaited->expect.holds(stock(0, {}, 0s), {}));
  EXPECT_FALSE(awaited->expect.holds(timed_out, {}));
}

TEST(Backup, OfWhichThereIsNoneIsNotKeptTooLong) {
  const Observation none{"answered", {{"count", 0}}};
  const Finding finding =
      judged_backup(stocked().see("dumps", 9s, 10s, none), {{"none-older-than", "3h"}});
  EXPECT_EQ(finding.failure, "chaos.NoRestorableBackup");
  EXPECT_TRUE(finding.others.empty());
}

TEST(Backup, IsToldAtTheEndOfADrillThatCameToIt) {
  const json at{{"at", "incident"}};
  for (const char* outcome : {"aborted", "interrupted"}) {
    EXPECT_EQ(judged_backup(stocked().ends(outcome)).outcome.key, "judge.backup.untold");
    EXPECT_EQ(judged_backup(stocked().ends(outcome), at).status, Status::pass)
        << "the incident was before";
  }
}

TEST(Backup, IsToldByALookFromTheLastIncidentOn) {
  const auto healed = [](Duration at) {
    Story story;
    story.probe("dumps", 1s).see("dumps", 0s, 30s, stock(4, 1h, 3h)).cut(6s, at);
    return judged_backup(story, {{"at", "end"}});
  };
  EXPECT_EQ(healed(29s).status, Status::pass);
  EXPECT_EQ(healed(29001ms).outcome.key, "judge.backup.untold");
}

TEST(Backup, IsLookedAtBeforeEachIncidentThatIsNamed) {
  Story story;
  story.probe("dumps", 1s).see("dumps", 0s, 30s, stock(4, 1h, 3h)).declare("kill", 2);
  story.strike("kill", 6s, std::nullopt, 0).strike("kill", 12s, std::nullopt, 1);
  const json each{{"at", "incident"}, {"incident", "each"}};
  EXPECT_EQ(judged_backup(story, each).status, Status::pass);
  EXPECT_EQ(judged_backup(Story(story).see("dumps", 11s, 12s, stock(0, {}, 0s)), each).failure,
            "chaos.NoRestorableBackup");
  EXPECT_EQ(judged_backup(Story(story).see("dumps", 5s, 6s, stock(0, {}, 0s)), each).failure,
            "chaos.NoRestorableBackup");
}

TEST(Backup, IsMissingWhereItWasSeenToBeThoughSomebodyLookedAway) {
  Story story = stocked().see("dumps", 8s, 20s, timed_out);
  EXPECT_EQ(judged_backup(story.see("dumps", 21s, 22s, stock(0, {}, 0s))).failure,
            "chaos.NoRestorableBackup");
}

TEST(Backup, NeedsNoAnswerFromBeforeTheLastWordBeforeTheIncident) {
  EXPECT_EQ(judged_backup(stocked().see("dumps", 0s, 4s, timed_out)).status, Status::pass);
}

TEST(Backup, OfWhichNoneCanBeRestoredHasNoAge) {
  EXPECT_FALSE(judged_backup(stocked().see("dumps", 0s, 30s, stock(2, {}, 3h))).measured);
}

TEST(Backup, IsToldBeforeTheIncidentByAnAnswerUpToItsCommand) {
  // The look at 5 s is complete at 5.01 s.
  const auto killed = [](Duration at, Duration from, const json& more) {
    Story story;
    story.probe("dumps", 1s).see("dumps", 0s, 30s, stock(4, 1h, 3h)).kill(at);
    return judged_backup(story.see("dumps", from, from + 1s, stock(0, {}, 0s)), more).status;
  };
  const json at{{"at", "incident"}};
  EXPECT_EQ(killed(5010ms, 5s, at), Status::fail);
  EXPECT_EQ(killed(5009ms, 5s, at), Status::pass);
  const json from_then_on = json::object();
  EXPECT_EQ(killed(5010ms, 4s, from_then_on), Status::pass);
  EXPECT_EQ(killed(5009ms, 4s, from_then_on), Status::fail);
}

}  // namespace
}  // namespace reprise::testing
