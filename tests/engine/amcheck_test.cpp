// The step that looks into a restored database: a sound one, and damage of each sort.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/engine/drill/step.h"
#include "harness/model/registry.h"
#include "harness/observe/postgres_session.h"
#include "tests/engine/live_drill.h"
#include "tests/support/postgres_server.h"

namespace reprise::testing {
namespace {

using ::testing::HasSubstr;

struct Amcheck : ::testing::Test {
  PostgresServer server;
  LiveDrill drill;

  Amcheck() {
    for (const char* name : {"template", "copy", "postgres"}) {
      drill.plan.databases[name] = server.url(name);
    }
    drill.plan.databases["nowhere"] = "postgresql://spe@127.0.0.1:1/none";
    drill.prepare();
  }
  Result<std::string> check(const std::string& database) {
    Step step;
    step.kind = "amcheck";
    step.options = {{"value", database}};
    step.within = std::chrono::seconds(20);
    StepContext context{*drill.supervisor, *drill.site, drill.clock, drill.pool, {}, {}};
    return drill.run(Registry<StepKind>::find("amcheck")->run(step, context));
  }
  // The first value of the answer, or "".
  std::string sql(const std::string& database, const std::string& statement) {
    auto work = [&]() -> boost::asio::awaitable<std::string> {
      PostgresSession session(drill.context.get_executor());
      const Instant deadline = drill.clock.now() + std::chrono::seconds(20);
      const std::string url = server.url(database);
      auto seen = co_await session.connect(url, deadline);
      if (seen.outcome == "answered") seen = co_await session.query(statement, deadline);
      EXPECT_EQ(seen.outcome, "answered") << seen.values;
      co_return seen.values.contains("value") ? seen.values.at("value").get<std::string>() : "";
    };
    return drill.run(work());
  }
  void fill(const std::string& database) {
    sql(database, "CREATE EXTENSION amcheck");
    sql(database,
        "CREATE TABLE orders AS SELECT n AS id, 'x' || n AS name "
        "FROM generate_series(1, 90) n");
  }
  // A copy that no buffer holds a page of, with other bytes in the first tuples of its table.
  void damage_a_copy() {
    sql("postgres", "CREATE DATABASE template");
    fill("template");
    const std::string file = sql("template", "SELECT pg_relation_filenode('orders')::text");
    sql("postgres", "CREATE DATABASE copy TEMPLATE template STRATEGY file_copy");
    const std::string folder =
        sql("postgres", "SELECT oid::text FROM pg_database WHERE datname = 'copy'");
    std::fstream page(server.data() / "base" / folder / file,
                      std::ios::in | std::ios::out | std::ios::binary);
    page.seekp(8192 - 64);
    page << std::string(64, '\x7f');
  }
};

TEST_F(Amcheck, SaysThatASoundDatabaseIsSound) {
  fill("postgres");
  sql("postgres", "CREATE INDEX by_id ON orders (id)");
  EXPECT_THAT(check("postgres").value(), HasSubstr("are sound"));
}

TEST_F(Amcheck, FindsAnIndexThatDoesNotFitItsTable) {
  fill("postgres");
  sql("postgres",
      "CREATE FUNCTION turned(int) RETURNS int IMMUTABLE LANGUAGE sql "
      "AS 'SELECT $1'");
  sql("postgres", "CREATE INDEX by_turned ON orders (turned(id))");
  ASSERT_TRUE(check("postgres"));
  sql("postgres",
      "CREATE OR REPLACE FUNCTION turned(int) RETURNS int IMMUTABLE LANGUAGE sql "
      "AS 'SELECT -$1'");
  const auto found = check("postgres");
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().text(), HasSubstr("by_turned"));
}

TEST_F(Amcheck, FindsAPageThatIsNotWhatWasWritten) {
  damage_a_copy();
  const auto found = check("copy");
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().text(), HasSubstr("invalid page"));
}

TEST_F(Amcheck, FindsRowsThatNoChecksumGuards) {
  damage_a_copy();
  sql("postgres", "ALTER DATABASE copy SET ignore_checksum_failure = on");
  const auto found = check("copy");
  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().text(), HasSubstr("damaged: orders, block 0"));
}

TEST_F(Amcheck, FindsADatabaseWithoutTablesAndAnInvalidIndex) {
  EXPECT_THAT(check("postgres").error().text(), HasSubstr("it holds no table"));
  fill("postgres");
  sql("postgres", "CREATE INDEX by_id ON orders (id)");
  sql("postgres", "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'by_id'::regclass");
  EXPECT_THAT(check("postgres").error().text(), HasSubstr("1 damaged"));
}

TEST_F(Amcheck, SaysWhenItCannotLook) {
  sql("postgres", "CREATE TABLE orders (id int)");

  EXPECT_THAT(check("postgres").error().text(), HasSubstr("verify_heapam"));
  EXPECT_FALSE(check("nowhere"));
  EXPECT_FALSE(check("unknown"));
}

}  // namespace
}  // namespace reprise::testing
