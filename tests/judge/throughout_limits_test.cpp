// The exact limits of throughout, and of never and file where they are alike.
#include <gtest/gtest.h>

#include "tests/judge/alone.h"

namespace reprise::testing {
namespace {

json every_200(const json& more = json::object()) {
  return with({{"probe", "page"}, {"expect", {{"status", 200}}}}, more);
}
json longest(const std::string& outage) { return every_200({{"longest-outage", outage}}); }

Finding judged_throughout(const Story& story, const json& options) {
  return alone(story, "throughout", options);
}

// Bad from 29.0 to 29.9 s, and nobody saw the end of it.
Story open_at_the_end() {
  Story story;
  story.cut(6s, 16s).page(29s, 30s, broken);
  return story;
}

TEST(LongestOutage, MayBeOpenAtTheEnd) {
  EXPECT_EQ(judged_throughout(open_at_the_end(), longest("890ms")).outcome.key,
            "judge.drill-cut-short");
  const Finding surely = judged_throughout(open_at_the_end(), longest("889999999ns"));
  EXPECT_EQ(surely.failure, "chaos.OutageTooLong");
  EXPECT_EQ(surely.outcome.key, "judge.throughout.outage-open");
  EXPECT_EQ(surely.measured->low, 890ms);
  EXPECT_EQ(surely.cause->sample_at, 29900ms);
}

TEST(LongestOutage, IsTheLongestWhicheverCameFirst) {
  Story early;
  early.cut(6s, 16s).page(7s, 9s, broken).page(20s, 21s, broken);
  const Finding first = judged_throughout(early, longest("1s"));
  EXPECT_EQ(first.measured->high, 9010ms - 6900ms);
  EXPECT_EQ(first.cause->sample_at, 8900ms);
  EXPECT_EQ(first.outcome.key, "judge.throughout.outage");
  Story late;
  late.cut(6s, 16s).page(7s, 8s, broken).page(20s, 22s, broken);
  EXPECT_EQ(judged_throughout(late, longest("1s")).measured->high, 22010ms - 19900ms);
  EXPECT_FALSE(
      judged_throughout(open_at_the_end().page(7s, 9s, broken), longest("1ms")).measured->high);
}

TEST(LongestOutage, OfOneSampleMayHaveBeenOfNoTime) {
  Story story;
  story.cut(6s, 16s).page(7s, 7100ms, broken);
  EXPECT_EQ(judged_throughout(story, longest("1s")).measured->low, 0ms);
}

TEST(LongestOutage, BeginsInsideTheWindow) {
  Story story;
  story.cut(6s, 16s).page(3s, 4900ms, broken);
  const Finding finding = judged_throughout(story, longest("1s"));
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_EQ(finding.outcome.key, "judge.no-outage");
}

TEST(LongestOutage, AtTheVeryFirstSampleBeganAtMostAnIntervalBefore) {
  Story story;
  story.cut(6s, 16s).unrecorded(0s, 5s).page(5s, 6s, broken);
  EXPECT_EQ(judged_throughout(story, longest("2s")).measured->high, 6010ms - 4900ms);
}

TEST(LongestOutage, IsUnknownWhenAnInstantWasNotLookedAtUnlessItWasTooLongAnyway) {
  Story story = open_at_the_end();
  story.skipped(20s, 20100ms);
  EXPECT_EQ(judged_throughout(story, longest("890ms")).outcome.key, "judge.drill-cut-short");
  EXPECT_EQ(judged_throughout(story, longest("889ms")).status, Status::fail);
}

TEST(LongestOutage, IsUnknownWhereMoreInstantsAreMissingThanAreFilledIn) {
  const auto unseen_until = [](Duration end) {
    return judged_throughout(Story().cut(6s, 16s).unrecorded(20s, end), longest("20s"));
  };
  EXPECT_EQ(unseen_until(21s).status, Status::pass);
  EXPECT_EQ(unseen_until(23s).outcome.key, "judge.unseen");
}

TEST(LongestOutage, IsJudgedBesideACount) {
  Story story;
  story.cut(6s, 16s).page(7s, 8s, broken);
  auto both = [&](int allowed, const char* outage) {
    return judged_throughout(
        story, every_200({{"allowed-failures", allowed}, {"longest-outage", outage}}));
  };
  EXPECT_EQ(both(9, "2s").failure, "chaos.TooManyFailures");
  EXPECT_EQ(both(9, "1s").failure, "chaos.OutageTooLong");
  EXPECT_EQ(both(9, "1s").others.at(0).failure, "chaos.TooManyFailures");
  EXPECT_EQ(both(10, "1s").failure, "chaos.OutageTooLong");
  EXPECT_EQ(both(10, "2s").status, Status::pass);
  EXPECT_EQ(both(10, "2s").outcome.key, "judge.throughout.outage");
}

TEST(Throughout, StatesWhatItDemands) {
  const Story story = open_at_the_end();
  const Finding counted = judged_throughout(story, every_200({{"allowed-failures", 2}}));
  EXPECT_EQ(counted.statement.key, "judge.throughout.statement");
  EXPECT_EQ(counted.statement.arguments["allowed"], 2);
  const Finding timed = judged_throughout(story, longest("1s"));
  EXPECT_EQ(timed.statement.key, "judge.throughout.statement-outage");
  EXPECT_EQ(timed.limit, 1s);
  EXPECT_FALSE(timed.statement.arguments.contains("allowed"));
  const Finding both =
      judged_throughout(story, every_200({{"allowed-failures", 2}, {"longest-outage", "1s"}}));
  EXPECT_EQ(both.statement.key, "judge.throughout.statement-both");
  EXPECT_EQ(both.statement.arguments["longest_ns"], Duration(1s).count());
}

TEST(WholeDrill, NeedsAnExpectationAWindowAndAnAnswer) {
  for (const char* kind : {"throughout", "never"}) {
    Story story;
    story.cut(6s, 16s);
    EXPECT_EQ(alone(story, kind, {{"probe", "page"}}).outcome.key, "judge.unreadable");
    Record record = story.record();
    record.phases.clear();
    EXPECT_EQ(alone(record, kind, every_200()).outcome.key, "judge.no-samples");
    story.page(0s, 30s, refused);
    EXPECT_EQ(alone(story, kind, every_200()).outcome.key, "judge.never-answered");
  }
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

TEST(LongestOutage, MeetsItsWindowEndsIncluded) {
  const json during = with(longest("200ms"), {{"during", "fault"}});  // from 6 s to 16 s
  const Story story = Story().cut(6s, 16s);
  EXPECT_EQ(judged_throughout(Story(story).page(16s, 17s, broken), during).status, Status::fail);
  EXPECT_EQ(judged_throughout(Story(story).page(16100ms, 17s, broken), during).status,
            Status::pass);
  const auto answered = [&](Duration at) {
    return judged_throughout(Story(story).page_at(5900ms, broken, at), during);
  };
  EXPECT_EQ(answered(6s).failure, "chaos.OutageTooLong");
  EXPECT_EQ(answered(5999ms).status, Status::pass);
}

TEST(LongestOutage, IsUnknownBeyondTheEndsOfTheSchedule) {
  const Story story = Story().cut(6s, 16s);
  EXPECT_EQ(judged_throughout(Story(story).unrecorded(28s, 30s), longest("20s")).outcome.key,
            "judge.skipped");
  EXPECT_EQ(judged_throughout(Story(story).unrecorded(0s, 6s), longest("20s")).outcome.key,
            "judge.skipped");
  EXPECT_EQ(judged_throughout(Story(story).unrecorded(28s, 30s).page(8s, 9s, broken), longest("1s"))
                .failure,
            "chaos.OutageTooLong");
}

TEST(Throughout, ShowsTheLastBadSampleThatSomebodySaw) {
  Story story = Story().cut(6s, 16s).page(7s, 8s, broken).skipped(8s, 8100ms);
  const json both = every_200({{"allowed-failures", 5}, {"longest-outage", "20s"}});
  const Finding finding = judged_throughout(story, both);
  EXPECT_EQ(finding.failure, "chaos.TooManyFailures");
  EXPECT_EQ(finding.cause->sample_at, 7900ms);
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

TEST(LongestOutage, IsSurelyTooLongBeyondItsLowerEnd) {
  // At least 0.89 s, at most 1.11 s.
  const Story story = Story().cut(6s, 16s).page(7s, 8s, broken);
  EXPECT_EQ(judged_throughout(story, longest("890ms")).outcome.key, "judge.throughout.not-shown");
  EXPECT_EQ(judged_throughout(story, longest("889ms")).outcome.key, "judge.throughout.outage");
}

TEST(Throughout, AllowsWhatNobodySawLikeAFailure) {
  const Story story = Story().cut(6s, 16s).page(7s, 7300ms, broken).skipped(9s, 9200ms);
  EXPECT_EQ(judged_throughout(story, every_200({{"allowed-failures", 5}})).status, Status::pass);
  EXPECT_EQ(judged_throughout(story, every_200({{"allowed-failures", 4}})).outcome.key,
            "judge.skipped");
  EXPECT_EQ(judged_throughout(story, every_200({{"allowed-failures", 2}})).status, Status::fail);
}

}  // namespace
}  // namespace reprise::testing
