// What holds of every finding whatever the drill, and of drills of which the truth is known.
#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>

#include "tests/judge/definition/draw.h"
#include "tests/judge/definition/oracle.h"

namespace reprise::testing::definition {
namespace {

// Of five thousand drills in all so many; see agreement_test.cpp.
std::uint64_t drills_to_draw(std::uint64_t usual) {
  const char* many = std::getenv("REPRISE_ORACLE");
  return many != nullptr ? std::strtoull(many, nullptr, 10) * usual / 5000 : usual;
}

const Finding& judged_first(const Verdict& verdict, const SmallDrill& drill) {
  return *std::ranges::find(verdict.findings, drill.asks.front().name, &Finding::name);
}

bool all_known(const SmallDrill& drill) {
  return std::ranges::all_of(drill.page.samples, [&](const SmallSample& one) {
    return told(drill.asks.front().want, one) != Truth::unknown;
  });
}

TEST(EveryFinding, HasItsEndsInOrderAndPassesOnItsUpperEnd) {
  for (const std::string kind : {"recovery", "throughout", "fallback", "rpo"}) {
    for (std::uint64_t seed = 1; seed <= drills_to_draw(400); ++seed) {
      const SmallDrill drill = drawn(seed, kind);
      for (const Finding& one : judge(record_of(drill)).findings) {
        if (!one.measured) continue;
        const auto& [low, high] = *one.measured;
        EXPECT_TRUE(!high || *high >= low) << one.name << "\n" << printed(drill);
        if (one.status != Status::pass || !one.limit) continue;
        EXPECT_TRUE(high && *high <= *one.limit) << one.name << "\n" << printed(drill);
      }
    }
  }
}

// The sample that ended the outage of which the interval is.
const SmallSample* z_of(const Finding& finding, const SmallDrill& drill, Ms start) {
  for (const SmallSample& one : drill.page.samples) {
    if (std::chrono::milliseconds(one.f - start) == *finding.measured->high) return &one;
  }
  return nullptr;
}

TEST(ARecovery, IsNoWiderThanWhatCouldNotBeSeen) {
  const auto drills = drills_to_draw(2500);
  std::size_t held = 0;
  for (std::uint64_t seed = 1; seed <= drills; ++seed) {
    const SmallDrill drill = drawn(seed, "recovery");
    const Ask& ask = drill.asks.front();
    if (drill.rounds.size() != 1 || drill.procedure || !all_known(drill)) continue;
    const SmallRound& round = drill.rounds.front();
    if (!round.event) continue;  // else its healing is a second cause
    const Verdict verdict = judge(record_of(drill));
    const Finding& one = judged_first(verdict, drill);
    if (!one.measured || !one.measured->high || answered(ask, drill).low_open) continue;
    const Ms unseen = 5 + drill.page.every + round.armed - round.cmd;
    Ms latency = 0;
    if (const auto* z = z_of(one, drill, round.cmd)) latency = z->f - z->i;
    for (const SmallSample& any : drill.page.samples) latency = std::max(latency, any.f - any.i);
    EXPECT_LE(*one.measured->high - one.measured->low, std::chrono::milliseconds(unseen + latency))
        << printed(ask) << "\n"
        << printed(drill);
    ++held;
  }
  EXPECT_GT(held, drills / 25);
}

// A system of which everything is known: it is struck at an instant between command and arming, is
// down until another, and every sample sees it at one instant between its sending and its end.
struct Truthful {
  SmallDrill drill;
  Ms down_from = 0, down_to = 0;
};

Truthful drawn_truth(std::uint64_t seed) {
  Dice dice(seed);
  Truthful out;
  SmallDrill& drill = out.drill;
  drill.seed = seed;
  drill.page.name = "page";
  drill.sustained = 20;
  SmallRound round{"a", 0, true, dice.between(40, 60), 0, 0, {}, {}};
  round.armed = round.bit = round.cmd + dice.between(0, 10);
  drill.rounds.push_back(round);
  out.down_from = dice.between(round.cmd, round.armed);
  out.down_to = out.down_from + dice.between(0, 60);
  for (Ms i = dice.between(0, 9); i < 260; i += drill.page.every) {
    SmallSample one{i, i, i + dice.between(0, dice.chance(25) ? 40 : 4), Saw::nominal};
    if (i + 20 < round.cmd) one.f = i + dice.between(0, 9);
    const Ms seen_at = dice.between(one.i, one.f);
    if (seen_at >= out.down_from && seen_at < out.down_to) one.saw = Saw::broken;
    drill.page.samples.push_back(one);
  }
  drill.inject = round.cmd - 1;
  drill.heal = drill.recover = round.armed + 1;
  drill.verify = 270;
  Ask ask{};
  ask.kind = ask.name = "recovery";
  ask.limit = 1000;
  drill.asks.push_back(ask);
  return out;
}

TEST(ARecovery, HoldsTheTruth) {
  const auto drills = drills_to_draw(500);
  std::size_t held = 0;
  for (std::uint64_t seed = 1; seed <= drills; ++seed) {
    const Truthful truth = drawn_truth(seed);
    const bool seen = std::ranges::any_of(
        truth.drill.page.samples, [](const SmallSample& one) { return one.saw != Saw::nominal; });
    if (!seen) continue;
    const Verdict verdict = judge(record_of(truth.drill));
    const Finding& one = judged_first(verdict, truth.drill);
    if (one.status != Status::pass) continue;
    ASSERT_TRUE(one.measured && one.measured->high);
    const Ms took = truth.down_to - truth.down_from;
    EXPECT_LE(one.measured->low, std::chrono::milliseconds(took)) << printed(truth.drill);
    EXPECT_GE(*one.measured->high, std::chrono::milliseconds(took)) << printed(truth.drill);
    const Answer answer = recovery(truth.drill.asks.front(), truth.drill);
    EXPECT_LE(answer.measured->low, took) << printed(truth.drill);
    EXPECT_GE(answer.measured->high, took) << printed(truth.drill);
    ++held;
  }
  EXPECT_GT(held, drills / 5);
}

}  // namespace
}  // namespace reprise::testing::definition
