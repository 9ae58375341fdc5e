// rpo, no-loss and no-duplicates: a story that passes, one that fails, one that proves nothing.
#include <gtest/gtest.h>

#include "tests/judge/alone.h"

namespace reprise::testing {
namespace {

// A write every 50 ms until the fault at 10 s and after it, from 12 s to 14 s. Nothing is healed:
// the recover phase begins at 13 s.
class LedgerAssertions : public ::testing::Test {
 protected:
  LedgerAssertions() : record_(Story().kill(10s).phases(5s, 13s, 13s, 30s).record()) {
    record_.plan.ledgers["readings"].name = "readings";
    for (Duration at = 0s; at < 14s; at += 50ms) {
      if (at >= 10s && at < 12s) continue;
      LedgerEntry entry;
      entry.sent = at;
      entry.answered = at + 2ms;
      entry.outcome = WriteOutcome::acknowledged;
      entry.copies = 1;
      ledger().entries.push_back(entry);
    }
    ledger().readings = 2;
    ledger().settled = true;
  }
  LedgerRecord& ledger() { return record_.ledgers["readings"]; }
  void lose(Duration from, Duration to) {
    for (auto& entry : ledger().entries) {
      if (entry.sent >= from && entry.sent < to) entry.copies = 0;
    }
  }
  [[nodiscard]] Finding rpo(const std::string& at_most, json more = json::object()) const {
    return alone(record_, "rpo", with({{"ledger", "readings"}, {"at-most", at_most}}, more));
  }
  [[nodiscard]] Finding no_loss() const {
    return alone(record_, "no-loss", {{"ledger", "readings"}});
  }
  [[nodiscard]] Finding no_duplicates() const {
    return alone(record_, "no-duplicates", {{"ledger", "readings"}});
  }
  Record record_;
};

TEST_F(LedgerAssertions, PassWhereNothingIsLost) {
  EXPECT_EQ(rpo("1h").status, Status::pass);
  // The newest was sent at 9.95 s, and the fault was in place a millisecond after 10 s.
  EXPECT_EQ(rpo("1h").measured->high, 51ms) << "as finely as it was written";
  EXPECT_TRUE(rpo("1h").notes.empty());
  EXPECT_EQ(rpo("51ms").status, Status::pass);
  EXPECT_EQ(rpo("50ms").outcome.key, "judge.too-coarse");
  EXPECT_EQ(no_loss().status, Status::pass);
  EXPECT_EQ(no_duplicates().status, Status::pass);
}

TEST_F(LedgerAssertions, ProveNothingByTooFewWrites) {
  lose(9950ms, 10s);
  std::erase_if(ledger().entries, [](const LedgerEntry& entry) { return entry.sent < 9s + 50ms; });
  EXPECT_EQ(rpo("1h").outcome.key, "judge.ledger.few");
  EXPECT_EQ(rpo("1ms").failure, "chaos.RpoExceeded") << "a miss is one all the same";
}

TEST_F(LedgerAssertions, HoldTheUpperEndAgainstTheObjective) {
  lose(9s, 10s);
  // Kept, and sent, at 8.95 s; the fault was in place a millisecond after 10 s.
  const Duration upper = 10001ms - 8950ms;
  EXPECT_EQ(rpo(format_duration(upper)).status, Status::pass);
  const Finding missed = rpo(format_duration(upper - 1ms));
  EXPECT_EQ(missed.status, Status::fail);
  EXPECT_EQ(missed.failure, "chaos.RpoExceeded");
  EXPECT_EQ(missed.measured->low, 10s - 9002ms);
  EXPECT_EQ(rpo("998ms").outcome.key, "judge.rpo.not-shown");
  EXPECT_EQ(rpo("997ms").outcome.key, "judge.rpo.exceeded");
  ASSERT_TRUE(missed.cause);
  EXPECT_EQ(no_loss().failure, "chaos.DataLost");
  EXPECT_EQ(no_duplicates().status, Status::pass);
}

TEST_F(LedgerAssertions, SayHowFineTheyAreBesideALoss) {
  lose(9s, 10s);
  for (const Finding& finding : {rpo("1h"), no_loss()}) {
    EXPECT_EQ(finding.outcome.arguments["resolution_ns"], Duration(50ms).count());
  }
  lose(0s, 10s);  // as far back as there is a ledger
  EXPECT_EQ(rpo("1h").outcome.arguments["resolution_ns"], Duration(50ms).count());
}

TEST_F(LedgerAssertions, SayWhatACompressedObjectiveIsInReality) {
  record_.scenario.compress = Compression{3600, 24h, "dumps"};
  AssertionSpec spec;
  spec.kind = spec.name = "rpo";
  spec.objective = "rpo";
  spec.options = {{"ledger", "readings"}, {"at-most", "1s"}};
  const Finding finding = Registry<AssertionKind>::find("rpo")->judge(spec, record_);
  EXPECT_EQ(finding.statement.key, "judge.rpo.statement-compressed");
  EXPECT_EQ(finding.statement.arguments["real_ns"], Duration(1h).count());
  EXPECT_EQ(finding.statement.arguments["period_ns"], Duration(24h).count());
  EXPECT_EQ(finding.statement.arguments["drilled_ns"], Duration(24s).count());
  EXPECT_EQ(finding.limit, 1s);
  // So are the bounds that a scenario sets itself, and what was measured.
  lose(9s, 10s);
  const Finding missed = rpo("1s");
  EXPECT_EQ(missed.statement.arguments["real_ns"], Duration(1h).count());
  EXPECT_EQ(missed.outcome.arguments["high_ns"], Duration(1051ms).count());
  EXPECT_EQ(missed.outcome.arguments["real_high_ns"], Duration(1051ms * 3600).count());
}

TEST_F(LedgerAssertions, CountFromTheIncidentThatIsNamed) {
  lose(9s, 10s);
  FaultRecord earlier = record_.faults.front();
  earlier.id = "earlier";
  earlier.commanded = earlier.armed = 5s;
  record_.faults.insert(record_.faults.begin(), earlier);
  EXPECT_EQ(rpo("1h", {{"incident", record_.faults.back().id}}).measured->low, 10s - 9002ms);
  EXPECT_EQ(rpo("1h", {{"incident", "nobody"}}).status, Status::inconclusive);
}

TEST_F(LedgerAssertions, FailWhenEverythingIsLostHoweverLongTheObjective) {
  lose(0s, 10s);
  const Finding finding = rpo("1h");
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.outcome.key, "judge.rpo.past-the-start");
}

TEST_F(LedgerAssertions, FailOnAHoleWhateverTheObjective) {
  lose(5s, 5100ms);
  EXPECT_EQ(rpo("1h").failure, "chaos.DataHoles");
}

TEST_F(LedgerAssertions, FailOnWhatWasAcknowledgedAfterTheFailureUnlessAllowed) {
  lose(9900ms, 12100ms);
  EXPECT_EQ(rpo("1h").failure, "chaos.LostAfterFailure");
  const json allowed{{"acknowledged-after-failure", "allowed"}};
  EXPECT_EQ(rpo("1h", allowed).status, Status::pass);
  lose(13s, 13200ms);
  EXPECT_EQ(rpo("1h", allowed).failure, "chaos.LostAfterRecovery")
      << "nothing was in place any more";
}

TEST_F(LedgerAssertions, AllowNoLossOfWhatWasSentWhenEverythingWasOver) {
  const json allowed{{"acknowledged-after-failure", "allowed"}};
  ProcedureRecord restore;
  restore.started = 11s;
  restore.finished = 12s + 50ms;
  record_.procedures.push_back(restore);
  lose(9900ms, 12100ms);
  EXPECT_EQ(rpo("1h", allowed).status, Status::pass) << "the last was sent at 12.05 s";
  lose(12100ms, 12150ms);
  EXPECT_EQ(rpo("1h", allowed).failure, "chaos.LostAfterRecovery");
  std::erase_if(ledger().entries, [](const LedgerEntry& entry) { return entry.sent >= 12100ms; });
  EXPECT_EQ(rpo("1h", allowed).outcome.key, "judge.rpo.nobody-wrote");
  for (auto& entry : ledger().entries) entry.copies = 1;
  EXPECT_EQ(rpo("1h", allowed).outcome.key, "judge.rpo.nobody-wrote");
  EXPECT_EQ(rpo("1h").status, Status::pass) << "no restore is spoken of";
  lose(0s, 10s);
  EXPECT_EQ(rpo("1h", allowed).outcome.key, "judge.rpo.past-the-start") << "a miss is one";
}

TEST_F(LedgerAssertions, FailOnPhantomsCopiesAndOtherContents) {
  const Record sound = record_;
  ledger().strays = 1;
  EXPECT_EQ(rpo("1h").failure, "chaos.DataPhantom");
  EXPECT_EQ(no_loss().failure, "chaos.DataPhantom");
  record_ = sound;
  ledger().entries[3].copies = 2;
  EXPECT_EQ(rpo("1h").failure, "chaos.DataDuplicated");
  EXPECT_EQ(no_duplicates().failure, "chaos.DataDuplicated");
  record_.plan.ledgers["readings"].copies = 2;
  EXPECT_EQ(no_duplicates().status, Status::pass);
  record_ = sound;
  ledger().entries[3].corrupted = true;
  EXPECT_EQ(no_loss().failure, "chaos.DataCorrupted");
}

TEST_F(LedgerAssertions, ProveNothingWithoutReadings) {
  const Record sound = record_;
  ledger().settled = false;
  for (const auto& finding : {rpo("1h"), no_loss(), no_duplicates()}) {
    EXPECT_EQ(finding.status, Status::inconclusive);
    EXPECT_EQ(finding.outcome.key, "judge.ledger.unsettled");
  }
  record_ = sound;
  ledger().problem = "refused";
  EXPECT_EQ(rpo("1h").outcome.key, "judge.ledger.unreadable");
  record_.plan.ledgers.clear();
  EXPECT_EQ(rpo("1h").outcome.key, "judge.ledger.unread");
  record_ = sound;
  record_.ledgers.clear();
  EXPECT_EQ(rpo("1h").outcome.key, "judge.ledger.unread");
  EXPECT_EQ(no_loss().status, Status::inconclusive);
}

TEST_F(LedgerAssertions, ProveNothingWithTooFewAcknowledgements) {
  ledger().entries.resize(19);
  for (const auto& finding : {rpo("1h"), no_loss(), no_duplicates()}) {
    EXPECT_EQ(finding.status, Status::inconclusive);
  }
  for (auto& entry : ledger().entries) entry.outcome = WriteOutcome::unknown;
  EXPECT_EQ(rpo("1h").outcome.key, "judge.ledger.no-answers");
}

TEST_F(LedgerAssertions, ProveNothingFinerThanWhatWasWritten) {
  EXPECT_EQ(rpo("49ms").outcome.key, "judge.too-coarse");
}

TEST_F(LedgerAssertions, ProveNothingWithoutAFault) {
  record_.faults.clear();
  EXPECT_EQ(rpo("1h").status, Status::inconclusive);
  EXPECT_EQ(no_loss().status, Status::inconclusive);
}

TEST_F(LedgerAssertions, GiveTheirFiguresToTheVerdict) {
  AssertionSpec spec;
  spec.kind = spec.name = "no-loss";
  spec.options = {{"ledger", "readings"}};
  record_.scenario.assertions.push_back(spec);
  lose(9s, 10s);
  const Verdict verdict = judge(record_);
  ASSERT_EQ(verdict.ledgers.size(), 1U);
  EXPECT_EQ(verdict.ledgers[0].ledger, "readings");
  EXPECT_EQ(verdict.ledgers[0].loss.lost, 20U);
  EXPECT_EQ(verdict.status, Status::fail);
}

TEST_F(LedgerAssertions, ProveNothingWhereTheUpperEndIsBelowZero) {
  // The first failure took until 20 s to be in place; the last was in place before the kept write.
  FaultRecord last = record_.faults.front();
  record_.faults.front().armed = 20s;
  last.id = "last";
  last.commanded = 11s;
  last.armed = 11001ms;
  record_.faults.push_back(last);
  lose(13s, 14s);
  const Finding finding = rpo("1h", {{"incident", "each"}});
  EXPECT_EQ(finding.status, Status::inconclusive);
  EXPECT_EQ(finding.outcome.key, "judge.rpo.not-by-it");
}

TEST_F(LedgerAssertions, AreSureOfALossOnlyWhereEveryFailureMayHaveCausedIt) {
  FaultRecord later = record_.faults.front();
  later.id = "later";
  later.commanded = 13s;
  later.armed = 13001ms;
  record_.faults.push_back(later);
  lose(9s, 10s);
  // Sent at 8.95 s and kept: the first reaches back 1.051 s, the last 4.051 s.
  const json each{{"incident", "each"}};
  EXPECT_EQ(rpo("4051ms", each).outcome.key, "judge.rpo.several-failures")
      << "a hole for the last of them";
  EXPECT_EQ(rpo("1051ms", each).outcome.key, "judge.rpo.several-failures");
  EXPECT_EQ(rpo("1050ms", each).failure, "chaos.RpoExceeded");
  std::erase_if(ledger().entries, [](const LedgerEntry& entry) { return entry.sent >= 10s; });
  EXPECT_EQ(rpo("4051ms", each).status, Status::pass);
  EXPECT_EQ(rpo("4050ms", each).outcome.key, "judge.rpo.several-failures");
}

TEST_F(LedgerAssertions, NeedTwentyAcknowledgements) {
  ledger().entries.resize(20);
  for (const auto& finding : {rpo("1h"), no_loss(), no_duplicates()}) {
    EXPECT_EQ(finding.status, Status::pass);
  }
}

TEST_F(LedgerAssertions, DateWhatWasAcknowledgedAfterTheFailure) {
  lose(9900ms, 12100ms);
  const auto expect_dated = [](const Message& told) {
    EXPECT_EQ(told.arguments["count"], 2);
    EXPECT_EQ(told.arguments["first_ns"], Duration(12002ms).count());
    EXPECT_EQ(told.arguments["last_ns"], Duration(12052ms).count());
    EXPECT_EQ(told.arguments["span_ns"], Duration(50ms).count());
  };
  expect_dated(rpo("1h").outcome);
  const Finding allowed = rpo("1h", {{"acknowledged-after-failure", "allowed"}});
  ASSERT_EQ(allowed.notes.size(), 1U);
  EXPECT_EQ(allowed.notes[0].key, "judge.rpo.set-aside");
  expect_dated(allowed.notes[0]);
}

TEST_F(LedgerAssertions, AllowEveryLossAfterAFailureThatWasNeverHealed) {
  record_.faults.front().nature = Nature::condition;
  lose(13s, 13200ms);
  EXPECT_EQ(rpo("1h").failure, "chaos.LostAfterFailure");
  const Finding allowed = rpo("1h", {{"acknowledged-after-failure", "allowed"}});
  EXPECT_EQ(allowed.failure, "") << "it was never over";
  EXPECT_EQ(allowed.notes.size(), 1U);
}

}  // namespace
}  // namespace reprise::testing
