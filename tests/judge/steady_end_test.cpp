// The steady state at the end of a drill (docs/measures.md, 12.14).
#include <gtest/gtest.h>

#include "tests/judge/alone.h"

namespace reprise::testing {
namespace {

// Killed at 6 s, down for a second; patience ends at 20 s, W is 2 s, the record ends at 30 s.
class TheEnd : public ::testing::Test {
 protected:
  TheEnd() {
    story_.scenario()["patience"] = "5s";
    story_.declare("kill").strike("kill", 6s, std::nullopt).page(6s, 7s, refused);
    story_.demand("never", {{"probe", "page"}, {"expect", {{"status", 501}}}});
  }

  [[nodiscard]] Finding end() const { return story_.finding("steady-state-at-the-end"); }

  Story story_;
};

TEST_F(TheEnd, IsWellWhereTheLastRunIsSustainedAndBeganInTime) {
  EXPECT_EQ(end().status, Status::pass);
  story_.page(19s, 20s, refused);  // back at 20 s, the last instant of patience
  EXPECT_EQ(end().status, Status::pass);
}

TEST_F(TheEnd, IsAMissWhereTheLastRunBeganAfterPatienceWasOver) {
  story_.page(19s, 20100ms, refused);
  EXPECT_EQ(end().failure, "chaos.NotWellAtTheEnd");
}

TEST_F(TheEnd, IsAMissAfterARelapseThoughItWasWellBefore) {
  story_.page(22s, 23s, refused);
  EXPECT_EQ(end().failure, "chaos.NotWellAtTheEnd");
}

TEST_F(TheEnd, IsAMissWhereTheLastSampleIsBad) {
  story_.page(29800ms, 30s, refused);
  EXPECT_EQ(end().failure, "chaos.NotWellAtTheEnd");
}

TEST_F(TheEnd, IsUnknownWhereNobodyLookedAtTheEnd) {
  story_.skipped(28s, 30s);
  EXPECT_EQ(end().status, Status::inconclusive);
}

TEST_F(TheEnd, IsWhatTheScenarioLeaves) {
  story_.page(19s, 30s, refused);
  story_.scenario()["leaves"] = {{"page", {{"level", "down"}, {"reason", "it is lost"}}}};
  EXPECT_EQ(end().status, Status::pass);
}

}  // namespace
}  // namespace reprise::testing
