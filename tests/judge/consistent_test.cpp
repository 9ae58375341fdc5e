// consistent: a story that passes, one that fails, one that proves nothing.
#include <gtest/gtest.h>

#include "tests/judge/alone.h"

namespace reprise::testing {
namespace {

const Observation sound{"answered", {{"status", 200}, {"json", {{"/violations", 0}}}}};
const Observation violated{"answered", {{"status", 200}, {"json", {{"/violations", 3}}}}};

Finding judged_consistent(const Story& story) {
  return alone(story, "consistent",
               {{"probe", "page"}, {"expect", {{"json", {{"/violations", 0}}}}}});
}

Story sound_story() { return Story().page(0s, 30s, sound).kill(6s); }

TEST(Consistent, IsWhatEveryAnswerKeeps) {
  EXPECT_EQ(judged_consistent(sound_story()).status, Status::pass);
}

TEST(Consistent, FailsOnASingleAnswerThatDoesNot) {
  const Finding finding = judged_consistent(sound_story().page(20s, 20100ms, violated));
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.failure, "chaos.InvariantBroken");
  EXPECT_EQ(finding.cause->sample_at, 20s);
}

TEST(Consistent, TakesNoAnswerForNoWord) {
  const Observation unavailable{"answered", {{"status", 503}}};
  const Observation refusal{"answered", {{"status", 409}, {"json", {{"/violations", 3}}}}};
  EXPECT_EQ(judged_consistent(sound_story().page(6s, 9s, refused)).status, Status::pass);
  EXPECT_EQ(judged_consistent(sound_story().page(6s, 9s, unavailable)).status, Status::pass);
  EXPECT_EQ(judged_consistent(sound_story().page(6s, 9s, refusal)).status, Status::pass);
  EXPECT_EQ(judged_consistent(sound_story().page(6s, 9s, nominal)).status, Status::pass)
      << "an answer without the pointer tells nothing";
}

TEST(Consistent, ProvesNothingWithoutAWordAfterTheIncident) {
  EXPECT_EQ(judged_consistent(sound_story().page(6s, 30s, refused)).outcome.key,
            "judge.consistent.untold");
  EXPECT_EQ(judged_consistent(Story().kill(6s)).outcome.key, "judge.consistent.untold");
}

}  // namespace
}  // namespace reprise::testing
