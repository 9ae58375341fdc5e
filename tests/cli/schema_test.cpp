// The schemas that the program itself publishes, with all that it was linked with, against the
// plans and scenarios that are shipped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/model/documents/document.h"
#include "tests/model/schema_validator.h"
#include "tests/support/program.h"

namespace reprise::testing {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

json published(const std::string& file) {
  Workplace place;
  const Finished done = place.run({"schema", file});
  EXPECT_EQ(done.code, 0) << done.err;
  return json::parse(done.out, nullptr, /*allow_exceptions=*/false);
}

// As they are written: variables and matrices not expanded, includes not filled in.
std::vector<Document> shipped(bool plans) {
  std::vector<Document> documents;
  for (const auto& folder : fs::directory_iterator(fs::path(REPRISE_SOURCE_DIR) / "scenarios")) {
    for (const auto& file : fs::directory_iterator(folder)) {
      const auto& path = file.path();
      if (path.extension() != ".yaml" || (path.stem() == "plan") != plans) continue;
      auto document = Document::read(path);
      if (document) documents.push_back(std::move(*document));
      EXPECT_TRUE(document) << path;
    }
  }
  return documents;
}

TEST(PublishedSchema, AcceptsEveryPlanThatIsShippedAndNoUnknownProbe) {
  const json schema = published("plan");
  ASSERT_TRUE(schema.is_object());
  const auto plans = shipped(true);
  EXPECT_GE(plans.size(), 3u);
  for (const Document& plan : plans) {
    EXPECT_TRUE(valid_by_schema(schema, plan.root())) << plan.name();
  }
  json wrong = plans.front().root();
  wrong["probes"]["other"] = {{"no-such-probe", json::object()}};
  EXPECT_FALSE(valid_by_schema(schema, wrong));
}

TEST(PublishedSchema, AcceptsEveryScenarioThatIsShippedAndNoUnknownFaultOrAssertion) {
  const json schema = published("scenario");
  ASSERT_TRUE(schema.is_object());
  const auto scenarios = shipped(false);
  EXPECT_GE(scenarios.size(), 40u);
  for (const Document& scenario : scenarios) {
    EXPECT_TRUE(valid_by_schema(schema, scenario.root())) << scenario.name();
  }
  json fault = scenarios.front().root(), assertion = fault;
  fault["faults"].push_back({{"inject", "no_such_fault"}});
  EXPECT_FALSE(valid_by_schema(schema, fault));
  assertion["assertions"].push_back({{"no-such-assertion", json::object()}});
  EXPECT_FALSE(valid_by_schema(schema, assertion));
}

TEST(PublishedSchema, KnowsWhatAScenarioLeavesBehindAndWhatAKnownMissMustSay) {
  const json schema = published("scenario");
  ASSERT_TRUE(schema.is_object());
  const auto with = [&](json leaves) {
    json scenario = shipped(false).front().root();
    scenario["leaves"] = std::move(leaves);
    return valid_by_schema(schema, scenario);
  };
  EXPECT_TRUE(with({{"home", "down"}, {"reason", "it is gone"}}));
  EXPECT_TRUE(with({{"home", {{"level", "degraded"}, {"reason", {{"fr", "a"}, {"en", "b"}}}}}}));
  EXPECT_FALSE(with({{"home", "gone"}, {"reason", "it is gone"}}));
  EXPECT_FALSE(with({{"home", {{"reason", "it is gone"}}}}));
  EXPECT_FALSE(with({{"home", "down"}, {"reason", 5}}));
  json scenario = shipped(false).front().root();
  json known = {{"finding", "F-1"}, {"owner", "operations"}, {"until", "2027-12-31"}};
  scenario["assertions"][0]["known"] = known;
  EXPECT_FALSE(valid_by_schema(schema, scenario));
  known["failure"] = "RtoExceeded";
  scenario["assertions"][0]["known"] = known;
  EXPECT_TRUE(valid_by_schema(schema, scenario));
}

}  // namespace
}  // namespace reprise::testing
