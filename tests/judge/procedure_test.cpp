// procedure: what people did, how long they took, and which step failed.
#include <gtest/gtest.h>

#include "tests/judge/alone.h"
#include "tests/judge/story.h"

namespace reprise::testing {
namespace {

Story procedure_of(Duration took, Duration by_hand) {
  Story story;
  story.kill(6s).phases(5s, 15h, 15h, 16h).procedure(7s, "started");
  story.step(7s, 0, "started").step(7s + took - by_hand, 0, "finished");
  story.step(7s + took - by_hand, 1, "started", true).step(7s + took, 1, "finished", true);
  story.procedure(7s + took, "finished");
  return story;
}

// A procedure of two steps, the second by hand within a minute.
Record with_runs(std::vector<ProcedureRecord> runs) {
  Record record;
  record.plan.procedures["restore"].steps.resize(2);
  record.plan.procedures["restore"].steps[1].within = 1min;
  record.procedures = std::move(runs);
  record.log_services = {"shop"};
  record.log = {{100s, 0, "at 100 s"}, {200s, 0, "at 200 s"}};
  return record;
}

StepRecord step(int index, const std::string& state, Duration started, Duration finished,
                bool manual = false) {
  return {index, "start", {}, state, "why", manual, started, finished};
}

ProcedureRecord run(const std::string& state, Duration started, Duration finished,
                    std::vector<StepRecord> steps = {}) {
  return {"restore", state, "never came", started, finished, std::move(steps)};
}

Finding executed(std::vector<ProcedureRecord> runs, const json& more = json::object()) {
  return alone(with_runs(std::move(runs)), "procedure", with({{"run", "restore"}}, more));
}

TEST(Procedure, IsTimedExactlyAndThePeopleApart) {
  const json options{{"run", "restart"}, {"within", "4h"}};
  const Finding finding = procedure_of(4h, 3h).demand("procedure", options).finding();
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_EQ(finding.measured->low, 4h);
  EXPECT_EQ(finding.measured->high, 4h);
  EXPECT_EQ(finding.outcome.arguments["manual_ns"], Duration(3h).count());
  const Finding late = procedure_of(4h + 1ns, 3h).demand("procedure", options).finding();
  EXPECT_EQ(late.status, Status::fail);
  EXPECT_EQ(late.failure, "chaos.ProcedureTooSlow");
}

TEST(Procedure, FailsWithItsStep) {
  Story story;
  story.kill(6s).procedure(7s, "started").step(7s, 0, "started").step(8s, 0, "failed");
  story.step(8s, 1, "not-executed", true).procedure(8s, "failed");
  const json options{{"run", "restart"}};
  const Finding finding = Story(story).demand("procedure", options).finding();
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.outcome.arguments["why"], "because");
  const json tolerant{{"run", "restart"}, {"allow-failed", true}};
  EXPECT_EQ(Story(story).demand("procedure", tolerant).finding().status, Status::pass);
}

TEST(Procedure, ProvesNothingWhenNobodyWasThere) {
  Story story;
  story.kill(6s).procedure(7s, "started").step(7s, 0, "started").step(8s, 0, "finished");
  story.step(8s, 1, "started", true);
  Story absent = story;
  absent.step(8001ms, 1, "failed", true).procedure(8001ms, "failed");
  const json options{{"run", "restart"}};
  EXPECT_EQ(absent.demand("procedure", options).finding().outcome.key, "judge.procedure.nobody");
  // But a person who was waited for to the end and did not come is a miss.
  story.phases(5s, 5h, 5h, 6h).step(8s + 4h, 1, "failed", true).procedure(8s + 4h, "failed");
  EXPECT_EQ(story.demand("procedure", options).finding().status, Status::fail);
}

TEST(Procedure, ProvesNothingWhenNotExecutedOrNotFinished) {
  const json options{{"run", "restart"}};
  Story story;
  story.kill(6s);
  EXPECT_EQ(Story(story).demand("procedure", options).finding().outcome.key,
            "judge.procedure.never-run");
  // Everything was broken as planned, and the procedure was not executed.
  EXPECT_EQ(
      Story(story).procedure(9s, "not-executed").demand("procedure", options).finding().status,
      Status::fail);
  EXPECT_EQ(Story()
                .procedure(9s, "not-executed")
                .declare("kill")
                .demand("procedure", options)
                .finding()
                .status,
            Status::inconclusive);
  EXPECT_EQ(
      Story(story).procedure(9s, "started").demand("procedure", options).finding().outcome.key,
      "judge.procedure.unfinished");
}

TEST(ProcedureLimits, AreReportedBesideAStepThatFailed) {
  const auto failed = run("failed", 1s, 5s, {step(0, "failed", 1s, 5s)});
  const Finding both = executed({failed}, {{"within", "3s"}});
  ASSERT_EQ(both.others.size(), 1U);
  EXPECT_EQ((std::set{both.failure, both.others.front().failure}),
            (std::set<std::string>{"chaos.ProcedureFailed", "chaos.ProcedureTooSlow"}));
  EXPECT_TRUE(executed({failed}, {{"within", "4s"}}).others.empty());
}

TEST(ProcedureLimits, AreNotSilencedByAnAssertionThatToleratesFailure) {
  Record record = with_runs({run("failed", 1s, 5s, {step(0, "failed", 1s, 5s)})});
  AssertionSpec lenient, strict;
  lenient.kind = strict.kind = "procedure";
  lenient.name = "procedure";
  strict.name = "procedure-2";
  lenient.options = {{"run", "restore"}, {"allow-failed", true}};
  strict.options = {{"run", "restore"}};
  record.scenario.assertions = {lenient, strict};
  const auto& judge = Registry<AssertionKind>::find("procedure")->judge;
  EXPECT_EQ(judge(lenient, record).status, Status::pass);
  EXPECT_EQ(judge(strict, record).failure, "chaos.ProcedureFailed");
}

TEST(ProcedureLimits, IncludeTheTimeAllowed) {
  const auto took = [](Duration duration) { return run("finished", 1s, 1s + duration); };
  const json within{{"within", "1min"}};
  EXPECT_EQ(executed({took(1min)}, within).status, Status::pass);
  EXPECT_EQ(executed({took(1min + 1ns)}, within).failure, "chaos.ProcedureTooSlow");
  EXPECT_EQ(executed({took(1h)}).status, Status::pass);
  EXPECT_EQ(executed({took(1h)}, within).cause->log_line, "at 200 s");
  EXPECT_EQ(executed({took(1h)}).statement.key, "judge.procedure.statement");
  EXPECT_EQ(executed({took(1h)}, within).statement.key, "judge.procedure.statement-within");
  AssertionSpec spec;
  spec.options = {{"run", "restore"}, {"within", "1min"}};
  spec.objective = "rto";
  const auto& judge = Registry<AssertionKind>::find("procedure")->judge;
  EXPECT_EQ(judge(spec, with_runs({took(1h)})).failure, "chaos.RtoExceeded");
}

TEST(ProcedureLimits, WaitForAPersonAsLongAsThePlanSays) {
  const auto by_hand = [](int index, Duration waited) {
    return run("failed", 1s, 99s, {step(index, "failed", 2s, 2s + waited, true)});
  };
  EXPECT_EQ(executed({by_hand(1, 59s)}).outcome.key, "judge.procedure.nobody");
  EXPECT_EQ(executed({by_hand(1, 1min)}).failure, "chaos.ProcedureFailed");
  // A step that the plan does not know cannot have been too short.
  EXPECT_EQ(executed({by_hand(2, 1s)}).status, Status::fail);
  EXPECT_EQ(executed({by_hand(-1, 1s)}).outcome.key, "judge.procedure.nobody");
  Record unknown = with_runs({by_hand(1, 1s)});
  unknown.plan.procedures.clear();
  EXPECT_EQ(alone(unknown, "procedure", {{"run", "restore"}}).status, Status::fail);
}

TEST(Procedure, FailsAtItsFirstFailedStepWithTheLogOfThatInstant) {
  auto failed = run("failed", 1s, 300s,
                    {step(0, "finished", 1s, 90s), step(1, "failed", 90s, 110s),
                     step(2, "not-executed", 110s, 110s)});
  const Finding finding = executed({failed});
  EXPECT_EQ(finding.outcome.arguments["step"], "2 (start)");
  EXPECT_EQ(finding.cause->log_line, "at 100 s");
  failed.steps[1].title.by_language[""] = "restore the backup";
  failed.steps[1].finished.reset();
  const Finding unfinished = executed({failed});
  EXPECT_EQ(unfinished.outcome.arguments["step"], "2 (restore the backup)");
  EXPECT_EQ(unfinished.cause->log_line, "");
}

TEST(Procedure, MayFailWhereThatIsAllowedButMustHaveBegun) {
  const json tolerant{{"allow-failed", true}};
  const auto failed = run("failed", 1s, 9s, {step(0, "failed", 1s, 9s)});
  EXPECT_EQ(executed({failed}, tolerant).status, Status::pass);
  EXPECT_EQ(executed({failed}).status, Status::fail);
  const Finding stepless = executed({run("failed", 1s, 9s)}, tolerant);
  EXPECT_EQ(stepless.outcome.key, "judge.procedure.not-executed");
  EXPECT_EQ(stepless.outcome.arguments["why"], "never came");
  auto waiting = run("waiting", 1s, 9s);
  waiting.started.reset();
  EXPECT_EQ(executed({waiting}, tolerant).outcome.key, "judge.procedure.not-executed");
}

TEST(Procedure, AddsUpTheWaitingForPeople) {
  auto started = step(3, "started", 50s, 60s, true);
  started.finished.reset();
  const auto steps = {step(0, "finished", 1s, 10s), step(1, "finished", 10s, 30s, true),
                      step(2, "finished", 30s, 35s, true), started};
  EXPECT_EQ(executed({run("finished", 1s, 60s, steps)}).outcome.arguments["manual_ns"],
            Duration(25s).count());
}

TEST(Procedure, OfAForgedJournalCannotOverflow) {
  constexpr Duration latest{std::int64_t{1} << 60};
  std::vector<StepRecord> steps;
  for (int i = 0; i < 6; ++i) steps.push_back(step(i, "finished", -latest, latest, true));
  steps.push_back(step(6, "finished", latest, -latest, true));
  EXPECT_EQ(executed({run("finished", 1s, 60s, steps)}).outcome.arguments["manual_ns"],
            latest.count());
}

TEST(Procedure, ThatRanMoreThanOnceIsAsGoodAsItsWorstRun) {
  const auto quick = run("finished", 1s, 11s);
  const auto slow = run("finished", 20s, 40s);
  const auto failed = run("failed", 50s, 51s, {step(0, "failed", 50s, 51s)});
  auto other = run("finished", 1s, 900s);
  other.name = "other";
  EXPECT_EQ(executed({quick, slow, quick, other}).measured->low, 20s);
  EXPECT_EQ(executed({slow, failed, slow}).failure, "chaos.ProcedureFailed");
  auto unfinished = run("started", 60s, 61s);
  unfinished.finished.reset();
  EXPECT_EQ(executed({slow, unfinished}).outcome.key, "judge.procedure.unfinished");
  EXPECT_EQ(executed({unfinished, unfinished}).from, 60s);
  EXPECT_EQ(executed({other}).outcome.key, "judge.procedure.never-run");
}

TEST(Procedure, TellsAStepInEveryLanguageOfThePlan) {
  auto failed = run("failed", 1s, 9s, {step(0, "failed", 1s, 9s)});
  failed.steps[0].title.by_language = {{"en", "restore"}, {"fr", "restaurer"}};
  const json both{{"en", "1 (restore)"}, {"fr", "1 (restaurer)"}};
  EXPECT_EQ(executed({failed}).outcome.arguments["step"], both);
  failed.steps[0].title.by_language = {{"en", "restore"}};
  EXPECT_EQ(executed({failed}).outcome.arguments["step"], (json{{"en", "1 (restore)"}}));
}

TEST(Procedure, IsTheFaultOfAStepOfWhichNobodyKnowsHowLongItWasWaitedFor) {
  auto by_hand = run("failed", 1s, 99s, {step(1, "failed", 2s, 3s, true)});
  EXPECT_EQ(executed({by_hand}).outcome.key, "judge.procedure.nobody");
  EXPECT_EQ(executed({by_hand}, {{"within", "1s"}}).outcome.key, "judge.procedure.nobody")
      << "nor does the time tell of the plan then";
  auto unbegun = by_hand;
  unbegun.steps[0].started.reset();
  EXPECT_EQ(executed({unbegun}).failure, "chaos.ProcedureFailed");
  by_hand.steps[0].finished.reset();
  EXPECT_EQ(executed({by_hand}).failure, "chaos.ProcedureFailed");
}

TEST(Procedure, ThatWasNotExecutedIsAMissWhereEverythingWasBroken) {
  const auto judged = [](const Story& story) {
    return alone(story, "procedure", {{"run", "restart"}}).status;
  };
  const Story killed = Story().kill(6s).procedure(9s, "not-executed");
  EXPECT_EQ(judged(killed), Status::fail);
  EXPECT_EQ(judged(Story(killed).ends("aborted")), Status::inconclusive);
  EXPECT_EQ(judged(Story(killed).declare("cut")), Status::inconclusive);
  Story failed = Story(killed).declare("cut");
  failed.note_fault(7s, "cut", 0, "injecting").note_fault(7s, "cut", 0, "failed", {{"why", "no"}});
  EXPECT_EQ(judged(failed), Status::inconclusive);
  Story unarmed = Story(killed).declare("cut").note_fault(7s, "cut", 0, "injecting");
  EXPECT_EQ(judged(unarmed), Status::inconclusive);
}

}  // namespace
}  // namespace reprise::testing
