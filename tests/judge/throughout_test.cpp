// throughout: failing samples, and the longest outage.
#include <gtest/gtest.h>

#include "tests/judge/alone.h"
#include "tests/judge/story.h"

namespace reprise::testing {
namespace {

json always_200(json more = json::object()) {
  more["probe"] = "page";
  more["expect"] = {{"status", 200}};
  return more;
}

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

TEST(Throughout, CountsEveryFailedSample) {
  Story story;
  story.cut(6s, 16s).page(6s, 6300ms, broken);
  EXPECT_EQ(
      Story(story).demand("throughout", always_200({{"allowed-failures", 3}})).finding().status,
      Status::pass);
  const Finding finding =
      Story(story).demand("throughout", always_200({{"allowed-failures", 2}})).finding();
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.failure, "chaos.TooManyFailures");
  EXPECT_EQ(finding.outcome.arguments["failures"], 3);
  EXPECT_EQ(finding.cause->sample_at, 6200ms);
}

TEST(Throughout, AllowsNothingUnlessSaid) {
  Story story;
  story.cut(6s, 16s).page(6s, 6100ms, broken);
  EXPECT_EQ(story.demand("throughout", always_200()).finding().status, Status::fail);
}

TEST(Throughout, LooksOnlyAtItsWindow) {
  Story story;
  story.cut(6s, 16s).page(16100ms, 16200ms, broken);
  EXPECT_EQ(Story(story).demand("throughout", always_200({{"during", "fault"}})).finding().status,
            Status::pass);
  EXPECT_EQ(Story(story).demand("throughout", always_200()).finding().status, Status::fail);
}

TEST(Throughout, DoesNotPassOverASampleThatWasNeverTaken) {
  Story story;
  story.cut(6s, 16s);
  EXPECT_EQ(Story(story).skipped(20s, 20100ms).demand("throughout", always_200()).finding().status,
            Status::inconclusive);
  EXPECT_EQ(
      Story(story).unrecorded(20s, 20100ms).demand("throughout", always_200()).finding().status,
      Status::inconclusive);
  EXPECT_EQ(Story(story).unrecorded(28s, 30s).demand("throughout", always_200()).finding().status,
            Status::inconclusive);
  EXPECT_EQ(Story(story).demand("throughout", always_200()).finding().status, Status::pass);
}

TEST(Throughout, JudgesTheLongestOutageOnItsUpperEnd) {
  // Bad from 7.0 to 7.9 s: seen good at 6.9 s and, completed, at 8.01 s.
  Story story;
  story.cut(6s, 16s).page(7s, 8s, broken);
  const Finding finding =
      Story(story).demand("throughout", always_200({{"longest-outage", "1110ms"}})).finding();
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_EQ(finding.measured->low, 7900ms - 7010ms);
  EXPECT_EQ(finding.measured->high, 8010ms - 6900ms);
  EXPECT_EQ(Story(story)
                .demand("throughout", always_200({{"longest-outage", "1109999999ns"}}))
                .finding()
                .failure,
            "chaos.OutageTooLong");
}

TEST(Throughout, WithoutAnOutageIsOnlyAsGoodAsWhatCouldBeSeen) {
  Story story;
  story.cut(6s, 16s);
  EXPECT_EQ(
      Story(story).demand("throughout", always_200({{"longest-outage", "110ms"}})).finding().status,
      Status::pass);
  EXPECT_EQ(
      Story(story).demand("throughout", always_200({{"longest-outage", "109ms"}})).finding().status,
      Status::inconclusive);
}

TEST(Throughout, LooksAtLatencyWhenAsked) {
  Story story;
  story.cut(6s, 16s).page(8s, 8100ms, nominal, 700ms);
  json options = always_200();
  options["expect"]["latency"] = {{"<", "500ms"}};
  EXPECT_EQ(Story(story).demand("throughout", options).finding().status, Status::fail);
  options["expect"]["latency"] = {{"<=", "700ms"}};
  EXPECT_EQ(Story(story).demand("throughout", options).finding().status, Status::pass);
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
