// restore: a story that passes, and one stopped at each rung; the ladder that the reports show.
#include <set>

#include <gtest/gtest.h>

#include "tests/judge/alone.h"

namespace reprise::testing {
namespace {

// Killed at 6 s; a procedure of four steps, a rung each, from 7 s on, a step a second.
class Restore : public ::testing::Test {
 protected:
  Restore() {
    json steps = json::array();
    for (const auto rung : step_rungs) {
      steps.push_back({{"kind", "command"},
                       {"options", {{"value", json::object()}}},
                       {"within", "1min"},
                       {"rung", rung}});
    }
    story_.plan()["system"]["procedures"]["restart"]["steps"] = steps;
    story_.kill(6s).procedure(7s, "started");
  }
  // Steps up to the one that ends otherwise, which ends the procedure.
  Story& run(int steps, const std::string& last = "finished", Duration begun = 7s) {
    for (int i = 0; i < steps; ++i) {
      story_.step(begun + i * 1s, i, "started");
      story_.step(begun + i * 1s + 1s, i, i + 1 < steps ? "finished" : last);
    }
    const bool done = steps == 4 && last == "finished";
    return story_.procedure(begun + steps * 1s, done ? "finished" : "failed");
  }
  // With a ledger that holds all that was written.
  Record record() {
    Record out = story_.record();
    out.plan.ledgers["readings"].name = "readings";
    LedgerRecord& ledger = out.ledgers["readings"];
    for (Duration at = 0s; at < 14s; at += 50ms) {
      LedgerEntry entry;
      entry.sent = at;
      entry.answered = at + 2ms;
      entry.outcome = WriteOutcome::acknowledged;
      entry.copies = 1;
      ledger.entries.push_back(entry);
    }
    ledger.readings = 2;
    ledger.settled = true;
    AssertionSpec looks;
    looks.kind = looks.name = "no-loss";
    looks.options = {{"ledger", "readings"}};
    out.scenario.assertions.push_back(looks);
    return out;
  }
  static Finding judged_restore(const Record& record, const json& more = json::object()) {
    return alone(record, "restore", with({{"run", "restart"}}, more));
  }
  Story story_;
};

TEST_F(Restore, PassesWhenEveryRungIsClimbedInTime) {
  run(4);
  const Finding finding = judged_restore(record());
  EXPECT_EQ(finding.status, Status::pass);
  // The last step ended at 11 s; the kill was commanded at 6 s and in place a millisecond later.
  EXPECT_EQ(finding.measured->low, 4999ms);
  EXPECT_EQ(finding.measured->high, 5s);
  EXPECT_EQ(judged_restore(record(), {{"within", "5s"}}).status, Status::pass);
  const Finding late = judged_restore(record(), {{"within", "4999ms"}});
  EXPECT_EQ(late.failure, "chaos.RestoreTooSlow");
  EXPECT_EQ(judged_restore(record(), {{"within", "3s"}, {"to", "server"}}).status, Status::pass);
}

TEST_F(Restore, FailsAtTheRungWhoseStepFailed) {
  run(3, "failed");
  const Finding finding = judged_restore(record());
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.failure, "chaos.RestoreFailed");
  EXPECT_EQ(finding.outcome.arguments.at("rung_key"), "rung.structure");
  EXPECT_TRUE(finding.cause);
  EXPECT_TRUE(finding.others.empty()) << "it is told once, though there are rungs above";
  EXPECT_EQ(judged_restore(record(), {{"to", "server"}}).failure, "chaos.RestoreFailed")
      << "a procedure that failed above the wanted rung failed all the same";
}

TEST_F(Restore, ReportsTheFailedStepAndTheLimitThatWasMissed) {
  run(3, "failed");
  const Finding both = judged_restore(record(), {{"to", "backup"}, {"within", "1s"}});
  ASSERT_EQ(both.others.size(), 1U);
  EXPECT_EQ((std::set{both.failure, both.others.front().failure}),
            (std::set<std::string>{"chaos.RestoreFailed", "chaos.RestoreTooSlow"}));
  const Finding known = judged_restore(record(), {{"to", "backup"}, {"within", "2s"}});
  EXPECT_EQ(known.failure, "chaos.RestoreFailed");
  EXPECT_TRUE(known.others.empty()) << "the backup was complete 2 s after the kill";
}

TEST_F(Restore, ReportsTheFailedStepWhereNoProcedureAssertionNamesIt) {
  run(3, "failed");
  Record named = record();
  AssertionSpec procedure;
  procedure.kind = procedure.name = "procedure";
  procedure.options = {{"run", "other"}};
  named.scenario.assertions.push_back(procedure);
  EXPECT_EQ(judged_restore(named, {{"to", "backup"}}).failure, "chaos.RestoreFailed");
  named.scenario.assertions.back().options = {{"run", "restart"}};
  EXPECT_EQ(judged_restore(named, {{"to", "backup"}}).status, Status::pass)
      << "it is reported there";
}

TEST_F(Restore, IsNotSilencedByAProcedureAssertionThatToleratesFailure) {
  run(3, "failed");
  Record tolerated = record();
  AssertionSpec procedure;
  procedure.kind = procedure.name = "procedure";
  procedure.options = {{"run", "restart"}, {"allow-failed", true}};
  tolerated.scenario.assertions.push_back(procedure);
  EXPECT_EQ(Registry<AssertionKind>::find("procedure")->judge(procedure, tolerated).status,
            Status::pass);
  AssertionSpec restore;
  restore.kind = restore.name = "restore";
  restore.options = {{"run", "restart"}, {"to", "backup"}};
  tolerated.scenario.assertions.push_back(restore);
  EXPECT_EQ(Registry<AssertionKind>::find("restore")->judge(restore, tolerated).failure,
            "chaos.RestoreFailed");
}

TEST_F(Restore, CountsFromTheIncidentThatTheRunAnswers) {
  run(4);
  story_.declare("crash").strike("crash", 21s, std::nullopt).procedure(21s, "started");
  run(4, "finished", 21s);
  const json each{{"incident", "each"}, {"within", "5s"}};
  EXPECT_EQ(judged_restore(record(), each).status, Status::pass);
  EXPECT_EQ(judged_restore(record(), each).measured->high, 5s);
}

TEST_F(Restore, FailsBelowTheRungThatAFailedStepWasToLeadTo) {
  json& steps = story_.plan()["system"]["procedures"]["restart"]["steps"];
  steps[1].erase("rung");
  run(2, "failed");
  EXPECT_EQ(judged_restore(record(), {{"to", "structure"}}).outcome.arguments.at("rung_key"),
            "rung.structure");
}

TEST_F(Restore, FailsWhereTheLedgerHoldsWhatItShouldNot) {
  run(4);
  Record broken = record();
  broken.ledgers["readings"].strays = 1;
  EXPECT_EQ(judged_restore(broken).failure, "chaos.DataPhantom");
  EXPECT_EQ(judged_restore(broken, {{"to", "structure"}}).status, Status::pass);
}

TEST_F(Restore, FailsWhereTheLedgerHoldsNothingOfBefore) {
  run(4);
  Record emptied = record();
  for (auto& entry : emptied.ledgers["readings"].entries) entry.copies = 0;
  EXPECT_EQ(judged_restore(emptied).failure, "chaos.DataLost");
  EXPECT_EQ(judge(emptied).ladders[0].rungs[3].why->key, "judge.restore.ledger-lost");
}

TEST_F(Restore, ProvesNothingByALedgerThatBeganTooLate) {
  run(4);
  Record late = record();
  std::erase_if(late.ledgers["readings"].entries,
                [](const LedgerEntry& entry) { return entry.sent < 5s + 50ms; });
  EXPECT_EQ(judged_restore(late).outcome.key, "judge.ledger.few");
  EXPECT_EQ(judged_restore(late, {{"to", "structure"}}).status, Status::pass);
}

TEST_F(Restore, DoesNotAskHowMuchTheLedgerLost) {
  run(4);
  Record lossy = record();
  for (auto& entry : lossy.ledgers["readings"].entries) entry.copies = entry.sent < 5s ? 1 : 0;
  EXPECT_EQ(judged_restore(lossy).status, Status::pass);
}

TEST_F(Restore, ProvesNothingWithoutAllOfItsRungs) {
  run(4);
  Record unread = record();
  unread.ledgers["readings"].settled = false;
  EXPECT_EQ(judged_restore(unread).outcome.key, "judge.ledger.unsettled");
  unread.scenario.assertions.clear();
  EXPECT_EQ(judged_restore(unread).outcome.key, "judge.restore.no-rung");
  Record without = record();
  without.plan.procedures["restart"].steps[0].rung.clear();
  EXPECT_EQ(judged_restore(without).outcome.key, "judge.restore.no-rung");
  EXPECT_EQ(judged_restore(Story().kill(6s).record()).outcome.key, "judge.restore.never-run");
  EXPECT_EQ(judged_restore(record(), {{"run", "other"}}).status, Status::inconclusive);
}

TEST_F(Restore, ProvesNothingWhenTheDrillEndedOnTheWay) {
  story_.step(7s, 0, "started");
  story_.step(8s, 0, "finished").step(8s, 1, "started").killed_at(8500ms);
  EXPECT_EQ(judged_restore(record()).outcome.key, "judge.restore.unreached");
}

TEST_F(Restore, ProvesNothingByARunBeforeTheIncident) {
  run(4);
  Record rehearsed = record();
  rehearsed.faults.front().commanded = 7500ms;
  EXPECT_EQ(judged_restore(rehearsed).outcome.key, "judge.restore.never-run");
  rehearsed.faults.clear();
  EXPECT_EQ(judged_restore(rehearsed).outcome.key, "judge.no-bite");
}

TEST_F(Restore, ProvesNothingWhenNobodyWasThere) {
  story_.step(7s, 0, "started", true).step(8s, 0, "failed", true).procedure(8s, "failed");
  EXPECT_EQ(judged_restore(record()).outcome.key, "judge.procedure.nobody");
}

TEST_F(Restore, CountsTheWorstOfSeveralRuns) {
  run(4);
  story_.procedure(12s, "started").step(12s, 0, "started");
  story_.step(13s, 0, "failed").procedure(13s, "failed");
  EXPECT_EQ(judged_restore(record()).failure, "chaos.RestoreFailed");
}

TEST_F(Restore, IsShownRungByRung) {
  run(2, "failed");
  const Verdict verdict = judge(record());
  ASSERT_EQ(verdict.ladders.size(), 1U);
  const Ladder& ladder = verdict.ladders[0];
  EXPECT_EQ(ladder.procedure, "restart");
  EXPECT_EQ(ladder.incident, 6s);
  std::vector<std::string> states;
  for (const Rung& rung : ladder.rungs) {
    states.push_back(rung.name + " " + std::string(rung_state_name(rung.state)));
  }
  const std::vector<std::string> expected{"backup climbed", "server failed", "structure unreached",
                                          "ledger climbed", "health unreached"};
  EXPECT_EQ(states, expected);
  EXPECT_EQ(ladder.rungs[0].started, 7s);
  EXPECT_EQ(ladder.rungs[0].reached, 8s);
  EXPECT_FALSE(ladder.rungs[0].why);
  EXPECT_EQ(ladder.rungs[1].why->key, "judge.restore.step-failed");
  EXPECT_FALSE(ladder.rungs[1].reached);
  EXPECT_TRUE(judge(Story().kill(6s).procedure(7s, "started").record()).ladders.empty())
      << "a procedure without rungs restores nothing";
}

TEST_F(Restore, HasTheLedgersRungFromAllLedgersThatAreLookedAt) {
  run(4);
  Record both = record();
  both.plan.ledgers["others"].name = "others";
  both.scenario.assertions.push_back(both.scenario.assertions.back());
  both.scenario.assertions.back().options = {{"ledger", "others"}};
  const auto rung = [&] { return judge(both).ladders[0].rungs[3]; };
  EXPECT_EQ(rung().state, Rung::State::untold) << "nobody read the others back";
  ASSERT_EQ(rung().steps.size(), 2U);
  EXPECT_EQ(rung().steps[0].in("en"), "others");
  EXPECT_EQ(rung().steps[1].in("en"), "readings");
  both.ledgers["readings"].strays = 1;
  EXPECT_EQ(rung().state, Rung::State::failed);
  both.scenario.assertions.clear();
  EXPECT_EQ(rung().state, Rung::State::absent);
}

TEST_F(Restore, ReportsTheStepThatFailedAndWhatTheLedgerHolds) {
  run(3, "failed");
  Record broken = record();
  broken.ledgers["readings"].strays = 1;
  const Finding both = judged_restore(broken);
  ASSERT_EQ(both.others.size(), 1U);
  EXPECT_EQ((std::set{both.failure, both.others.front().failure}),
            (std::set<std::string>{"chaos.RestoreFailed", "chaos.DataPhantom"}));
}

TEST_F(Restore, NamesTheObjectiveThatWasMissed) {
  run(4);
  AssertionSpec spec;
  spec.kind = spec.name = "restore";
  spec.objective = "rto";
  spec.options = {{"run", "restart"}, {"within", "1s"}};
  EXPECT_EQ(Registry<AssertionKind>::find("restore")->judge(spec, record()).failure,
            "chaos.RtoExceeded");
}

// Of which two steps are.
class RungOfTwoSteps : public Restore {
 protected:
  RungOfTwoSteps() {
    json& steps = story_.plan()["system"]["procedures"]["restart"]["steps"];
    steps[1]["rung"] = steps[0]["rung"];
  }
  Rung rung() { return judge(record()).ladders.at(0).rungs.at(0); }
};

TEST_F(RungOfTwoSteps, IsClimbedByBoth) {
  run(4);
  EXPECT_EQ(rung().state, Rung::State::climbed);
  EXPECT_EQ(rung().started, 7s);
  EXPECT_EQ(rung().reached, 9s);
  EXPECT_EQ(rung().steps.size(), 2U);
}

TEST_F(RungOfTwoSteps, IsNotClimbedWhereTheSecondFailed) {
  run(2, "failed");
  EXPECT_EQ(rung().state, Rung::State::failed);
  EXPECT_FALSE(rung().reached);
}

TEST_F(RungOfTwoSteps, IsNotClimbedWhereTheFirstFailed) {
  run(1, "failed");
  EXPECT_EQ(rung().state, Rung::State::failed) << "the second was never reached";
  EXPECT_EQ(rung().why->key, "judge.restore.step-failed");
}

TEST_F(RungOfTwoSteps, IsNotReachedWhereTheSecondWasNeverBegun) {
  story_.step(7s, 0, "started").step(8s, 0, "finished").killed_at(8500ms);
  EXPECT_EQ(rung().state, Rung::State::unreached);
  EXPECT_EQ(rung().why->key, "judge.restore.step-left");
}

TEST_F(Restore, HasNoLadderWithoutARun) {
  json& steps = story_.plan()["system"]["procedures"]["restart"]["steps"];
  Story idle;
  idle.plan()["system"]["procedures"]["restart"]["steps"] = steps;
  EXPECT_TRUE(judge(idle.kill(6s).procedure(7s, "not-executed").record()).ladders.empty());
}

TEST_F(Restore, ShowsTheLogOfTheInstantAtWhichItsStepFailed) {
  run(3, "failed");  // at 10 s
  story_.says(9900ms, "server", "disk full").says(12s, "server", "giving up");
  EXPECT_EQ(judged_restore(record()).cause->log_line, "disk full");
}

TEST_F(Restore, ProvesNothingByARunThatWasNotExecuted) {
  Story idle = Story().kill(6s).procedure(7s, "not-executed");
  EXPECT_EQ(judged_restore(idle.record()).outcome.key, "judge.restore.never-run");
}

TEST_F(Restore, HasTheLedgersRungFromTheWorstOfThem) {
  run(4);
  Record both = record();
  both.plan.ledgers["others"].name = "others";
  both.scenario.assertions.push_back(both.scenario.assertions.back());
  both.scenario.assertions.back().options = {{"ledger", "others"}};
  both.ledgers["others"] = both.ledgers["readings"];
  both.ledgers["others"].strays = 1;
  both.ledgers["readings"].settled = false;
  EXPECT_EQ(judge(both).ladders[0].rungs[3].state, Rung::State::failed);
  EXPECT_EQ(judged_restore(both).failure, "chaos.DataPhantom");
}

}  // namespace
}  // namespace reprise::testing
