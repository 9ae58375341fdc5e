// What a cause says: the bad sample in a few words, and the log line nearest to it.
#include "harness/judge/cause.h"

#include <gtest/gtest.h>

#include "tests/judge/story.h"

namespace reprise::testing {
namespace {

std::string saw(const std::string& outcome, const json& values) {
  return saw_text({outcome, values});
}

TEST(SawText, PutsTheStatusFirstAndUnfoldsWhatTheAnswerHeld) {
  const json values{{"status", 200},
                    {"age", 5},
                    {"json", {{"/mode", "nominal"}, {"/left", 3}}},
                    {"headers", {{"server", "nginx"}}}};
  EXPECT_EQ(saw("answered", values), "status 200, age 5ns, server nginx, /left 3, /mode nominal");
  EXPECT_EQ(saw("answered", {{"rows", {{"count", 1}}}}), "rows {\"count\":1}");
  EXPECT_EQ(saw("answered", {{"json", 5}, {"headers", "none"}}), "headers none, json 5");
  const json kept{{"text", "a"}, {"cut", {"text"}}, {"searched", {{"b", true}}}};
  EXPECT_EQ(saw("answered", kept), "text a");
}

TEST(SawText, RoundsAges) {
  EXPECT_EQ(saw("answered", {{"age", 61'500'900'000}, {"oldest", "none"}}),
            "age 1min1.5s, oldest none");
}

TEST(SawText, SaysHowItEndedUnlessItWasAnswered) {
  EXPECT_EQ(saw("refused", json::object()), "refused");
  EXPECT_EQ(saw("error", {{"why", "no route"}}), "error, why no route");
  EXPECT_EQ(saw("answered", json::object()), "answered");
  EXPECT_EQ(saw("answered", nullptr), "answered");
  EXPECT_EQ(saw("reset", nullptr), "reset");
}

TEST(SawText, IsCutAtThreeHundredBytesBetweenTwoCharacters) {
  const std::string fits(298, 'a');
  EXPECT_EQ(saw("answered", {{"t", fits}}), "t " + fits);
  EXPECT_EQ(saw("answered", {{"t", fits + "b"}}), "t " + fits + "…");
  const std::string before(297, 'a');
  EXPECT_EQ(saw("answered", {{"t", before + "é"}}), "t " + before + "…");
  EXPECT_EQ(saw(std::string(400, '\x80'), json::object()), "…") << "that is no text at all";
}

Record with_log() {
  Record record;
  record.log_services = {"shop", "bank"};
  record.log = {{1s, 0, "shop at one"}, {2s, 1, "bank at two"}, {4s, 0, "shop at four"}};
  return record;
}

std::string nearest(const std::string& service, Duration instant) {
  Cause cause;
  add_nearest_log(cause, with_log(), service, instant);
  return cause.log_line;
}

TEST(NearestLog, IsOfTheServiceAskedForAndOfAnyWhenNoneIs) {
  EXPECT_EQ(nearest("shop", 2s), "shop at one");
  EXPECT_EQ(nearest("shop", 3s), "shop at four");
  EXPECT_EQ(nearest("shop", 2500ms), "shop at one");
  EXPECT_EQ(nearest("", 2100ms), "bank at two");
  EXPECT_EQ(nearest("bank", 9s), "bank at two");
  EXPECT_EQ(nearest("mail", 2s), "");
}

TEST(NearestLog, SaysWhenAndOfWhom) {
  Cause cause;
  add_nearest_log(cause, with_log(), "", 3500ms);
  EXPECT_EQ(cause.log_at, 4s);
  EXPECT_EQ(cause.log_service, "shop");
}

TEST(Cause, OfABadSampleLeavesOutTheLogOfOtherServices) {
  Story story;
  story.kill(6s).page(6s, 9s, refused);
  story.says(8900ms, "bank", "bankrupt").says(8s, "server", "starting");
  story.demand("never", {{"probe", "page"}, {"expect", "down"}});
  const Finding finding = story.finding();
  ASSERT_TRUE(finding.cause);
  EXPECT_EQ(finding.cause->sample_probe, "page");
  EXPECT_EQ(finding.cause->log_line, "starting");
  EXPECT_EQ(finding.cause->objective.key, "judge.never.statement");
}

TEST(Cause, OfAProbeThatTheRecordLacksSaysNothingOfIt) {
  const Cause cause = cause_of(Finding{}, Record{}, "page", {1s, 1s, 2s, 0});
  EXPECT_EQ(cause.sample_at, 1s);
  EXPECT_EQ(cause.sample_saw, "");
}

TEST(NearestLog, IsNotWhatAServiceSaysWhileItIsStopped) {
  Record record = with_log();
  record.phases.push_back({"teardown", 4s, std::nullopt});
  Cause cause;
  add_nearest_log(cause, record, "shop", 9s);
  EXPECT_EQ(cause.log_line, "shop at one");
}

}  // namespace
}  // namespace reprise::testing
