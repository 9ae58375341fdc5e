// throughout, never, file, log and procedure: a story that passes, one that fails, one that proves
// nothing.
#include <gtest/gtest.h>

#include "tests/judge/story.h"

namespace reprise::testing {
namespace {

json always_200(json more = json::object()) {
  more["probe"] = "page";
  more["expect"] = {{"status", 200}};
  return more;
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

Story with_file(const Observation& at_the_end) {
  const Observation there{"answered", {{"exists", true}}};
  Story story;
  story.probe("cache", 500ms).see("cache", 0s, 30s, there).kill(6s);
  story.see("cache", 20s, 30s, at_the_end);
  return story;
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

json switched(json more = json::object()) {
  more["service"] = "server";
  more["matches"] = "switched to \\w+";
  return more;
}

TEST(Log, IsLookedForFromTheFirstVictimOn) {
  Story story;
  story.cut(6s, 16s)
      .says(3s, "server", "switched to real")
      .says(8005ms, "server", "switched to sim");
  const Finding finding = Story(story).demand("log", switched({{"within", "2s"}})).finding();
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_EQ(finding.measured->high, 2s);
  EXPECT_EQ(Story(story).demand("log", switched({{"within", "1999999999ns"}})).finding().status,
            Status::fail);
  EXPECT_EQ(Story(story).demand("log", switched({{"at-least", 2}})).finding().failure,
            "chaos.LogMissing");
  EXPECT_EQ(
      Story(story).demand("log", switched({{"at-least", 2}, {"during", "all"}})).finding().status,
      Status::pass);
}

TEST(Log, CanBeForbidden) {
  Story story;
  story.cut(6s, 16s).says(8s, "server", "switched to sim").says(9s, "server", "well");
  EXPECT_EQ(Story(story).demand("log", switched({{"absent", true}})).finding().status,
            Status::fail);
  EXPECT_EQ(
      Story(story).demand("log", switched({{"absent", true}, {"within", "1s"}})).finding().status,
      Status::pass);
}

TEST(Log, OfASilentOrExternalServiceProvesNothing) {
  Story story;
  story.cut(6s, 16s);
  EXPECT_EQ(Story(story).demand("log", switched({{"absent", true}})).finding().outcome.key,
            "judge.log.silent");
  json options = switched();
  options["service"] = "bank";
  EXPECT_EQ(Story(story).demand("log", options).finding().outcome.key, "judge.log.external");
}

Story procedure_of(Duration took, Duration by_hand) {
  Story story;
  story.kill(6s).phases(5s, 15h, 15h, 16h).procedure(7s, "started");
  story.step(7s, 0, "started").step(7s + took - by_hand, 0, "finished");
  story.step(7s + took - by_hand, 1, "started", true).step(7s + took, 1, "finished", true);
  story.procedure(7s + took, "finished");
  return story;
}

TEST(Procedure, IsTimedExactlyAndThePeopleApart) {
  const json options{{"run", "restart"}, {"within", "4h"}};
  const Finding finding = procedure_of(4h, 3h).demand("procedure", options).finding();
  EXPECT_EQ(finding.status, Status::pass);
  EXPECT_EQ(finding.measured->low, 4h);
  EXPECT_EQ(finding.measured->high, 4h);
  EXPECT_EQ(finding.outcome.arguments["manual_ns"], Duration(3h).count());
  const Finding late = procedure_of(4h + 1ns, 3h).demand("procedure", options).finding();
  EXPECT_EQ(late.status, Status::fail);
  EXPECT_EQ(late.failure, "chaos.ProcedureTooSlow");
}

TEST(Procedure, FailsWithItsStep) {
  Story story;
  story.kill(6s).procedure(7s, "started").step(7s, 0, "started").step(8s, 0, "failed");
  story.step(8s, 1, "not-executed", true).procedure(8s, "failed");
  const json options{{"run", "restart"}};
  const Finding finding = Story(story).demand("procedure", options).finding();
  EXPECT_EQ(finding.status, Status::fail);
  EXPECT_EQ(finding.outcome.arguments["why"], "because");
  const json tolerant{{"run", "restart"}, {"allow-failed", true}};
  EXPECT_EQ(Story(story).demand("procedure", tolerant).finding().status, Status::pass);
}

TEST(Procedure, ProvesNothingWhenNobodyWasThere) {
  Story story;
  story.kill(6s).procedure(7s, "started").step(7s, 0, "started").step(8s, 0, "finished");
  story.step(8s, 1, "started", true);
  Story absent = story;
  absent.step(8001ms, 1, "failed", true).procedure(8001ms, "failed");
  const json options{{"run", "restart"}};
  EXPECT_EQ(absent.demand("procedure", options).finding().outcome.key, "judge.procedure.nobody");
  // But a person who was waited for to the end and did not come is a miss.
  story.phases(5s, 5h, 5h, 6h).step(8s + 4h, 1, "failed", true).procedure(8s + 4h, "failed");
  EXPECT_EQ(story.demand("procedure", options).finding().status, Status::fail);
}

TEST(Procedure, ProvesNothingWhenNotExecutedOrNotFinished) {
  const json options{{"run", "restart"}};
  Story story;
  story.kill(6s);
  EXPECT_EQ(Story(story).demand("procedure", options).finding().outcome.key,
            "judge.procedure.never-run");
  // Everything was broken as planned, and the procedure was not executed.
  EXPECT_EQ(
      Story(story).procedure(9s, "not-executed").demand("procedure", options).finding().status,
      Status::fail);
  EXPECT_EQ(Story()
                .procedure(9s, "not-executed")
                .declare("kill")
                .demand("procedure", options)
                .finding()
                .status,
            Status::inconclusive);
  EXPECT_EQ(
      Story(story).procedure(9s, "started").demand("procedure", options).finding().outcome.key,
      "judge.procedure.unfinished");
}

}  // namespace
}  // namespace reprise::testing
