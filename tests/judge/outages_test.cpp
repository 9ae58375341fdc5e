// A brute-force oracle: services that are down when a script says so, samples that look at one
// instant somewhere between their intended one and their completion. Whatever the script, the true
// recovery time must lie in the interval.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "harness/judge/outages.h"

namespace reprise {
namespace {

struct History {
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
      history.down.emplace_back(at, at + lasts);
      at += lasts + std::min(sustained / 4, milliseconds(1, 500));
    }
    const Duration end = history.down.back().second + 3 * sustained + 3 * most_latency;
    for (Duration i = milliseconds(0, 99) - 100ms; i < end; i += every) {
      const Duration latency = part_of(most_latency);
      const Duration looked = i + part_of(latency);
      told.push_back({i, i + latency, !history.up(looked), nullptr, i + latency});
    }
  }

  History history;
  Duration every{}, sustained{}, commanded{}, armed{}, incident{};
  std::vector<FilledSample> told;

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
    const auto found = outages(drill.told, drill.sustained, drill.every);
    ASSERT_EQ(found.size(), 1u) << "seed " << seed;
    ASSERT_TRUE(found[0].back) << "seed " << seed;
    const FilledSample& bad = drill.told[found[0].last_bad];
    const FilledSample& back = drill.told[*found[0].back];
    const Interval interval{bad.intended - drill.armed, back.finished - drill.commanded};
    const Duration truly = drill.history.down.back().second - drill.incident;
    EXPECT_LE(interval.low, truly) << "seed " << seed;
    EXPECT_GE(*interval.high, truly) << "seed " << seed;
    const Duration width = *interval.high - interval.low;
    const Duration promised =
        drill.every + (drill.armed - drill.commanded) + (back.finished - back.intended) + 5ms;
    EXPECT_LE(width, promised) << "seed " << seed;
  }
}

std::vector<FilledSample> told_by(const std::string& script) {
  std::vector<FilledSample> out;
  for (char c : script) {
    const Duration at = static_cast<std::int64_t>(out.size()) * 100ms;
    out.push_back({at, at + 10ms, c == '-', nullptr, at + 10ms});
  }
  return out;
}

TEST(Outages, AreNoneWhereNothingFailed) {
  EXPECT_TRUE(outages(told_by("++++++++"), 200ms, 100ms).empty());
}

TEST(Outages, EndWithTheFirstSustainedRun) {
  const auto found = outages(told_by("++--+-+++++"), 200ms, 100ms);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].first_bad, 2u);
  EXPECT_EQ(found[0].last_bad, 5u);
  EXPECT_EQ(found[0].back, 6u);
}

TEST(Outages, AreSeveralWhereARunWasSustainedInBetween) {
  EXPECT_EQ(outages(told_by("--+++--+++"), 200ms, 100ms).size(), 2u);
  EXPECT_EQ(outages(told_by("--++--+++"), 200ms, 100ms).size(), 1u);
}

TEST(Outages, AreJoinedByARunThatWasNotGoodBeyondW) {
  // Good from 200 ms, answered at 210 ms, to the next bad one at 500 ms.
  EXPECT_EQ(outages(told_by("--+++--+++++"), 289ms, 100ms).size(), 2u);
  EXPECT_EQ(outages(told_by("--+++--+++++"), 290ms, 100ms).size(), 1u);
}

TEST(Outages, ComeAfterARunThatWasGoodBeyondW) {
  EXPECT_EQ(well_before(400ms, told_by("++++-"), 389ms), 0ms);
  EXPECT_FALSE(well_before(400ms, told_by("++++-"), 390ms));
}

TEST(Outages, AreOpenWhereTheEndCutTheRunShort) {
  const auto found = outages(told_by("--++"), 200ms, 100ms);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_FALSE(found[0].back);
  EXPECT_EQ(found[0].tail, 2u);
  EXPECT_TRUE(outages(told_by("--+++"), 200ms, 100ms)[0].back);
  // Every instant scheduled in 150 ms has been seen after two samples.
  EXPECT_TRUE(outages(told_by("--++"), 150ms, 100ms)[0].back);
  EXPECT_TRUE(outages(told_by("--++"), 189ms, 100ms)[0].back);
  EXPECT_FALSE(outages(told_by("--++"), 190ms, 100ms)[0].back) << "one is due just then";
}

TEST(Outages, AreJudgedOnTheSamplesAloneWithoutAnInterval) {
  EXPECT_TRUE(outages(told_by("--+++"), 190ms, 0ms)[0].back);
  EXPECT_FALSE(outages(told_by("--+++"), 191ms, 0ms)[0].back);
}

TEST(Outages, ForgetTheRunThatTheEndCutShortWhenItWasBroken) {
  EXPECT_FALSE(outages(told_by("--+-"), 200ms, 100ms)[0].tail);
}

// "?" is one that nobody saw.
std::vector<Point> points_by(const std::string& script) {
  static const Sample seen{};
  std::vector<Point> out;
  for (const char c : script) {
    const Duration at = static_cast<std::int64_t>(out.size()) * 100ms;
    const Truth sight = c == '?' ? Truth::unknown : c == '-' ? Truth::fails : Truth::holds;
    out.push_back({at, at + 10ms, sight, c == '?' ? nullptr : &seen});
  }
  return out;
}

// What the samples are taken for in each filling; "late" where nobody would have been answered.
std::set<std::string> filled_ways(const std::string& script) {
  const auto points = points_by(script);
  std::set<std::string> out;
  for (const Filling& filling : fillings(points).each) {
    std::string way;
    for (const FilledSample& one : filled(points, filling)) way += one.bad ? '-' : '+';
    out.insert(filling.late ? way + " late" : way);
  }
  return out;
}

TEST(Fillings, AreAllThereAreOfAFewUnknownSamples) {
  EXPECT_EQ(filled_ways("+-"), (std::set<std::string>{"+-"}));
  EXPECT_EQ(filled_ways("?-?"), (std::set<std::string>{"+-+", "--+", "+--", "---", "+-+ late",
                                                       "--+ late", "+-- late", "--- late"}));
  EXPECT_TRUE(fillings(points_by(std::string(12, '?'))).all);
  EXPECT_EQ(filled_ways(std::string(12, '?')).size(), 2U * 4096);
}

TEST(Fillings, OfManyUnknownSamplesAreTheTellingOnes) {
  const std::string good(7, '+'), bad(7, '-'), unseen(7, '?');
  EXPECT_FALSE(fillings(points_by(std::string(13, '?'))).all);
  std::set<std::string> expected;
  for (const std::string& end : {"", " late"}) {
    expected.insert({good + "+" + good + end, bad + "+" + bad + end, bad + "+" + good + end,
                     good + "+" + bad + end});
  }
  EXPECT_EQ(filled_ways(unseen + "+" + unseen), expected);
}

TEST(Fillings, AnswerWhatWasNeverSentAtOnceOrWhenPatienceWasOver) {
  const auto points = points_by("+?");
  EXPECT_EQ(filled(points, {0, false})[1].finished, 100ms);
  EXPECT_EQ(filled(points, {0, true})[1].finished, 110ms);
  EXPECT_EQ(filled(points, {0, false})[1].until, 110ms);
  EXPECT_EQ(filled(points, {0, false})[0].finished, 10ms) << "what was sent was answered as it was";
}

TEST(Fillings, TakeWhatIsBeyondSixtyFourUnknownSamplesAsOne) {
  const std::string good(80, '+'), bad(80, '-');
  std::set<std::string> expected;
  for (const std::string end : {"", " late"}) {
    expected.insert({"++" + good + end, "-+" + bad + end, "-+" + good + end, "++" + bad + end});
  }
  EXPECT_EQ(filled_ways("?+" + std::string(80, '?')), expected);
}

}  // namespace
}  // namespace reprise
