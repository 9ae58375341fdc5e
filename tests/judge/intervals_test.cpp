// A brute-force oracle: services that are down when a script says so, samples that look at one
// instant somewhere between their intended one and their completion. Whatever the script, the true
// recovery time must lie in the interval.
#include <gtest/gtest.h>

#include <random>

#include "harness/judge/intervals.h"

namespace reprise {
namespace {

struct Truth {
  std::vector<std::pair<Duration, Duration>> down;  // [from, to)
  [[nodiscard]] bool up(Duration instant) const {
    return std::ranges::none_of(
        down, [&](const auto& span) { return span.first <= instant && instant < span.second; });
  }
};

class RandomDrill {
 public:
  explicit RandomDrill(unsigned seed) : random_(seed) {
    every = milliseconds(5, 200);
    const Duration most_latency = milliseconds(1, 400);
    sustained = 10 * every + 2 * most_latency;
    commanded = milliseconds(1000, 2000);
    armed = commanded + milliseconds(0, 50);
    Duration at = commanded + part_of(armed - commanded);
    // Flickers shorter than W belong to the outage; a healthy stretch is unmistakably longer.
    const auto spans = milliseconds(1, 4) / 1ms;
    incident = at;
    for (std::int64_t i = 0; i < spans; ++i) {
      const Duration lasts = 2 * every + most_latency + milliseconds(1, 1500);
      truth.down.emplace_back(at, at + lasts);
      at += lasts + std::min(sustained / 4, milliseconds(1, 500));
    }
    const Duration end = truth.down.back().second + 3 * sustained + 3 * most_latency;
    for (Duration i = milliseconds(0, 99) - 100ms; i < end; i += every) {
      const Duration latency = part_of(most_latency);
      const Duration looked = i + part_of(latency);
      const Sight sight = truth.up(looked) ? Truth::holds : Truth::fails;
      points.push_back({i, i + latency, sight, nullptr});
    }
  }

  Truth truth;
  Duration every{}, sustained{}, commanded{}, armed{}, incident{};
  std::vector<Point> points;

 private:
  Duration milliseconds(int least, int most) {
    return std::chrono::microseconds(
        std::uniform_int_distribution<std::int64_t>(least * 1000, most * 1000)(random_));
  }
  Duration part_of(Duration whole) {
    return Duration(std::uniform_int_distribution<std::int64_t>(0, whole.count())(random_));
  }
  std::mt19937 random_;
};

TEST(RecoveryIntervals, HoldTheTrueValueWhateverTheOutage) {
  for (unsigned seed = 0; seed < 3000; ++seed) {
    const RandomDrill drill(seed);
    const auto found = outages(drill.points, drill.sustained, drill.every);
    ASSERT_EQ(found.size(), 1u) << "seed " << seed;
    ASSERT_TRUE(found[0].back) << "seed " << seed;
    const Point& bad = drill.points[found[0].last_bad];
    const Point& back = drill.points[*found[0].back];
    const Interval interval =
        recovery_interval(bad.intended, back.finished, drill.commanded, drill.armed);
    const Duration truly = drill.truth.down.back().second - drill.incident;
    EXPECT_LE(interval.low, truly) << "seed " << seed;
    EXPECT_GE(*interval.high, truly) << "seed " << seed;
    const Duration width = *interval.high - interval.low;
    const Duration promised =
        drill.every + (drill.armed - drill.commanded) + (back.finished - back.intended) + 5ms;
    EXPECT_LE(width, promised) << "seed " << seed;
  }
}

std::vector<Point> points_of(const std::string& script) {
  std::vector<Point> out;
  for (char c : script) {
    const Duration at = static_cast<std::int64_t>(out.size()) * 100ms;
    const Sight sight = c == '+' ? Truth::holds : c == '-' ? Truth::fails : Truth::unknown;
    out.push_back({at, at + 10ms, sight, nullptr});
  }
  return out;
}

TEST(Outages, AreNoneWhereNothingFailed) {
  EXPECT_TRUE(outages(points_of("++++?+++"), 200ms, 100ms).empty());
}

TEST(Outages, EndWithTheFirstSustainedRun) {
  const auto found = outages(points_of("++--+-+++++"), 200ms, 100ms);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].first_bad, 2u);
  EXPECT_EQ(found[0].last_bad, 5u);
  EXPECT_EQ(found[0].back, 6u);
}

TEST(Outages, AreSeveralWhereARunWasSustainedInBetween) {
  EXPECT_EQ(outages(points_of("--+++--+++"), 200ms, 100ms).size(), 2u);
  EXPECT_EQ(outages(points_of("--++--+++"), 200ms, 100ms).size(), 1u);
}

TEST(Outages, AreOpenWhereTheEndCutTheRunShort) {
  const auto found = outages(points_of("--++"), 200ms, 100ms);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_FALSE(found[0].back);
  EXPECT_EQ(found[0].tail, 2u);
  EXPECT_TRUE(outages(points_of("--+++"), 200ms, 100ms)[0].back);
  // Every instant scheduled in 150 ms has been seen after two samples.
  EXPECT_TRUE(outages(points_of("--++"), 150ms, 100ms)[0].back);
}

TEST(Outages, AreJudgedOnTheSamplesAloneWithoutAnInterval) {
  EXPECT_TRUE(outages(points_of("--+++"), 200ms, 0ms)[0].back);
  EXPECT_FALSE(outages(points_of("--+++"), 201ms, 0ms)[0].back);
}

TEST(Outages, ForgetTheRunThatTheEndCutShortWhenItWasBroken) {
  EXPECT_FALSE(outages(points_of("--+-"), 200ms, 100ms)[0].tail);
  EXPECT_FALSE(outages(points_of("--+?"), 200ms, 100ms)[0].tail);
  // A bad sample was looked at again: what came before it is no longer in doubt.
  EXPECT_FALSE(outages(points_of("-?-+++"), 200ms, 100ms)[0].unseen);
}

TEST(RecoveryIntervals, AreNeverBelowZeroAndOpenWithoutAReturn) {
  const Interval early = recovery_interval(1s, 2s, 3s, 4s);
  EXPECT_EQ(early.low, 0s);
  EXPECT_EQ(early.high, 0s);
  const Interval open = recovery_interval(9s, std::nullopt, 3s, 4s);
  EXPECT_EQ(open.low, 5s);
  EXPECT_FALSE(open.high);
}

TEST(Outages, AreNotOverWhileNobodyLooks) {
  const auto found = outages(points_of("--+?+++"), 200ms, 100ms);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].back, 4u);
  EXPECT_TRUE(found[0].unseen);
}

}  // namespace
}  // namespace reprise
