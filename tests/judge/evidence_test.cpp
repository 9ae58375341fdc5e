// What every assertion asks first.
#include "harness/judge/evidence.h"

#include <gtest/gtest.h>

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
            R"({"status":200})");
  EXPECT_EQ(expected_text({}), "");
}

Record with_phases(std::vector<PhaseRecord> phases) {
  Record record;
  record.phases = std::move(phases);
  record.length = 30s;
  return record;
}

TEST(DrillWindow, LastsFromTheFirstPhaseAfterSteadyToTheEndOfTheLastThatCame) {
  const auto whole = drill_window(with_phases(
      {{"steady", 0s, 5s}, {"inject", 5s, 6s}, {"heal", 9s, 10s}, {"recover", 10s, 20s}}));
  EXPECT_EQ(whole->from, 5s);
  EXPECT_EQ(whole->to, 20s);
  EXPECT_EQ(drill_window(with_phases({{"hold", 6s, 7s}, {"heal", 7s, 8s}}))->from, 6s);
  EXPECT_EQ(drill_window(with_phases({{"hold", 6s, 7s}, {"heal", 7s, 8s}}))->to, 8s);
  EXPECT_EQ(drill_window(with_phases({{"inject", 5s, std::nullopt}}))->to, 30s);
  EXPECT_FALSE(drill_window(with_phases({{"steady", 0s, 5s}})));
}

FaultRecord fault(std::optional<Duration> commanded, std::optional<Duration> bit = {},
                  std::optional<Duration> healed = {}) {
  FaultRecord out;
  out.commanded = commanded;
  out.bit = bit;
  out.healed = healed;
  return out;
}

TEST(FaultWindow, LastsFromTheFirstCommandToTheLastHealing) {
  Record record = with_phases({{"heal", 15s, 16s}});
  EXPECT_FALSE(fault_window(record));
  record.faults = {fault(8s, {}, 12s), fault(7s, {}, 18s), fault(9s, {}, 10s)};
  EXPECT_EQ(fault_window(record)->from, 7s);
  EXPECT_EQ(fault_window(record)->to, 18s);
  // An event is never healed: it lasts until the heal phase, or to the end without one.
  record.faults = {fault(8s, {}, 12s), fault(7s), fault({}, {}, 20s)};
  EXPECT_EQ(fault_window(record)->to, 15s);
  record.phases.clear();
  EXPECT_EQ(fault_window(record)->to, 30s);
}

TEST(FaultWindow, IsJudgedOnlyWhenAsked) {
  Record record = with_phases({{"inject", 5s, 6s}});
  record.faults = {fault(8s, {}, 12s)};
  EXPECT_EQ(window_option(spec_with({{"during", "fault"}}), record)->from, 8s);
  EXPECT_EQ(window_option(spec_with({{"during", "all"}}), record)->from, 5s);
}

TEST(Incidents, BeginWithTheEarliestInstantAndEndWithTheLatest) {
  Record record;
  EXPECT_FALSE(first_commanded(record));
  EXPECT_FALSE(first_bit(record));
  EXPECT_EQ(last_incident(record), 0s);
  record.faults = {fault({}, {}), fault(8s, 9s), fault(7s, 11s), fault(10s, 8500ms), fault(9s, {})};
  EXPECT_EQ(first_commanded(record), 7s);
  EXPECT_EQ(first_bit(record), 8500ms);
  EXPECT_EQ(last_incident(record), 10s);
  record.faults[2].armed = 12s;
  EXPECT_EQ(last_incident(record), 12s);
  record.faults[1].healed = 14s;
  EXPECT_EQ(last_incident(record), 14s);
  ProcedureRecord procedure;
  procedure.started = 13s;
  record.procedures = {procedure};
  EXPECT_EQ(last_incident(record), 14s);
  procedure.finished = 16s;
  record.procedures = {procedure};
  EXPECT_EQ(last_incident(record), 16s);
  record.procedures[0].started.reset();  // not executed
  EXPECT_EQ(last_incident(record), 14s);
}

TEST(Unusable, IsAProbeWithoutSamplesOrWithoutAnAnswer) {
  ProbeRecord probe;
  probe.observations = {{"refused", json::object()}, {"answered", json::object()}};
  probe.samples = {{0s, 0s, 1s, 0}, {1s, 1s, 2s, 1}};
  const Point refused{0s, 1s, Truth::fails, &probe.samples[0]};
  const Point answered{1s, 2s, Truth::fails, &probe.samples[1]};
  const Point awaited{0s, 1s, Truth::holds, &probe.samples[0]};
  const Point unknown{2s, 2s, Truth::unknown, nullptr};
  auto why = [&](const std::vector<Point>& line, const std::vector<Point>& points) {
    const auto message = unusable({&probe, 1s, line}, "page", points);
    return message ? message->key : std::string();
  };
  EXPECT_EQ(why({answered}, {unknown}), "judge.no-samples");
  EXPECT_EQ(why({refused, unknown}, {refused}), "judge.never-answered");
  EXPECT_EQ(why({refused, answered}, {refused}), "");
  EXPECT_EQ(why({awaited}, {awaited}), "");
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
