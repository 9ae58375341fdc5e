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

TEST(NeverThere, IsNoPointerOfAnotherLevel) {
  const json misspelt{{"json", {{"/sate", "old"}}}}, there{{"json", {{"/mode", "nominal"}}}};
  Story story;
  story.kill(6s).scenario()["levels"]["page"] = {{"nominal", misspelt}, {"degraded", there}};
  EXPECT_EQ(never(story, "down").status, Status::pass);
  EXPECT_EQ(never(story, "nominal").outcome.key, "judge.never-there");
  const Observation other{"answered", {{"status", 200}, {"json", {{"/mode", "other"}}}}};
  story.page(0s, 30s, other);
  story.scenario()["levels"]["page"] = {{"nominal", there}, {"degraded", misspelt}};
  EXPECT_EQ(never(story, "nominal").status, Status::pass);
}

TEST(NeverThere, IsNoSourceThatWasNamedOnce) {
  Observation named = nominal;
  named.values["source"] = "fresh";
  EXPECT_EQ(never(Story().kill(6s).page(8s, 8100ms, named), {{"source", "stale"}}).status,
            Status::pass);
}

}  // namespace
}  // namespace reprise::testing
