// The exact limits of log and procedure.
#include <gtest/gtest.h>

#include "tests/judge/alone.h"

namespace reprise::testing {
namespace {

json logged(const json& more = json::object()) {
  return with({{"service", "server"}, {"matches", "switched"}}, more);
}

Finding judged_log(const Story& story, const json& options) { return alone(story, "log", options); }

// Commanded at 6 s, the first victim at 6.005 s, healed at 16 s; the journal ends at 30 s.
Story printed_at(Duration at) {
  Story story;
  story.cut(6s, 16s).says(at, "server", "switched").says(1s, "server", "hello");
  return story;
}

TEST(LogLimits, BeginWithTheCommandAndCountFromTheVictim) {
  EXPECT_EQ(judged_log(printed_at(6s), logged()).measured->low, 0s);
  EXPECT_EQ(judged_log(printed_at(5999ms), logged()).failure, "chaos.LogMissing");
  const Finding later = judged_log(printed_at(8005ms), logged({{"within", "3s"}}));
  EXPECT_EQ(later.measured->low, 2s);
  EXPECT_EQ(later.from, 6005ms);
  EXPECT_EQ(later.to, 9005ms);
  EXPECT_EQ(later.limit, 3s);
}

TEST(LogLimits, EndWithTheFaultWhenAsked) {
  const json during = logged({{"during", "fault"}});
  EXPECT_EQ(judged_log(printed_at(16s), during).status, Status::pass);
  EXPECT_EQ(judged_log(printed_at(16001ms), during).status, Status::fail);
  EXPECT_EQ(judged_log(printed_at(17s), with(during, {{"within", "20s"}})).status, Status::fail);
  EXPECT_EQ(judged_log(printed_at(9s), with(during, {{"within", "1s"}})).status, Status::fail);
  EXPECT_EQ(judged_log(printed_at(17s), logged()).status, Status::pass);
  EXPECT_EQ(judged_log(Story().says(7s, "server", "switched"), during).outcome.key,
            "judge.no-bite");
}

TEST(LogLimits, AreTheWholeDrillWithoutAFault) {
  const Story plain = Story().says(1s, "server", "switched");
  EXPECT_EQ(judged_log(plain, logged()).measured->low, 1s);
  Story blunt;
  blunt.declare("cut").strike("cut", 6s, 16s, 0, false).says(7s, "server", "switched");
  EXPECT_EQ(judged_log(blunt, logged()).outcome.key, "judge.no-bite");
  EXPECT_EQ(judged_log(blunt, logged({{"during", "all"}})).status, Status::pass);
}

TEST(LogLimits, ProveNothingWhenTheDrillEndedBefore) {
  const Story never = printed_at(2s);
  EXPECT_EQ(judged_log(never, logged({{"within", "23995ms"}})).failure, "chaos.LogMissing");
  EXPECT_EQ(judged_log(never, logged({{"within", "23996ms"}})).outcome.key, "judge.log.cut-short");
}

TEST(LogLimits, OfASilenceProveNothingWhenTheDrillEndedBefore) {
  const json silent{{"service", "server"}, {"matches", "panic"}, {"absent", true}};
  const Story story = printed_at(2s);
  EXPECT_EQ(judged_log(story, with(silent, {{"within", "23995ms"}})).status, Status::pass);
  EXPECT_EQ(judged_log(story, with(silent, {{"within", "23996ms"}})).outcome.key,
            "judge.log.cut-short");
}

TEST(LogLimits, CountLinesOfThatServiceOnly) {
  Story story = printed_at(8s);
  story.says(9s, "bank", "switched").says(10s, "server", "switched again");
  const Finding two = judged_log(story, logged({{"at-least", 2}}));
  EXPECT_EQ(two.measured->low, 10s - 6005ms);
  EXPECT_EQ(two.outcome.arguments["count"], 2);
  const Finding three = judged_log(story, logged({{"at-least", 3}}));
  EXPECT_EQ(three.status, Status::fail);
  EXPECT_EQ(three.outcome.arguments["count"], 2);
  EXPECT_EQ(three.cause->log_line, "switched again");
  EXPECT_EQ(judged_log(story, with(logged(), {{"service", "unknown"}})).status, Status::fail);
}

TEST(LogLimits, OfEvidenceMakeNothingOfTooFewLines) {
  const json evidence = logged({{"evidence", true}});
  EXPECT_EQ(judged_log(printed_at(8s), evidence).status, Status::pass);
  const Finding none = judged_log(printed_at(2s), evidence);
  EXPECT_EQ(none.status, Status::inconclusive);
  EXPECT_EQ(none.outcome.key, "judge.log.no-evidence");
  EXPECT_EQ(none.outcome.arguments["wanted"], 1);
  EXPECT_FALSE(none.cause);
}

TEST(LogLimits, ProveNothingWhereLinesWereLeftOut) {
  Record record = printed_at(2s).record();
  const auto server = static_cast<std::uint16_t>(std::ranges::find(record.log_services, "server") -
                                                 record.log_services.begin());
  record.log.push_back({20s, server, "[reprise: 7 lines left out]", true});
  record.log.back().unsearched = true;
  const json silent{{"service", "server"}, {"matches", "panic"}, {"absent", true}};
  EXPECT_EQ(alone(record, "log", logged()).outcome.key, "judge.log.gaps");
  EXPECT_EQ(alone(record, "log", silent).outcome.key, "judge.log.gaps");
  // The last line before the gap came at 2 s: what is missing may have come in the first second.
  const json soon{{"within", "1s"}};
  EXPECT_EQ(alone(record, "log", with(silent, soon)).outcome.key, "judge.log.gaps");
  record.log.insert(record.log.end() - 1, {10s, server, "still here"});
  EXPECT_EQ(alone(record, "log", with(silent, soon)).status, Status::pass);
  record.log.back().line = "panic";
  EXPECT_EQ(alone(record, "log", silent).outcome.key, "judge.log.gaps") << "nobody printed it";
}

// Printed by the server at 20 s, but not kept whole.
Record with_line(LogLine line) {
  Record record = printed_at(2s).record();
  line.at = 20s;
  line.service = static_cast<std::uint16_t>(std::ranges::find(record.log_services, "server") -
                                            record.log_services.begin());
  record.log.push_back(line);
  return record;
}

TEST(LogLimits, CountWhatWasFoundBeforeALineWasCut) {
  LogLine line;
  line.cut = true;
  line.line = "a long line";
  line.found["switched"] = 1;
  EXPECT_EQ(alone(with_line(line), "log", logged()).status, Status::pass);
  line.found.clear();
  EXPECT_EQ(alone(with_line(line), "log", logged()).failure, "chaos.LogMissing");
  const json at_its_end{{"service", "server"}, {"matches", "line$"}};
  EXPECT_EQ(alone(with_line(line), "log", at_its_end).failure, "chaos.LogMissing")
      << "where it was cut is not its end";
  line.unsearched = true;
  EXPECT_EQ(alone(with_line(line), "log", logged()).outcome.key, "judge.log.gaps");
}

TEST(LogLimits, CountWhatWasFoundInLinesThatWereLeftOut) {
  LogLine line;
  line.gap = true;
  line.line = "[reprise: 9 lines left out]";
  line.found["switched"] = 3;
  Record record = with_line(line);
  EXPECT_EQ(alone(record, "log", logged()).outcome.key, "judge.log.gaps")
      << "they may have been printed before the fault";
  line.found.clear();
  EXPECT_EQ(alone(with_line(line), "log", logged()).failure, "chaos.LogMissing")
      << "they were searched before they were left out";
  record.log.insert(record.log.end() - 1, {7s, record.log.back().service, "still here"});
  EXPECT_EQ(alone(record, "log", logged({{"at-least", 3}})).status, Status::pass);
  EXPECT_EQ(alone(record, "log", logged({{"at-least", 4}})).failure, "chaos.LogMissing");
}

TEST(LogLimits, AreHeldAfterEachIncidentOnlyWhereATimeCountsFromIt) {
  Story story = Story().declare("kill", 2).says(7s, "server", "switched");
  story.strike("kill", 6s, std::nullopt, 0).strike("kill", 12s, std::nullopt, 1);
  EXPECT_EQ(judged_log(story, logged()).status, Status::pass);
  EXPECT_EQ(judged_log(story, logged({{"within", "5s"}})).failure, "chaos.LogMissing");
  story.says(13s, "server", "switched");
  EXPECT_EQ(judged_log(story, logged({{"within", "5s"}})).status, Status::pass);
}

TEST(Log, StatesWhatItDemands) {
  auto key = [](const json& more) {
    return judged_log(printed_at(8s), logged(more)).statement.key;
  };
  EXPECT_EQ(key(json::object()), "judge.log.statement");
  EXPECT_EQ(key({{"within", "5s"}}), "judge.log.statement-within");
  EXPECT_EQ(key({{"absent", true}}), "judge.log.statement-absent");
  EXPECT_EQ(key({{"absent", true}, {"within", "5s"}}), "judge.log.statement-absent-within");
}

TEST(Log, ThatIsForbiddenShowsTheLine) {
  const Finding finding = judged_log(printed_at(8s), logged({{"absent", true}, {"within", "5s"}}));
  EXPECT_EQ(finding.failure, "chaos.LogForbidden");
  EXPECT_EQ(finding.cause->log_at, 8s);
  EXPECT_FALSE(finding.limit);
}

TEST(Log, NeedsAPatternThatCanBeRead) {
  EXPECT_EQ(judged_log(printed_at(8s), logged({{"matches", "("}})).outcome.key, "judge.unreadable");
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

TEST(LogLimits, AreHeldAgainstTheLineWithWhichThereWereEnough) {
  const Story story = printed_at(8s).says(10s, "server", "switched");
  EXPECT_EQ(judged_log(story, logged()).measured->high, 8s - 6005ms);
  EXPECT_EQ(judged_log(story, logged({{"at-least", 2}})).measured->high, 10s - 6005ms);
}

TEST(LogLimits, CountFromNoIncidentThatIsNotThere) {
  EXPECT_EQ(judged_log(printed_at(8s), logged({{"incident", "nobody"}})).outcome.key,
            "judge.no-bite");
}

}  // namespace
}  // namespace reprise::testing
