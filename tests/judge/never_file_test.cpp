// never, and file: what one sample is enough for.
#include <gtest/gtest.h>

#include "tests/judge/alone.h"
#include "tests/judge/story.h"

namespace reprise::testing {
namespace {

Story with_file(const Observation& at_the_end) {
  const Observation there{"answered", {{"exists", true}}};
  Story story;
  story.probe("cache", 500ms).see("cache", 0s, 30s, there).kill(6s);
  story.see("cache", 20s, 30s, at_the_end);
  return story;
}

json never_degraded() { return {{"probe", "page"}, {"expect", "degraded"}}; }

TEST(Never, IsNotViolatedByABetterLevel) {
  EXPECT_EQ(Story().cut(6s, 16s).demand("never", never_degraded()).finding().status, Status::pass);
}

TEST(Never, FailsOnASingleSample) {
  Story story;
  story.cut(6s, 16s).page(29900ms, 30s, degraded);
  const Finding finding = story.demand("never", never_degraded()).finding();
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.failure, "chaos.SeenForbidden");
  EXPECT_EQ(finding.cause->sample_at, 29900ms);
}

TEST(Never, ProvesNothingOfAProbeThatNeverAnswered) {
  Story story;
  story.probe("other", 100ms).see("other", 0s, 30s, refused).cut(6s, 16s);
  const Finding finding =
      story.demand("never", {{"probe", "other"}, {"expect", {{"status", 500}}}}).finding();
  EXPECT_EQ(finding.status, Status::inconclusive);
  EXPECT_EQ(finding.outcome.key, "judge.never-answered");
}

TEST(Never, ProvesNothingOfAProbeThatWasSilentSinceTheFault) {
  Story story;
  const json options{{"probe", "page"}, {"expect", {{"status", 500}}}};
  story.cut(6s, 16s).page(6s, 30s, refused);
  EXPECT_EQ(Story(story).demand("never", options).finding().outcome.key, "judge.never.unanswered");
  story.page(29s, 30s, nominal);
  EXPECT_EQ(story.demand("never", options).finding().status, Status::pass);
}

TEST(Never, ProvesNothingWithoutSamples) {
  Story story;
  story.probe("other", 100ms).cut(6s, 16s);
  EXPECT_EQ(story.demand("never", {{"probe", "other"}, {"expect", "down"}}).finding().outcome.key,
            "judge.no-samples");
}

json file_exists() { return {{"probe", "cache"}, {"expect", {{"exists", true}}}}; }

TEST(File, IsJudgedOnTheLastSample) {
  const Observation there{"answered", {{"exists", true}}};
  const Observation gone{"answered", {{"exists", false}}};
  EXPECT_EQ(with_file(there).demand("file", file_exists()).finding().status, Status::pass);
  const Finding finding = with_file(gone).demand("file", file_exists()).finding();
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.cause->sample_saw, "exists false");
}

TEST(File, ProvesNothingWhenItWasLastSeenBeforeTheEndOfTheIncident) {
  const Observation there{"answered", {{"exists", true}}};
  Story story = with_file(there);
  story.procedure(28s, "started").procedure(29900ms, "finished");
  EXPECT_EQ(story.demand("file", file_exists()).finding().outcome.key, "judge.no-samples");
}

TEST(Never, ProvesNothingWhenAnInstantWasNotLookedAt) {
  Story story;
  story.cut(6s, 16s).skipped(20s, 20100ms);
  const json options{{"probe", "page"}, {"expect", "down"}};
  EXPECT_EQ(alone(story, "never", options).outcome.key, "judge.skipped");
  const Finding seen = alone(story.page(10s, 10200ms, broken), "never", options);
  EXPECT_EQ(seen.status, Status::fail);
  EXPECT_EQ(seen.outcome.arguments["count"], 2);
  EXPECT_EQ(seen.cause->sample_at, 10s);
}

json page_is_nominal() { return {{"probe", "page"}, {"expect", "nominal"}}; }

TEST(File, IsJudgedOnASampleFromTheLastIncidentOn) {
  Story story;
  story.cut(6s, 29900ms);
  EXPECT_EQ(alone(story, "file", page_is_nominal()).status, Status::pass);
  story.event(29901ms, "procedure", {{"procedure", "restart"}, {"state", "started"}});
  EXPECT_EQ(alone(story, "file", page_is_nominal()).status, Status::pass);
  story.procedure(29902ms, "finished");
  EXPECT_EQ(alone(story, "file", page_is_nominal()).outcome.key, "judge.no-samples");
}

TEST(File, NeedsAnExpectationAndASampleInTheDrill) {
  EXPECT_EQ(alone(Story(), "file", {{"probe", "page"}}).outcome.key, "judge.unreadable");
  EXPECT_EQ(alone(Story().unrecorded(0s, 30s), "file", page_is_nominal()).outcome.key,
            "judge.no-samples");
  EXPECT_EQ(alone(Story().unrecorded(4s, 30s), "file", page_is_nominal()).outcome.key,
            "judge.no-samples");
  EXPECT_EQ(alone(Story().unrecorded(5100ms, 30s), "file", page_is_nominal()).status, Status::pass);
  EXPECT_EQ(alone(Story().skipped(29900ms, 30s), "file", page_is_nominal()).outcome.key,
            "judge.unseen");
}

TEST(Never, NeedsAnAnswerFromTheCommandOn) {
  const json options{{"probe", "page"}, {"expect", {{"status", 500}}}};
  const auto last_answered = [&](Duration at) {
    Story story = Story().kill(6s).page(6s, 30s, refused);
    return alone(story.page_at(5900ms, nominal, at), "never", options);
  };
  EXPECT_EQ(last_answered(6s).status, Status::pass);
  EXPECT_EQ(last_answered(5999ms).outcome.key, "judge.never.unanswered");
}

TEST(File, ProvesNothingInADrillThatWasEndedEarly) {
  EXPECT_EQ(alone(Story().ends("aborted"), "file", page_is_nominal()).outcome.key,
            "judge.drill-cut-short");
}

TEST(Awaiting, IsForWhatTheAssertionExpects) {
  AssertionSpec spec;
  spec.options = page_is_nominal();
  Scenario scenario;
  scenario.sustained = 2s;
  for (const auto& [kind, sustained] : {std::pair("file", 0s), std::pair("recovery", 2s)}) {
    const auto& awaits = Registry<AssertionKind>::find(kind)->awaits;
    const auto awaited = awaits(spec, scenario, Plan{});
    ASSERT_TRUE(awaited) << kind;
    EXPECT_EQ(awaited->probe, "page");
    EXPECT_EQ(awaited->expect.level, "nominal");
    EXPECT_EQ(awaited->sustained, sustained);
    EXPECT_FALSE(awaits(AssertionSpec{}, scenario, Plan{})) << kind;
  }
}

}  // namespace
}  // namespace reprise::testing
