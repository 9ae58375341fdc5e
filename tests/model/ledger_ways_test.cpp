// A warning where a ledger is read back by the way it was written.
#include <unistd.h>

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/model/scenario/ledger_ways.h"
#include "harness/model/scenario/scenario.h"
#include "tests/model/sample_vocabulary.h"

namespace reprise {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

const json plan_with_ways = json::parse(R"({"system": {
  "links": {"to-web": {"from": "a", "to": "web"}, "out": {"from": "a", "to": "example.org:80"}},
  "databases": {"shop": "postgresql://u@${services.db.address}/shop",
                "orders": {"secret": "postgresql://u@${links.to-web.address}/orders"},
                "far": "postgresql://example.org/far"}}})");

TEST(WaysOfLedgers, LeadToServicesOverLinksAndDatabases) {
  const auto of = [](const json& value) { return destinations_of(value, plan_with_ways); };
  EXPECT_THAT(of({{"http", {{"url", "http://${services.web.address}/x/${entry.key}"}}}}),
              ElementsAre("web"));
  EXPECT_THAT(of({{"http", {{"url", "http://${links.to-web.address}/"}}}}), ElementsAre("web"));
  EXPECT_THAT(of({{"http", {{"url", "http://${links.out.address}/"}}}}),
              ElementsAre("example.org:80"));
  EXPECT_THAT(of({{"query", {{"database", "shop"}, {"query", "x"}}}}), ElementsAre("db"));
  EXPECT_THAT(of({{"query", {{"database", "orders"}}}}), ElementsAre("web"));
  EXPECT_THAT(of({{"query", {{"database", "far"}}}}), ElementsAre("database far"));
  EXPECT_THAT(of({{"command", {{"run", {"sh", "${services.a.port}", "${services.b.port}"}}}}}),
              ElementsAre("a", "b"));
  EXPECT_THAT(of({{"http", {{"url", "http://example.org/${seed}"}}}}), IsEmpty());
}

// The warnings of a scenario with a ledger that is written over `write` and judged by `assertion`.
Errors warnings(const std::string& write, const std::string& assertion) {
  namespace fs = std::filesystem;
  std::string folder = (fs::temp_directory_path() / "reprise-ways.XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return {};
  std::ofstream(fs::path(folder) / "plan.yaml")
      << "reprise: 1\nplan: p\nsystem:\n  services: {a: {command: [x]}, db: {command: [x]}}\n"
         "  databases: {shop: \"postgresql://${services.db.address}/shop\"}\nledgers:\n"
         "  notes: {every: 1s, timeout: 1s, read: {query: {database: shop, query: x}}, write: "
         "{tcp: {address: \"${services." +
             write + ".address}/${entry.key}/${entry.payload}\"}}}\n";
  std::ofstream(fs::path(folder) / "s.yaml")
      << "reprise: 1\nscenario: s\nassertions:\n  - " << assertion << "\n";
  auto plans = load({folder}, sample_vocabulary());
  fs::remove_all(folder);
  EXPECT_TRUE(plans) << (plans ? "" : plans.error().front().text());
  return plans ? plans->front().warnings : Errors();
}

TEST(WaysOfLedgers, AreWarnedOfWhereThereIsOnlyOne) {
  const auto told = warnings("db", "no-loss: {ledger: notes}");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_THAT(told[0].text(),
              testing::EndsWith("s.yaml:4:23: the ledger 'notes' is read back through what it is "
                                "written to: db (that proves nothing about a fail-over of it; read "
                                "it by another way if there is one)"));
  EXPECT_THAT(warnings("a", "no-loss: {ledger: notes}"), IsEmpty());
  EXPECT_EQ(warnings("db", "rpo: {ledger: notes, at-most: 1h}").size(), 1U);
}

}  // namespace
}  // namespace reprise
