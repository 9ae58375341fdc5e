// What makes a whole drill prove nothing, what a declared deficiency changes, exit codes.
#include <gtest/gtest.h>

#include "tests/judge/story.h"

namespace reprise::testing {
namespace {

// One assertion that passes and one that is missed, in a drill that is otherwise in order.
Story one_of_each() {
  Story story;
  story.kill(6s).page(6s, 9s, refused);
  story.demand("recovery", {{"probe", "page"}, {"expect", "nominal"}, {"within", "5s"}});
  story.demand("never", {{"probe", "page"}, {"expect", "down"}});
  return story;
}

void expect_reason(const Story& story, const std::string& key, Status passing, Status missed) {
  const Verdict verdict = story.verdict();
  ASSERT_FALSE(verdict.reasons.empty()) << key;
  EXPECT_EQ(verdict.reasons.front().key, key);
  EXPECT_EQ(verdict.findings[1].status, passing) << key;
  EXPECT_EQ(verdict.findings[2].status, missed) << key;
  EXPECT_EQ(verdict.status, worse(missed, Status::inconclusive));
}
// The evidence is void: no pass, and no miss either.
void expect_void(const Story& story, const std::string& key) {
  expect_reason(story, key, Status::inconclusive, Status::inconclusive);
}
// Nothing passes, but what was clearly missed was missed.
void expect_no_pass(const Story& story, const std::string& key) {
  expect_reason(story, key, Status::inconclusive, Status::fail);
}

TEST(Verdict, IsTheWorstOfItsFindings) {
  const Verdict verdict = one_of_each().verdict();
  EXPECT_TRUE(verdict.reasons.empty());
  ASSERT_EQ(verdict.findings.size(), 4u);
  EXPECT_EQ(verdict.findings[3].name, "steady-state-at-the-end");
  EXPECT_EQ(verdict.findings[3].status, Status::pass);
  EXPECT_EQ(verdict.findings[0].name, "steady-state");
  EXPECT_EQ(verdict.findings[0].status, Status::pass);
  EXPECT_EQ(verdict.findings[1].status, Status::pass);
  EXPECT_EQ(verdict.findings[2].status, Status::fail);
  EXPECT_EQ(verdict.status, Status::fail);
  EXPECT_TRUE(verdict.clean);
}

TEST(Verdict, NeedsASteadyStateThatTheEngineSaw) {
  for (const std::string state : {"not-reached", "lost"}) {
    const Finding steady = one_of_each().steady(state).verdict().findings.at(0);
    EXPECT_EQ(steady.status, Status::inconclusive);
    EXPECT_EQ(steady.outcome.key, "judge.steady." + state);
  }
  expect_void(one_of_each().steady("not-reached"), "judge.steady.not-reached");
  expect_void(one_of_each().steady("lost"), "judge.steady.lost");
  expect_void(one_of_each().steady(""), "judge.steady.never");
}

TEST(Verdict, NeedsASteadyStateThatTheSamplesShow) {
  expect_void(one_of_each().page(4500ms, 4600ms, degraded), "judge.steady.not-held");
  expect_void(one_of_each().skipped(4500ms, 4600ms), "judge.skipped");
  expect_void(one_of_each().unrecorded(0s, 6s), "judge.skipped");
  // Lost after the fault's phase had begun, before the fault itself.
  expect_void(one_of_each().page(5500ms, 5600ms, degraded), "judge.steady.not-held");
  // Before the last second it may have been anything.
  EXPECT_TRUE(one_of_each().page(3800ms, 3900ms, broken).verdict().reasons.empty());
}

TEST(Verdict, DoesNotTakeAVictimForAnUnsteadyState) {
  Story story;
  story.kill(5s).page(4900ms, 5s, refused, 150ms).page(5s, 9s, refused);
  story.demand("recovery", {{"probe", "page"}, {"expect", "nominal"}, {"within", "5s"}});
  EXPECT_EQ(story.verdict().status, Status::pass);
}

TEST(Verdict, NeedsAFaultThatBit) {
  Story story;
  story.declare("cut").strike("cut", 6s, 16s, 0, false);
  story.demand("never", {{"probe", "page"}, {"expect", "nominal"}});
  const Verdict verdict = story.verdict();
  EXPECT_EQ(verdict.reasons.front().key, "judge.fault-did-not-bite");
  EXPECT_EQ(verdict.reasons.front().arguments["fault"], "cut");
  EXPECT_EQ(verdict.findings[1].status, Status::fail) << "what was seen was seen all the same";
}

TEST(Verdict, NeedsEveryRoundToBite) {
  Story story;
  story.declare("cut", 2).strike("cut", 6s, 8s, 0).strike("cut", 10s, 12s, 1, false);
  story.demand("never", {{"probe", "page"}, {"expect", "down"}});
  EXPECT_EQ(story.verdict().reasons.front().arguments["fault"], "cut (2)");
}

TEST(Verdict, NeedsEveryFaultOfTheScenario) {
  expect_no_pass(one_of_each().declare("cut"), "judge.fault-not-commanded");
  Story failed = one_of_each();
  failed.declare("cut").note_fault(7s, "cut", 0, "failed", {{"why", "not allowed here"}});
  expect_no_pass(failed, "judge.fault-failed");
}

TEST(Verdict, OfAPlainCheckNeedsNoFault) {
  Story story;
  story.demand("never", {{"probe", "page"}, {"expect", "down"}});
  EXPECT_EQ(story.verdict().status, Status::pass);
  story.demand("recovery", {{"probe", "page"}, {"expect", "nominal"}, {"within", "5s"}});
  EXPECT_EQ(story.finding("recovery").outcome.key, "judge.no-bite");
}

TEST(Verdict, NeedsAHarnessWithoutTrouble) {
  expect_no_pass(one_of_each().event(7s, "trouble", {{"what", "disk full"}}), "judge.trouble");
}

TEST(Verdict, NeedsAnEnd) {
  expect_void(one_of_each().killed_at(29s), "judge.torn");
  expect_no_pass(one_of_each().ends("failed-to-start"), "judge.not-completed");
}

TEST(Verdict, OfADrillThatWasEndedEarlyKeepsItsMisses) {
  expect_no_pass(one_of_each().ends("aborted"), "judge.aborted");
  expect_no_pass(one_of_each().ends("interrupted"), "judge.interrupted");
}

TEST(Verdict, DoesNotBlameTheSystemWhenTheDrillEndedEarly) {
  Story story;
  story.kill(6s).page(6s, 30s, refused).ends("interrupted");
  story.demand("recovery", {{"probe", "page"}, {"expect", "nominal"}, {"within", "5min"}});
  EXPECT_EQ(story.verdict().status, Status::inconclusive);
}

TEST(Verdict, NeedsAnObserverInTime) {
  // Of 250 samples 2 may be later than half an interval, not 3.
  EXPECT_TRUE(one_of_each().sent_late(10s, 10200ms, 51ms).verdict().reasons.empty());
  expect_no_pass(one_of_each().sent_late(10s, 10300ms, 51ms), "judge.observer-late");
  EXPECT_TRUE(one_of_each().sent_late(10s, 20s, 50ms).verdict().reasons.empty());
}

TEST(Verdict, NeedsSomethingToJudge) {
  Story story;
  story.kill(6s);
  const Verdict verdict = story.verdict();
  EXPECT_EQ(verdict.status, Status::inconclusive);
  EXPECT_EQ(verdict.reasons.front().key, "judge.nothing-judged");
}

Story deficient(const std::string& until) {
  Story story;
  const json known{
      {"finding", "F-1"}, {"owner", "operations"}, {"until", until}, {"failure", "SeenForbidden"}};
  story.kill(6s).page(6s, 9s, refused).on("2026-03-01");
  story.demand("never", {{"probe", "page"}, {"expect", "down"}}, {{"known", known}});
  return story;
}

TEST(Verdict, IsConditionalWhereTheDeficiencyIsDeclaredUntilItsDate) {
  EXPECT_EQ(deficient("2026-03-01").verdict().status, Status::conditional);
  EXPECT_EQ(deficient("2026-03-01").finding("never").known->finding, "F-1");
  EXPECT_EQ(deficient("2026-02-28").verdict().status, Status::fail);
}

TEST(Verdict, IsConditionalOnlyForTheFailureThatIsDeclared) {
  const auto status = [](const char* failure) {
    Story story = deficient("2026-03-01");
    story.scenario()["assertions"][0]["known"]["failure"] = failure;
    return story.verdict().status;
  };
  EXPECT_EQ(status("SeenForbidden"), Status::conditional);
  EXPECT_EQ(status("Seen"), Status::fail);
  EXPECT_EQ(status("NotRecovered"), Status::fail);
}

TEST(Verdict, FlagsAnUnexpectedPass) {
  const Finding finding = deficient("2026-03-01").page(6s, 9s, nominal).finding("never");
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_TRUE(finding.unexpected_pass);
  EXPECT_FALSE(finding.known);
}

TEST(Verdict, KeepsResidueApart) {
  Story story;
  story.kill(6s).demand("never", {{"probe", "page"}, {"expect", "down"}});
  story.note_fault(20s, "kill", 0, "undo-failed", {{"why", "no such table"}});
  Verdict verdict = story.verdict();
  EXPECT_EQ(verdict.status, Status::pass);
  EXPECT_FALSE(verdict.clean);
  EXPECT_EQ(verdict.residue.front(), "kill: no such table");
  EXPECT_EQ(exit_code({verdict}), 4);
}

TEST(ExitCode, PutsResidueBeforeMissesBeforeDoubt) {
  auto with = [](Status status, bool clean = true) {
    Verdict verdict;
    verdict.status = status;
    verdict.clean = clean;
    return verdict;
  };
  EXPECT_EQ(exit_code({}), 3);
  EXPECT_EQ(exit_code({with(Status::pass), with(Status::conditional)}), 0);
  EXPECT_EQ(exit_code({with(Status::pass), with(Status::skipped)}), 3);
  EXPECT_EQ(exit_code({with(Status::inconclusive), with(Status::pass)}), 3);
  EXPECT_EQ(exit_code({with(Status::inconclusive), with(Status::fail)}), 1);
  EXPECT_EQ(exit_code({with(Status::fail), with(Status::pass, false)}), 4);
}

TEST(Verdict, RemembersAMissThatWasSeenBeforeItsEvidenceWasVoid) {
  EXPECT_TRUE(one_of_each().killed_at(29s).verdict().voided_miss);
  EXPECT_FALSE(one_of_each().verdict().voided_miss) << "it stands";
  EXPECT_FALSE(one_of_each().steady("lost").verdict().voided_miss);
  EXPECT_FALSE(one_of_each().page(4500ms, 4600ms, degraded).verdict().voided_miss);
  Story kept;
  kept.kill(6s).demand("never", {{"probe", "page"}, {"expect", "down"}}).killed_at(29s);
  EXPECT_FALSE(kept.verdict().voided_miss) << "nothing was missed";
}

TEST(Verdict, RemembersADeclaredMissThatWasVoidAsWell) {
  EXPECT_TRUE(deficient("2026-03-01").killed_at(29s).verdict().voided_miss);
}

TEST(Verdict, CoversTheMissThatIsDeclaredAndNoOther) {
  const auto missed = [](const char* declared) {
    const json known{{"finding", "F-1"},
                     {"owner", "operations"},
                     {"until", "2026-12-31"},
                     {"failure", declared}};
    const json options{{"probe", "page"},
                       {"expect", {{"status", 200}}},
                       {"allowed-failures", 9},
                       {"longest-outage", "1s"}};
    Story story;
    story.cut(6s, 16s).page(7s, 8s, broken).demand("throughout", options, {{"known", known}});
    return story.finding("throughout");
  };
  for (const std::string declared : {"OutageTooLong", "TooManyFailures"}) {
    const Finding finding = missed(declared.c_str());
    EXPECT_EQ(finding.status, Status::fail);
    EXPECT_NE(finding.failure, "chaos." + declared) << "what is not covered leads";
    EXPECT_FALSE(finding.known);
    ASSERT_EQ(finding.others.size(), 1U);
    EXPECT_EQ(finding.others[0].failure, "chaos." + declared);
    EXPECT_TRUE(finding.others[0].known);
  }
  const Finding neither = missed("Other");
  EXPECT_EQ(neither.status, Status::fail);
  EXPECT_FALSE(neither.others.at(0).known);
}

}  // namespace
}  // namespace reprise::testing
