#include <gmock/gmock.h>

#include <thread>

#include "tests/observe/observing.h"
#include "tests/observe/test_server.h"
#include "tests/support/postgres_server.h"

namespace reprise {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class PostgresProbe : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server = std::make_unique<PostgresServer>(); }
  static void TearDownTestSuite() { server.reset(); }
  PostgresProbe() { observing_.surroundings.databases["history"] = server->url("postgres"); }

  std::unique_ptr<Probe> probe(const std::string& query, bool keep = false) {
    return observing_.make(
        Observing::spec("postgres", {{"database", "history"}, {"query", query}, {"keep", keep}}));
  }
  Observation ask(const std::string& query) {
    const auto asked = probe(query);
    return observing_.sample(*asked).seen;
  }
  std::int64_t busy_backends() {
    return ask("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE "
               "'%pg_sleep%' AND pid <> pg_backend_pid()")
        .values.at("value");
  }

  static inline std::unique_ptr<PostgresServer> server;
  Observing observing_;
};

TEST_F(PostgresProbe, SeesTheFirstRowWithItsTypes) {
  const auto seen =
      ask("SELECT 42 AS n, 1.5::numeric AS d, true AS b, 'été' AS t, NULL AS nothing, "
          "'{\"a\":1}'::jsonb AS j, 'NaN'::float8 AS nan");
  EXPECT_EQ(seen.outcome, "answered");
  EXPECT_EQ(seen.values.at("rows"), 1);
  EXPECT_EQ(seen.values.at("value"), 42);
  EXPECT_EQ(seen.values.at("row"), json({{"n", 42},
                                         {"d", 1.5},
                                         {"b", true},
                                         {"t", "été"},
                                         {"nothing", nullptr},
                                         {"j", {{"a", 1}}},
                                         {"nan", "NaN"}}));
}

TEST_F(PostgresProbe, SearchesWhatItDoesNotKeep) {
  const json fatal{{"value", {{"contains", "FATAL"}}}};
  const json row{{"row", {{"matches", "FATAL.*last"}}}};
  const auto see = [&](const std::string& query) {
    const auto spec = Observing::spec("postgres", {{"database", "history"}, {"query", query}});
    return observing_.sample(*observing_.make(Observing::asked(spec, {fatal, row}))).seen;
  };
  const auto bad = see("SELECT repeat('.', 9000) || 'FATAL' AS a, 'last' AS b");
  EXPECT_EQ(judged(fatal, bad), Truth::holds);
  EXPECT_EQ(judged(row, bad), Truth::holds);
  const auto good = see("SELECT repeat('.', 9000) AS a, 'last' AS b");
  EXPECT_EQ(judged(fatal, good), Truth::fails);
  EXPECT_EQ(judged(row, good), Truth::fails);
  EXPECT_EQ(judged({{"value", {{"contains", "other"}}}}, good), Truth::unknown);
  const auto document = see("SELECT jsonb_build_array(repeat('.', 90000), 'FATAL')");
  EXPECT_EQ(judged(fatal, document), Truth::holds);
  EXPECT_EQ(judged({{"value", {{"type", "array"}}}}, document), Truth::holds);
  const auto huge = see("SELECT to_jsonb(repeat('.', 9000000) || 'FATAL')");
  EXPECT_EQ(judged(fatal, huge), Truth::unknown);
  EXPECT_EQ(judged({{"rows", 1}}, huge), Truth::holds);
}

TEST_F(PostgresProbe, CountsRowsAndKeepsOnlyTheFirst) {
  const auto many = probe("SELECT i FROM generate_series(5, 200004) AS i");
  const auto seen = observing_.sample(*many, 30s).seen;
  EXPECT_EQ(seen.values, json({{"rows", 200'000}, {"value", 5}, {"row", {{"i", 5}}}}));
  EXPECT_EQ(ask("SELECT 1 WHERE false").values, json({{"rows", 0}}));
}

TEST_F(PostgresProbe, RunsStatementsThatReturnNothing) {
  EXPECT_EQ(ask("CREATE TABLE IF NOT EXISTS written (n int)").outcome, "answered");
  EXPECT_EQ(ask("INSERT INTO written SELECT generate_series(1, 3)").values, json({{"rows", 3}}));
  EXPECT_EQ(ask("VACUUM written").outcome, "answered");
}

TEST_F(PostgresProbe, SaysErrorWithItsSqlState) {
  const auto query = ask("SELECT * FROM nowhere");
  EXPECT_EQ(query.outcome, "error");
  EXPECT_EQ(query.values.at("sqlstate"), "42P01");
  EXPECT_THAT(query.values.at("text"), HasSubstr("42P01"));
  observing_.surroundings.databases["history"] = server->url("no_such_database");
  const auto connection = ask("SELECT 1");
  EXPECT_EQ(connection.outcome, "error");
  EXPECT_EQ(connection.values.at("sqlstate"), "3D000");
  observing_.surroundings.databases.clear();
  EXPECT_EQ(ask("SELECT 1").outcome, "error");
}

TEST_F(PostgresProbe, SaysRefusedAndReset) {
  observing_.surroundings.databases["history"] =
      fmt::format("postgresql://spe@{}/postgres", free_address());
  EXPECT_EQ(ask("SELECT 1").outcome, "refused");
  const TestServer leaves([](const Served& client) { client.reset(); });
  observing_.surroundings.databases["history"] =
      fmt::format("postgresql://spe@{}/postgres", leaves.address());
  EXPECT_EQ(ask("SELECT 1").outcome, "reset");
}

TEST_F(PostgresProbe, LooksUpTheHostWithoutHoldingUpTheEngine) {
  std::string url = server->url("postgres");
  const std::string numeric = "127.0.0.1";
  url.replace(url.find(numeric), numeric.size(), "localhost");
  observing_.surroundings.databases["history"] = url;
  EXPECT_EQ(ask("SELECT 1").outcome, "answered");
  observing_.surroundings.databases["history"] = "postgresql://spe@nobody.invalid/postgres";
  const auto asked = probe("SELECT 1");
  const auto sampled = observing_.sample(*asked, 300ms);
  EXPECT_THAT(sampled.seen.outcome, ::testing::AnyOf("error", "timeout"));
}

TEST_F(PostgresProbe, KeepsItsDeadlineWhenTheServerIsSilent) {
  const TestServer silent([](const Served& client) { client.stay_silent(); });
  observing_.surroundings.databases["history"] =
      fmt::format("postgresql://spe@{}/postgres", silent.address());
  const auto asked = probe("SELECT 1");
  expect_late_by_300ms(observing_.sample(*asked, 300ms));
}

TEST_F(PostgresProbe, KeepsItsDeadlineWhileRowsPourIn) {
  const auto asked = probe("SELECT generate_series(1, 100000000)");
  expect_late_by_300ms(observing_.sample(*asked, 300ms));
}

TEST_F(PostgresProbe, LeavesNoStatementRunningAfterItsDeadline) {
  const auto asked = probe("SELECT pg_sleep(30)");
  expect_late_by_300ms(observing_.sample(*asked, 300ms));
  for (int tries = 0; tries < 200 && busy_backends() > 0; ++tries) {
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_EQ(busy_backends(), 0);
}

TEST_F(PostgresProbe, UsesAFreshConnectionUnlessToldToKeepIt) {
  const auto fresh = probe("SELECT pg_backend_pid()");
  const auto first = observing_.sample(*fresh).seen.values.at("value");
  EXPECT_NE(observing_.sample(*fresh).seen.values.at("value"), first);
  const auto kept = probe("SELECT pg_backend_pid()", true);
  const auto own = observing_.sample(*kept).seen.values.at("value");
  EXPECT_EQ(observing_.sample(*kept).seen.values.at("value"), own);
  // A kept connection that was ended is noticed, and replaced for the next sample.
  ask(fmt::format("SELECT pg_terminate_backend({})", own.get<int>()));
  std::this_thread::sleep_for(50ms);
  EXPECT_NE(observing_.sample(*kept).seen.outcome, "answered");
  EXPECT_EQ(observing_.sample(*kept).seen.outcome, "answered");
}

TEST_F(PostgresProbe, TakesOverlappingSamplesAndLeavesNoDescriptorBehind) {
  const auto kept = probe("SELECT 1", true);
  for (const auto& taken : observing_.sample_together(*kept, 8, 5s)) {
    EXPECT_EQ(taken.seen.outcome, "answered") << taken.seen.values;
  }
  const auto fresh = probe("SELECT 1");
  observing_.sample(*fresh);
  const auto before = open_descriptors();
  for (int i = 0; i < 500; ++i) ASSERT_EQ(observing_.sample(*fresh).seen.outcome, "answered") << i;
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace reprise
