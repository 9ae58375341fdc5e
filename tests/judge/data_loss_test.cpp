// The classes of a ledger and its RPO interval, on histories made by hand and against an oracle
// that follows the definitions word by word.
#include <random>

#include <gtest/gtest.h>

#include "harness/judge/data_loss.h"

namespace reprise {
namespace {

using namespace std::chrono_literals;

constexpr auto acked = WriteOutcome::acknowledged;
constexpr auto refused_write = WriteOutcome::refused;
constexpr auto unsure = WriteOutcome::unknown;

LedgerEntry entry(Duration sent, Duration answered, WriteOutcome outcome, std::uint16_t copies) {
  LedgerEntry one;
  one.sent = sent;
  one.answered = answered;
  one.outcome = outcome;
  one.copies = copies;
  return one;
}

// Acknowledged 10 ms after it was sent, and kept or not.
LedgerEntry written(Duration sent, bool kept) {
  return entry(sent, sent + 10ms, acked, kept ? 1 : 0);
}

// A write every 100 ms from 0 to `until`; those that `lost` names are not kept.
LedgerRecord steady_writes(Duration until, const std::function<bool(Duration)>& lost) {
  LedgerRecord ledger;
  for (Duration at = 0ms; at < until; at += 100ms) ledger.entries.push_back(written(at, !lost(at)));
  ledger.settled = true;
  return ledger;
}

DataLoss loss_of_one(const LedgerEntry& one) {
  LedgerRecord ledger;
  ledger.entries.push_back(one);
  return data_loss(ledger, {{{10s, 10s}}}, 1, false);
}

TEST(DataLoss, ClassesAreThoseOfTheTable) {
  const DataLoss lost = loss_of_one(entry(1s, 2s, acked, 0));
  EXPECT_EQ(lost.lost, 1U);
  EXPECT_EQ(lost.recovered + lost.phantom + lost.duplicated, 0U);
  EXPECT_EQ(loss_of_one(entry(1s, 2s, acked, 1)).lost, 0U);
  EXPECT_EQ(loss_of_one(entry(1s, 2s, unsure, 0)).lost, 0U) << "nobody was promised anything";
  EXPECT_EQ(loss_of_one(entry(1s, 2s, unsure, 1)).recovered, 1U);
  EXPECT_EQ(loss_of_one(entry(1s, 2s, refused_write, 0)).phantom, 0U);
  EXPECT_EQ(loss_of_one(entry(1s, 2s, refused_write, 1)).phantom, 1U);
  EXPECT_EQ(loss_of_one(entry(1s, 2s, acked, 2)).duplicated, 1U);
  LedgerEntry changed = entry(1s, 2s, acked, 1);
  changed.corrupted = true;
  EXPECT_EQ(loss_of_one(changed).corrupted, 1U);
  LedgerEntry late = entry(1s, 2s, acked, 1);
  late.stale = true;
  EXPECT_EQ(loss_of_one(late).stale, 1U);
}

TEST(DataLoss, OfStraysIsPhantom) {
  LedgerRecord ledger;
  ledger.strays = 3;
  EXPECT_EQ(data_loss(ledger, {{{10s, 10s}}}, 1, false).phantom, 3U);
}

TEST(DataLoss, AllowsAsManyCopiesAsItIsTold) {
  LedgerRecord ledger;
  ledger.entries.push_back(entry(1s, 2s, acked, 2));
  EXPECT_EQ(data_loss(ledger, {{{10s, 10s}}}, 2, false).duplicated, 0U);
}

// Every history of three entries: each class is the sum over its entries.
TEST(DataLoss, OfEveryShortHistoryAddsUp) {
  struct Kind {
    WriteOutcome outcome;
    std::uint16_t copies;
    int lost, recovered, phantom, duplicated;
  };
  const std::vector<Kind> kinds{{acked, 0, 1, 0, 0, 0},         {acked, 1, 0, 0, 0, 0},
                                {acked, 2, 0, 0, 0, 1},         {unsure, 0, 0, 0, 0, 0},
                                {unsure, 1, 0, 1, 0, 0},        {unsure, 2, 0, 1, 0, 1},
                                {refused_write, 0, 0, 0, 0, 0}, {refused_write, 1, 0, 0, 1, 0},
                                {refused_write, 2, 0, 0, 1, 1}};
  for (const Kind& one : kinds) {
    for (const Kind& two : kinds) {
      for (const Kind& three : kinds) {
        LedgerRecord ledger;
        Duration at = 1s;
        for (const Kind& kind : {one, two, three}) {
          ledger.entries.push_back(entry(at, at + 10ms, kind.outcome, kind.copies));
          at += 1s;
        }
        const DataLoss loss = data_loss(ledger, {{{10s, 10s}}}, 1, false);
        EXPECT_EQ(loss.lost, std::uint64_t(one.lost + two.lost + three.lost));
        EXPECT_EQ(loss.recovered, std::uint64_t(one.recovered + two.recovered + three.recovered));
        EXPECT_EQ(loss.phantom, std::uint64_t(one.phantom + two.phantom + three.phantom));
        EXPECT_EQ(loss.duplicated,
                  std::uint64_t(one.duplicated + two.duplicated + three.duplicated));
      }
    }
  }
}

TEST(DataLoss, OfTheLastSecondReachesBackThatFar) {
  const auto ledger = steady_writes(10s, [](Duration at) { return at >= 9s; });
  const DataLoss loss = data_loss(ledger, {{{10s, 10002ms}}}, 1, false);
  EXPECT_EQ(loss.lost, 10U);
  EXPECT_EQ(loss.rpo.low, 10s - 9010ms);
  EXPECT_EQ(loss.rpo.high, 10002ms - 8900ms);
  EXPECT_EQ(loss.holes, 0U);
  EXPECT_EQ(loss.lost_after, 0U);
}

TEST(DataLoss, OfEverythingHasNoUpperEnd) {
  const auto ledger = steady_writes(20s, [](Duration) { return true; });
  const DataLoss loss = data_loss(ledger, {{{20s, 20s}}}, 1, false);
  EXPECT_EQ(loss.rpo.low, 20s - 10ms);
  EXPECT_FALSE(loss.rpo.high);
}

TEST(DataLoss, OfNothingIsKnownAsFinelyAsWasWritten) {
  const auto ledger = steady_writes(10s, [](Duration) { return false; });
  const DataLoss loss = data_loss(ledger, {{{10s, 10s}}}, 1, false);
  EXPECT_EQ(loss.rpo.low, 0s);
  EXPECT_EQ(loss.rpo.high, 100ms);
  EXPECT_EQ(loss.acknowledged_before, 100U);
  EXPECT_EQ(loss.reach, 10s - ledger.entries.front().sent);
  EXPECT_EQ(data_loss(ledger, {{{15s, 15s}}}, 1, false).resolution, 15s - 9910ms)
      << "nothing was acknowledged in the last five seconds";
}

TEST(DataLoss, InTheMiddleIsAHole) {
  const auto ledger = steady_writes(10s, [](Duration at) { return at == 5s; });
  EXPECT_EQ(data_loss(ledger, {{{10s, 10s}}}, 1, false).holes, 1U);
}

TEST(DataLoss, FollowedByLaterWritesIsNoHole) {
  // Restored to 9 s; the system goes on from 12 s.
  const auto ledger = steady_writes(20s, [](Duration at) { return at >= 9s && at < 12s; });
  const DataLoss loss = data_loss(ledger, {{{10s, 10s}}}, 1, false);
  EXPECT_EQ(loss.holes, 0U);
  EXPECT_EQ(loss.lost, 30U);
  EXPECT_EQ(loss.lost_after, 20U) << "acknowledged between the failure and the stop";
  EXPECT_EQ(loss.rpo.high, 10s - 8900ms);
}

TEST(DataLoss, AcknowledgedWhileItFailedMayHaveANegativeLowerEnd) {
  auto ledger = steady_writes(10s, [](Duration) { return false; });
  ledger.entries.push_back(entry(9995ms, 10003ms, acked, 0));
  const DataLoss loss = data_loss(ledger, {{{10s, 10005ms}}}, 1, false);
  EXPECT_EQ(loss.rpo.low, -3ms);
  EXPECT_EQ(loss.rpo.high, 10005ms - 9900ms);
  EXPECT_EQ(loss.lost_after, 0U);
}

// The definitions, read aloud.
DataLoss by_definition(const LedgerRecord& ledger, const Failure& failure) {
  const auto& all = ledger.entries;
  DataLoss loss;
  for (const auto& one : all) {
    const bool a = one.outcome == acked;
    const bool f = one.outcome == refused_write;
    const bool u = one.outcome == unsure;
    const bool r = one.copies > 0;
    loss.lost += a && !r;
    loss.recovered += u && r;
    loss.phantom += f && r;
    loss.duplicated += one.copies > 1;
    loss.corrupted += one.corrupted;
    loss.stale += one.stale;
    loss.lost_after += a && !r && one.answered > failure.armed;
    for (const auto& later : all) {
      const bool kept = later.outcome == acked && later.copies > 0;
      if (!(a && !r && kept && one.answered < later.sent && later.answered < failure.commanded)) {
        continue;
      }
      ++loss.holes;
      break;
    }
  }
  for (const auto& l : all) {
    const auto is_lost = [](const LedgerEntry& one) {
      return one.outcome == acked && one.copies == 0;
    };
    const bool oldest = is_lost(l) && std::ranges::none_of(all, [&](const LedgerEntry& other) {
                          return is_lost(other) && (other.sent < l.sent);
                        });
    if (!oldest) continue;
    loss.rpo.low = failure.commanded - l.answered;
    for (const auto& k : all) {
      const bool candidate = k.outcome == acked && k.copies > 0 && k.answered < l.sent;
      const bool newest = candidate && std::ranges::none_of(all, [&](const LedgerEntry& other) {
                            return other.outcome == acked && other.copies > 0 &&
                                   other.answered < l.sent && other.sent > k.sent;
                          });
      if (newest) loss.rpo.high = failure.armed - k.sent;
    }
    break;
  }
  return loss;
}

LedgerRecord random_history(std::mt19937_64& random) {
  auto below = [&](std::uint64_t limit) { return random() % limit; };
  LedgerRecord ledger;
  ledger.strays = below(10) == 0 ? below(3) : 0;
  Duration at{};
  const auto keeps = below(4);  // how often an acknowledged entry is lost
  for (auto left = below(14); left > 0; --left) {
    at += Duration(1 + below(5));  // every sent is another: which is oldest is never a tie
    const auto outcome = below(10) < 7 ? acked : below(2) ? unsure : refused_write;
    const std::uint16_t copies = below(4) < keeps ? (below(8) == 0 ? 2 : 1) : 0;
    LedgerEntry one = entry(at, at + Duration(below(8)), outcome, copies);
    one.corrupted = copies > 0 && below(20) == 0;
    one.stale = copies > 0 && below(20) == 0;
    ledger.entries.push_back(one);
  }
  return ledger;
}

TEST(DataLoss, AgreesWithTheDefinitionsOnAHundredThousandHistories) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 100'000; ++i) {
    const LedgerRecord ledger = random_history(random);
    const Duration commanded(random() % 60);
    const Failure failure{commanded, commanded + Duration(random() % 4)};
    const DataLoss is = data_loss(ledger, {{failure}}, 1, false);
    DataLoss should = by_definition(ledger, failure);
    should.phantom += ledger.strays;
    ASSERT_EQ(is.lost, should.lost) << i;
    ASSERT_EQ(is.recovered, should.recovered) << i;
    ASSERT_EQ(is.phantom, should.phantom) << i;
    ASSERT_EQ(is.duplicated, should.duplicated) << i;
    ASSERT_EQ(is.corrupted, should.corrupted) << i;
    ASSERT_EQ(is.stale, should.stale) << i;
    ASSERT_EQ(is.holes, should.holes) << i;
    ASSERT_EQ(is.lost_after, should.lost_after) << i;
    if (is.lost == 0) continue;
    ASSERT_EQ(is.rpo.low, should.rpo.low) << i;
    ASSERT_EQ(is.rpo.high, should.rpo.high) << i;
  }
}

// A store that loses what was written to it in a scripted stretch before the failure: the true loss
// lies in the interval.
TEST(DataLoss, HoldsTheTrueLossAThousandTimesOfAThousand) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 1000; ++i) {
    const Duration commanded = 20s + Duration(random() % 1'000'000'000);
    const Duration failed = commanded + Duration(random() % 2'000'000);  // the true instant
    const Duration armed = failed + Duration(random() % 2'000'000);
    const Duration reach(random() % 15'000'000'000);  // the true loss
    LedgerRecord ledger;
    Duration at{};
    while (at < armed) {
      at += Duration(1'000'000 + random() % 40'000'000);
      const Duration stored = at + Duration(random() % 5'000'000);
      const Duration answered = stored + Duration(random() % 5'000'000);
      if (stored >= failed) break;
      const bool kept = stored < failed - reach;
      ledger.entries.push_back(
          entry(at, answered, answered < failed ? acked : unsure, kept ? 1 : 0));
    }
    const DataLoss loss = data_loss(ledger, {{{commanded, armed}}}, 1, false);
    if (loss.lost == 0) {
      // Nothing that was promised lay in the stretch.
      EXPECT_LE(reach, *loss.rpo.high) << i;
      continue;
    }
    EXPECT_LE(loss.rpo.low, reach) << i;
    ASSERT_TRUE(loss.rpo.high) << i;
    EXPECT_GE(*loss.rpo.high, reach) << i;
    EXPECT_EQ(loss.holes, 0U) << i;
  }
}

}  // namespace
}  // namespace reprise
