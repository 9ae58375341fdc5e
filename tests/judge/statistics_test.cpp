#include "harness/judge/statistics.h"

#include <gtest/gtest.h>

namespace reprise {
namespace {

TEST(Statistics, BoundTheMissRateOfDrillsWithoutAMiss) {
  EXPECT_NEAR(miss_rate_bound(0, 5), 0.4507, 1e-4);
  EXPECT_NEAR(miss_rate_bound(0, 20), 0.1391, 1e-4);
  EXPECT_NEAR(miss_rate_bound(0, 59), 0.0495, 1e-4);
  EXPECT_EQ(miss_rate_bound(0, 0), 1);
  EXPECT_EQ(miss_rate_bound(3, 3), 1);
}

TEST(Statistics, BoundTheMissRateOfDrillsWithMisses) {
  // Tables of the exact one-sided bound.
  EXPECT_NEAR(miss_rate_bound(1, 10), 0.3942, 1e-4);
  EXPECT_NEAR(miss_rate_bound(1, 2), 0.9747, 1e-4);
  EXPECT_NEAR(miss_rate_bound(2, 50, 0.90), 0.1029, 1e-4);
}

TEST(Statistics, GiveClopperPearsonIntervals) {
  // Tables: 8 of 10, and 0 and all of 10, at 95 %.
  const Bounds eight = pass_rate(8, 10);
  EXPECT_NEAR(eight.low, 0.4439, 1e-4);
  EXPECT_NEAR(eight.high, 0.9748, 1e-4);
  EXPECT_NEAR(pass_rate(0, 10).high, 0.3085, 1e-4);
  EXPECT_EQ(pass_rate(0, 10).low, 0);
  EXPECT_NEAR(pass_rate(10, 10).low, 0.6915, 1e-4);
  EXPECT_EQ(pass_rate(10, 10).high, 1);
  EXPECT_EQ(pass_rate(0, 0).low, 0);
  EXPECT_EQ(pass_rate(0, 0).high, 1);
}

std::vector<Duration> first(int count) {
  std::vector<Duration> out;
  for (int i = 1; i <= count; ++i) out.push_back(Duration(i));
  return out;
}

TEST(Statistics, BoundTheRecoveryTimeByAnOrderStatistic) {
  EXPECT_EQ(drills_for_bound(), 59u);
  EXPECT_FALSE(tolerance_bound(first(58)));
  EXPECT_EQ(tolerance_bound(first(59)), Duration(59));
  EXPECT_EQ(tolerance_bound(first(92)), Duration(92));
  EXPECT_EQ(tolerance_bound(first(93)), Duration(92));    // one may exceed it
  EXPECT_EQ(tolerance_bound(first(124)), Duration(122));  // two may
  EXPECT_EQ(drills_for_bound(0.5, 0.5), 1u);              // exactly, whatever the last bit
  EXPECT_EQ(drills_for_bound(0.5, 0.875), 3u);
}

TEST(Statistics, TakeTheNearestRankForAPercentile) {
  EXPECT_EQ(percentile(first(100), 0.99), Duration(99));
  EXPECT_EQ(percentile(first(200), 0.99), Duration(198));
  EXPECT_EQ(percentile(first(50), 0.99), Duration(50));
  EXPECT_EQ(percentile(first(4), 0.5), Duration(2));
  EXPECT_EQ(percentile({}, 0.5), Duration(0));
  EXPECT_EQ(percentile(first(7), 1), Duration(7));
  EXPECT_EQ(percentile({Duration(3), Duration(1), Duration(2)}, 0.01), Duration(1));
}

}  // namespace
}  // namespace reprise
