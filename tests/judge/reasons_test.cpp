// The reasons for a whole drill and the steady state, in their exact limits.
#include <gtest/gtest.h>

#include "harness/judge/inconclusive.h"
#include "harness/judge/steady.h"
#include "tests/judge/alone.h"

namespace reprise::testing {
namespace {

std::string reasons(const Story& story) {
  std::string out;
  for (const Reason& reason : drill_reasons(story.record())) {
    if (!out.empty()) out += ' ';
    out += reason.message.key;
  }
  return out;
}

Story watched() {
  Story story;
  return story.demand("never", {{"probe", "page"}, {"expect", "down"}});
}

TEST(Reasons, AskForASteadyStateOnlyWhereOneIsStated) {
  EXPECT_EQ(reasons(watched()), "");
  EXPECT_EQ(reasons(watched().steady("")), "judge.steady.never");
  Story unstated = watched().steady("");
  unstated.scenario()["steady-state"] = json::array();
  EXPECT_EQ(reasons(unstated), "");
  EXPECT_FALSE(judge_steady(unstated.record()));
  EXPECT_EQ(reasons(Story(unstated).kill(6s)), "judge.steady.unstated");
  // Nothing was looked at, so whatever the engine says, nothing held.
  EXPECT_FALSE(judge_steady(unstated.steady("held").kill(6s).record()));
  EXPECT_EQ(reasons(unstated), "judge.steady.unstated");
}

TEST(Reasons, NameARoundOnlyWhereThereAreSeveral) {
  const auto name = [](const Story& story) {
    return drill_reasons(story.record()).at(0).message.arguments["fault"];
  };
  EXPECT_EQ(name(watched().declare("cut").strike("cut", 6s, 8s, 0, false)), "cut");
  EXPECT_EQ(name(watched().declare("cut", 2).strike("cut", 6s, 8s, 0, false)), "cut (1)");
  EXPECT_EQ(name(watched().strike("cut", 6s, 8s, 0, false)), "cut");
}

TEST(Reasons, CountAFailedRoundAsOneThatCame) {
  Story story = watched().declare("cut", 2).strike("cut", 6s, 8s);
  story.note_fault(10s, "cut", 1, "failed", {{"why", "refused"}});
  EXPECT_EQ(reasons(story), "judge.fault-failed");
}

TEST(Reasons, MissEveryRoundThatNeverCame) {
  const Story story = watched().declare("cut", 2).strike("cut", 6s, 8s).declare("kill");
  const auto found = drill_reasons(story.record());
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].message.key, "judge.fault-not-commanded");
  EXPECT_EQ(found[0].message.arguments["fault"], "cut");
  EXPECT_EQ(found[0].message.arguments["count"], 1);
  EXPECT_EQ(found[1].message.arguments["fault"], "kill");
  EXPECT_EQ(reasons(Story(story).ends("aborted")), "judge.aborted");
}

TEST(Reasons, LookAtLatenessInsideTheDrillAndOfJudgedProbesOnly) {
  EXPECT_EQ(reasons(watched().sent_late(0s, 5s, 90ms)), "");
  EXPECT_EQ(reasons(watched().sent_late(5s, 6s, 90ms)), "judge.observer-late");
  Story unjudged;
  unjudged.demand("log", {{"service", "server"}, {"matches", "x"}}).sent_late(5s, 6s, 90ms);
  EXPECT_EQ(reasons(unjudged), "judge.observer-late") << "the steady state is judged by it";
  unjudged.scenario()["steady-state"] = json::array();
  EXPECT_EQ(reasons(unjudged), "");
  Story unknown = watched().demand("never", {{"probe", "other"}, {"expect", "down"}});
  EXPECT_EQ(reasons(unknown), "");
}

TEST(Reasons, AreProceduresThatFailedUnlessAnAssertionNamesThem) {
  for (const char* state : {"failed", "not-executed"}) {
    Record record = watched().record();
    ProcedureRecord run;
    run.name = "restart";
    run.state = state;
    record.procedures.push_back(run);
    const auto found = drill_reasons(record);
    ASSERT_EQ(found.size(), 1U) << state;
    EXPECT_EQ(found[0].message.key, std::string("judge.procedure-") + state);
    EXPECT_FALSE(found[0].voids_misses);
    record.outcome = "aborted";
    EXPECT_EQ(drill_reasons(record).at(0).message.key, "judge.aborted") << "that is why, then";
    record.outcome = "completed";
    record.scenario.assertions.front().options["run"] = "restart";
    EXPECT_TRUE(drill_reasons(record).empty()) << state;
  }
}

TEST(Reasons, TellWhatTheHostTookOfTheTimeOfALateObserver) {
  Record record = watched().sent_late(5s, 6s, 90ms).record();
  record.stolen_percent = 34;
  const auto found = drill_reasons(record);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].message.key, "judge.observer-late-stolen");
  EXPECT_EQ(found[0].message.arguments["stolen"], 34);
  EXPECT_EQ(found[0].message.arguments["late_ns"], 90'000'000);
  record = watched().record();
  record.stolen_percent = 34;
  EXPECT_TRUE(drill_reasons(record).empty()) << "who was in time was in time";
}

TEST(Reasons, OfAJournalWithoutThePlanOrThePhasesThatItNeedsAreLeftOut) {
  Record record = watched().sent_late(5s, 6s, 90ms).record();
  record.plan.probes.clear();
  EXPECT_TRUE(drill_reasons(record).empty());
  record = watched().sent_late(5s, 6s, 90ms).record();
  record.phases.clear();
  EXPECT_TRUE(drill_reasons(record).empty());
  EXPECT_EQ(judge_steady(record)->outcome.key, "judge.steady.not-reached");
}

TEST(Verdict, ShowsTheFirstReasonThatVoidsIt) {
  Story story = watched().page(9s, 10s, refused).kill(9s).steady("lost");
  story.event(7s, "trouble", {{"what", "disk full"}});
  const Verdict verdict = story.verdict();
  ASSERT_EQ(verdict.reasons.size(), 2u);
  EXPECT_EQ(verdict.findings[1].outcome.key, "judge.steady.lost");
  EXPECT_FALSE(verdict.findings[1].cause);
  EXPECT_TRUE(verdict.findings[1].failure.empty());
}

TEST(Verdict, ThatIsVoidKeepsWhatWasUnknownAndForgetsWhatWasDeclared) {
  const json known{{"finding", "F-1"},
                   {"owner", "operations"},
                   {"until", "2026-12-31"},
                   {"failure", "SeenForbidden"}};
  Story story;
  story.kill(6s).page(6s, 9s, refused).steady("lost");
  story.demand("never", {{"probe", "page"}, {"expect", "down"}}, {{"known", known}});
  story.demand("never", {{"probe", "page"}, {"expect", "degraded"}},
               {{"known", known}, {"name", "kept"}});
  story.demand("never", {{"probe", "nobody"}, {"expect", "down"}}, {{"name", "unseen"}});
  const Verdict verdict = story.verdict();
  EXPECT_EQ(verdict.findings[1].status, Status::inconclusive);
  EXPECT_FALSE(verdict.findings[1].known);
  EXPECT_EQ(verdict.findings[2].status, Status::inconclusive);
  EXPECT_FALSE(verdict.findings[2].unexpected_pass);
  EXPECT_EQ(verdict.findings[3].outcome.key, "judge.no-samples");
}

TEST(Verdict, OfAnUnknownOrUnfinishedKindProvesNothing) {
  const Finding finding = Story().demand("telepathy", {{"probe", "page"}}).finding();
  EXPECT_EQ(finding.status, Status::inconclusive);
  EXPECT_EQ(finding.outcome.key, "judge.unknown-kind");
}

TEST(Verdict, DoesNotDoubtADeclaredDeficiencyOfWhichNothingIsKnown) {
  const json known{{"finding", "F-1"},
                   {"owner", "operations"},
                   {"until", "2026-12-31"},
                   {"failure", "SeenForbidden"}};
  Story story;
  story.kill(6s);
  story.demand("never", {{"probe", "nobody"}, {"expect", "down"}}, {{"known", known}});
  EXPECT_EQ(story.finding().status, Status::inconclusive);
  EXPECT_FALSE(story.finding().known);
}

std::string steady_key(const Story& story) { return judge_steady(story.record())->outcome.key; }

TEST(Steady, LooksAtTheSamplesThatWereAnsweredByTheFirstFault) {
  EXPECT_EQ(steady_key(watched().kill(5s).page_at(4900ms, broken, 5s)), "judge.steady.not-held");
  EXPECT_EQ(steady_key(watched().kill(5s).page_at(4900ms, broken, 5001ms)), "judge.steady.held");
  // Until the fault is commanded, a slow answer is no victim.
  EXPECT_EQ(steady_key(watched().kill(6s).page_at(4900ms, broken, 5500ms)),
            "judge.steady.not-held");
}

TEST(Steady, IsJudgedForAsLongAsItHadToHold) {
  EXPECT_EQ(steady_key(watched().page(4s, 4100ms, broken)), "judge.steady.not-held");
  EXPECT_EQ(steady_key(watched().page(3900ms, 4s, broken)), "judge.steady.held");
  EXPECT_EQ(judge_steady(watched().record())->from, 4s);
  Story longer = watched();
  longer.scenario()["steady-state"][0]["for"] = "3s";
  EXPECT_EQ(judge_steady(longer.record())->from, 2s);
  EXPECT_EQ(steady_key(longer.page(2s, 2100ms, broken)), "judge.steady.not-held");
}

// A day in 12 s, seen every second.
TEST(Reasons, WantBackupsNoMoreFrequentThanCompressedTimeSays) {
  Story story = watched().declare("kill").strike("kill", 20s, std::nullopt).probe("dumps", 1s);
  story.phases(5s, 25s, 25s, 30s);
  story.scenario()["compress"] = {{"times", 7200}, {"period", "24h"}, {"probe", "dumps"}};
  // From when it is seen, under this name, so old by its date.
  struct Backup {
    Duration from;
    const char* name;
    Duration age;
  };
  const auto with = [&](const std::vector<Backup>& backups) {
    Story out = story;
    Observation none;
    none.values = {{"count", 0}};
    out.see("dumps", 0s, 30s, none);
    for (const auto& [from, name, age] : backups) {
      for (Duration at = from; at < 30s; at += 1s) {
        Observation one;
        const Duration old = age + (at - from);
        one.values = {{"count", 1}, {"restorable", name}, {"age", old.count()}};
        out.see("dumps", at, at + 1s, one);
      }
    }
    return reasons(out);
  };
  EXPECT_EQ(with({{5s, "one", 0s}}), "");
  EXPECT_EQ(with({{10s, "one", 0s}}), "");
  EXPECT_EQ(with({{11s, "one", 0s}}), "judge.compress.too-often") << "or the incident too early";
  // One of the last two; what was long before does not count, nor what a date says.
  EXPECT_EQ(with({{2s, "one", 0s}, {14s, "two", 0s}}), "");
  EXPECT_EQ(with({{1s, "one", 0s}, {13s, "two", 0s}, {16s, "three", 0s}}),
            "judge.compress.too-often");
  EXPECT_EQ(with({{15s, "one", 14h}}), "judge.compress.too-often");
  // Made anew under the same name.
  EXPECT_EQ(with({{2s, "one", 0s}, {14s, "one", 0s}}), "");
  EXPECT_EQ(with({{2s, "one", 0s}, {8s, "one", 0s}, {15s, "one", 0s}}), "judge.compress.too-often");
  // What was there before, what comes again when a newer one rots, and what comes too late.
  EXPECT_EQ(with({{0s, "old", 1h}}), "judge.compress.untold");
  EXPECT_EQ(with({{0s, "old", 1h}, {3s, "older", 2h}}), "judge.compress.untold");
  EXPECT_EQ(with({{21s, "one", 0s}}), "judge.compress.untold");
}

TEST(Reasons, OfCompressedTimeTakeAwayPassesOnly) {
  Story story = watched().declare("kill").strike("kill", 20s, std::nullopt);
  story.scenario()["compress"] = {{"times", 7200}, {"period", "24h"}, {"probe", "dumps"}};
  EXPECT_FALSE(drill_reasons(story.record()).at(0).voids_misses);
}

TEST(Steady, OfAProbeThatLooksSeldomIsItsNewestSample) {
  const auto seldom = [](Duration first, const Observation& before, const Observation& newest) {
    Story story;
    story.phases(10s, 15s, 15s, 30s).probe("slow", 3s);
    story.demand("never", {{"probe", "page"}, {"expect", "down"}});
    story.scenario()["steady-state"][0] = {{"probe", "slow"}, {"expect", {{"status", 200}}}};
    story.see("slow", first, first + 1s, before).see("slow", first + 3s, first + 4s, newest);
    return steady_key(story);
  };
  EXPECT_EQ(seldom(4s, broken, nominal), "judge.steady.held");
  EXPECT_EQ(seldom(4s, nominal, broken), "judge.steady.not-held");
  // Two intervals before the fault at the most.
  EXPECT_EQ(seldom(1s, broken, nominal), "judge.steady.held");
  EXPECT_EQ(seldom(0s, broken, nominal), "judge.no-samples");
}

TEST(Steady, SaysHowManySamplesFailed) {
  const auto finding = judge_steady(watched().page(4500ms, 4700ms, broken).record());
  EXPECT_EQ(finding->outcome.arguments["failures"], 2);
  EXPECT_EQ(finding->outcome.arguments["scheduled"], 10);
  EXPECT_EQ(finding->status, Status::inconclusive);
}

TEST(Steady, IsVoidWhereARequestWasOutForLongerThanAnyBefore) {
  // The others are answered within 10 ms; an interval is 100 ms. Killed at 6 s.
  const Story killed = watched().kill(6s);
  EXPECT_EQ(steady_key(Story(killed).page_at(5900ms, nominal, 6500ms)), "judge.steady.held");
  const auto finding = judge_steady(Story(killed).page_at(5800ms, nominal, 6500ms).record());
  EXPECT_EQ(finding->outcome.key, "judge.steady.hung");
  EXPECT_EQ(finding->outcome.arguments["out_ns"], Duration(200ms).count());
  // One that took as long and was well shows that this is its way.
  Story slow = Story(killed).page_at(5s, nominal, 5200ms);
  EXPECT_EQ(steady_key(Story(slow).page_at(5800ms, broken, 6500ms)), "judge.steady.held");
  EXPECT_EQ(steady_key(Story(slow).page_at(5700ms, nominal, 6500ms)), "judge.steady.hung");
}

TEST(Steady, IsUnknownWhereNothingWasAnsweredInTime) {
  Story story;
  story.phases(10s, 15s, 15s, 30s).probe("slow", 3s).kill(10s);
  story.scenario()["steady-state"][0] = {{"probe", "slow"}, {"expect", {{"status", 200}}}};
  story.see("slow", 7s, 8s, nominal, 4s);
  EXPECT_EQ(steady_key(story), "judge.no-samples");
}

TEST(Reasons, AreProcessesThatBelongToNoService) {
  Record record = watched().record();
  record.strays = {"4711 helper"};
  const auto found = drill_reasons(record);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].message.key, "judge.stray");
  EXPECT_FALSE(found[0].voids_misses);
}

TEST(Reasons, BeginWithWhatEndedADrillBeforeItBegan) {
  EXPECT_EQ(reasons(watched().steady("").ends("aborted")), "judge.aborted judge.steady.never");
  EXPECT_EQ(reasons(watched().steady("lost").ends("aborted")), "judge.steady.lost judge.aborted");
}

TEST(Verdict, ShowsTheFirstReasonThatTakesAPassAway) {
  const Story story = watched().ends("aborted").event(7s, "trouble", {{"what", "disk full"}});
  EXPECT_EQ(reasons(story), "judge.trouble judge.aborted");
  EXPECT_EQ(story.verdict().findings[1].outcome.key, "judge.trouble");
}

}  // namespace
}  // namespace reprise::testing
