// What no sample ever had shows nothing, be it named by a predicate, a level or `served-by`.
#include <gtest/gtest.h>

#include "tests/judge/alone.h"

namespace reprise::testing {
namespace {

Finding never(const Story& story, const json& expect) {
  return alone(story, "never", {{"probe", "page"}, {"expect", expect}});
}

TEST(NeverThere, IsAPointerOfALevel) {
  Story story;
  story.kill(6s).scenario()["levels"]["page"]["degraded"] = {{"json", {{"/sate", "old"}}}};
  EXPECT_EQ(never(story, "degraded").outcome.key, "judge.never-there");
  const Observation told{"answered", {{"status", 200}, {"json", {{"/sate", "new"}}}}};
  story.page(8s, 9s, told);
  EXPECT_NE(never(story, "degraded").outcome.key, "judge.never-there");
}

TEST(NeverThere, IsASourceThatNobodyNames) {
  Story story;
  story.kill(6s);
  EXPECT_EQ(never(story, {{"source", "stale"}}).outcome.key, "judge.never-there");
}

}  // namespace
}  // namespace reprise::testing
