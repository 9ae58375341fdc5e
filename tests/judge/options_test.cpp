// The options of an assertion, and what a probe's own options say.
#include "harness/judge/options.h"

#include <gtest/gtest.h>

#include "harness/judge/findings.h"

namespace reprise {
namespace {

using nlohmann::json;

constexpr Duration most{std::int64_t{1} << 54};

AssertionSpec spec_with(json options) {
  AssertionSpec spec;
  spec.options = std::move(options);
  return spec;
}

TEST(Options, AreReadAsFarAsTheyFit) {
  const auto spec = spec_with({{"text", "5s"}, {"number", 7}, {"share", 0.5}, {"flag", true}});
  EXPECT_EQ(duration_option(spec, "text"), 5s);
  EXPECT_EQ(duration_option(spec, "number"), 7ns);
  EXPECT_FALSE(duration_option(spec, "flag"));
  EXPECT_FALSE(duration_option(spec, "absent"));
  EXPECT_EQ(text_option(spec, "text"), "5s");
  EXPECT_EQ(text_option(spec, "number"), "");
  EXPECT_EQ(text_option(spec, "absent"), "");
  EXPECT_TRUE(flag_option(spec, "flag"));
  EXPECT_FALSE(flag_option(spec, "text"));
  EXPECT_FALSE(flag_option(spec, "absent"));
  EXPECT_FALSE(flag_option(spec_with({{"flag", false}}), "flag"));
  EXPECT_EQ(integer_option(spec, "number"), 7);
  EXPECT_FALSE(integer_option(spec, "share"));
  EXPECT_FALSE(integer_option(spec, "absent"));
  EXPECT_FALSE(flag_option(spec_with("flag"), "flag"));
}

TEST(Options, OfAForgedJournalCannotOverflow) {
  const auto spec = spec_with({{"long", std::int64_t{1} << 62}, {"negative", -5}, {"odd", "x"}});
  EXPECT_EQ(duration_option(spec, "long"), most);
  EXPECT_EQ(duration_option(spec, "negative"), 0s);
  EXPECT_FALSE(duration_option(spec, "odd"));
  EXPECT_FALSE(expected_option(spec));
}

TEST(Options, SayWhatWasExpectedAsItWasWritten) {
  EXPECT_EQ(expected_text(*expected_option(spec_with({{"expect", "down"}}))), "down");
  EXPECT_EQ(expected_text(*expected_option(spec_with({{"expect", {{"status", 200}}}}))),
            nlohmann::json({{"predicate", {{"status", 200}}}}));
  EXPECT_EQ(expected_text({}), "");
}

Plan plan_with(const json& options) {
  Plan plan;
  plan.services["shop"].health_period = 10s;
  plan.services["a.b"].name = "a.b";
  plan.links["to-shop"].to = "shop";
  plan.links["to-host"].to = "example.org:80";
  plan.probes["page"].options = options;
  plan.probes["page"].every = 1s;
  return plan;
}

TEST(ServiceOfAProbe, IsTheOneThatItsOptionsName) {
  auto service = [](const std::string& url) {
    return service_of(plan_with({{"url", url}}), "page");
  };
  EXPECT_EQ(service("http://${services.shop.address}/a.html"), "shop");
  EXPECT_EQ(service("http://${services.a.b.port}/"), "a.b");
  EXPECT_EQ(service("http://${links.to-shop.address}/"), "shop");
  EXPECT_EQ(service("http://${links.to-host.address}/"), "");
  EXPECT_EQ(service("http://${services.other.address}/"), "");
  EXPECT_EQ(service("http://${links.other.address}/"), "");
  EXPECT_EQ(service("http://a.host/"), "");
  EXPECT_EQ(service("http://a.host/${services.shop"), "");
  EXPECT_EQ(service("http://a.host/${services.shop}"), "");
  EXPECT_EQ(service_of(plan_with({{"query", "shop.port}"}}), "page"), "");
  EXPECT_EQ(service_of(plan_with({}), "unknown"), "");
}

TEST(Sustained, IsTheOptionElseTheScenariosElseDerived) {
  Scenario scenario;
  const json direct{{"url", "http://elsewhere/"}};
  const json by_name{{"url", "http://${services.shop.port}/"}};
  const auto spec = spec_with({{"probe", "page"}});
  EXPECT_EQ(sustained_of(spec, scenario, plan_with(direct)), 20s);
  EXPECT_EQ(sustained_of(spec, scenario, plan_with(by_name)), 30s);
  Plan slow = plan_with(by_name);
  slow.probes["page"].every = 2s;
  EXPECT_EQ(sustained_of(spec, scenario, slow), 40s);
  EXPECT_EQ(sustained_of(spec_with({{"probe", "other"}}), scenario, slow), 0s);
  scenario.sustained = 5s;
  EXPECT_EQ(sustained_of(spec, scenario, slow), 5s);
  EXPECT_EQ(sustained_of(spec_with({{"probe", "page"}, {"sustained", "1s"}}), scenario, slow), 1s);
}

TEST(Intervals, AreUnboundedWithoutAnUpperEnd) {
  Message message;
  add_interval(message, {3ns, std::nullopt});
  EXPECT_EQ(message.arguments, (json{{"low_ns", 3}, {"high_ns", nullptr}}));
  add_interval(message, {3ns, 5ns});
  EXPECT_EQ(message.arguments["high_ns"], 5);
}

}  // namespace
}  // namespace reprise
