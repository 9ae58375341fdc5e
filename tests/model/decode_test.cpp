#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/model/scenario/scenario.h"
#include "tests/model/sample_vocabulary.h"

namespace reprise {
namespace {

using nlohmann::json;

LoadedPlan basic() {
  auto folder = std::filesystem::path(REPRISE_SOURCE_DIR) / "tests/model/files/good/basic";
  auto plans = load({folder}, sample_vocabulary());
  EXPECT_TRUE(plans);
  return plans ? std::move(plans->front()) : LoadedPlan{};
}

// Every pointer of a value, the whole first.
void collect(const json& value, const json::json_pointer& at,
             std::vector<json::json_pointer>& out) {
  out.push_back(at);
  if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i) collect(value[i], at / i, out);
  } else if (value.is_object()) {
    for (const auto& [key, item] : value.items()) collect(item, at / key, out);
  }
}

TEST(Decoding, ReadsBackWhatTheJournalStored) {
  auto loaded = basic();
  auto plan = decode_plan(json::parse(loaded.plan.resolved.dump()));
  ASSERT_TRUE(plan) << plan.error().text();
  EXPECT_EQ(plan->resolved, loaded.plan.resolved);
  EXPECT_EQ(plan->probes.at("dashboard").pointers, loaded.plan.probes.at("dashboard").pointers);
  EXPECT_EQ(plan->services.at("server").where, loaded.plan.services.at("server").where);
  for (const Scenario& scenario : loaded.scenarios) {
    auto again = decode_scenario(json::parse(scenario.resolved.dump()));
    ASSERT_TRUE(again) << again.error().text();
    EXPECT_EQ(again->resolved, scenario.resolved);
    EXPECT_EQ(again->name, scenario.name);
    EXPECT_EQ(again->compress.has_value(), scenario.compress.has_value());
    EXPECT_EQ(again->assertions.at(1).where, scenario.assertions.at(1).where);
    EXPECT_GT(again->assertions.at(1).where.column, 0);
  }
}

TEST(Decoding, RefusesWhatIsNoPlanAndNoScenario) {
  for (const char* text : {"null", "5", "[]", "{}", "\"x\"", R"({"plan": 5})"}) {
    EXPECT_FALSE(decode_plan(json::parse(text))) << text;
    EXPECT_FALSE(decode_scenario(json::parse(text))) << text;
  }
}

TEST(Decoding, SurvivesAnyValueInAnyPlace) {
  auto loaded = basic();
  const std::vector<json> hostile{nullptr,
                                  true,
                                  -1,
                                  1e300,
                                  UINT64_MAX,
                                  "",
                                  "x",
                                  "-5s",
                                  "9999999h",
                                  std::string(10'000, '('),
                                  json::array(),
                                  json::object(),
                                  json::array({json::array({nullptr})}),
                                  {{"value", nullptr}}};
  int refused = 0;
  auto attack = [&](const json& good, const auto& decode) {
    std::vector<json::json_pointer> pointers;
    collect(good, json::json_pointer(), pointers);
    for (const auto& pointer : pointers) {
      for (const json& value : hostile) {
        json bad = good;
        bad[pointer] = value;
        refused += decode(bad).has_value() ? 0 : 1;
      }
    }
  };
  attack(loaded.plan.resolved, decode_plan);
  attack(loaded.scenarios.at(0).resolved, decode_scenario);
  EXPECT_GT(refused, 500);
}

TEST(Decoding, NamesWhatDoesNotFit) {
  auto resolved = basic().scenarios.at(0).resolved;
  resolved["faults"][0]["for"] = "5parsecs";
  auto scenario = decode_scenario(resolved);
  ASSERT_FALSE(scenario);
  EXPECT_THAT(scenario.error().text(), testing::HasSubstr("scenario.faults: 'for': the duration"));
  resolved["faults"][0]["for"] = "5s";
  resolved["faults"][0]["repeat"] = {{"times", 1'000'000'000}};
  EXPECT_FALSE(decode_scenario(resolved));
}

}  // namespace
}  // namespace reprise
