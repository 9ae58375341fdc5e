// What the host took of this machine's time.
#include <gtest/gtest.h>

#include "harness/engine/drill/stolen_time.h"

namespace reprise {
namespace {

TEST(StolenTime, IsAShareOfAllThatPassed) {
  EXPECT_EQ(stolen_percent({10, 1000}, {44, 1100}), 34);
  EXPECT_EQ(stolen_percent({10, 1000}, {11, 1200}), 1);
  EXPECT_EQ(stolen_percent({10, 1000}, {10, 1000}), 0);
  EXPECT_EQ(stolen_percent({10, 1000}, {}), 0);
  EXPECT_EQ(stolen_percent({10, 1000}, {9, 1100}), 0) << "a counter that went back tells nothing";
}

TEST(StolenTime, IsReadFromThisMachine) {
  const CpuTime now = cpu_time();
  EXPECT_GT(now.all, 0U);
  EXPECT_LE(now.stolen, now.all);
}

}  // namespace
}  // namespace reprise
