// db_deadlock, db_corrupt and db_kill on a real server.
#include <future>

#include <gtest/gtest.h>

#include "injectors/servers/postgres.h"
#include "tests/support/application_session.h"
#include "tests/support/child_process.h"
#include "tests/support/fault_under_test.h"
#include "tests/support/fixed_surroundings.h"
#include "tests/support/postgres_server.h"
#include "tests/support/said_by.h"

namespace reprise {
namespace {

class DatabaseEvents : public ::testing::Test {
 protected:
  DatabaseEvents() {
    surroundings_.root = server_.folder();
    surroundings_.databases["shop"] = server_.url("postgres");
    auto session = open();
    for (const char* statement :
         {"CREATE TABLE orders (id int, note text)", "CREATE TABLE lines (id int)",
          "INSERT INTO orders SELECT i, 'sound' FROM generate_series(1, 100) i"}) {
      EXPECT_TRUE(session && session->query(statement)) << statement;
    }
  }
  [[nodiscard]] Result<AdminSession> open() const {
    return application_session(server_, "postgres");
  }
  [[nodiscard]] std::string ask(const std::string& query) const {
    auto session = open();
    if (!session) return why(session);
    const auto rows = session->query(query);
    return rows ? rows->front().front() : why(rows);
  }
  [[nodiscard]] std::unique_ptr<Injector> injected(const std::string& kind, nlohmann::json with) {
    auto fault = make_fault(fault_spec(kind, "shop", std::move(with)), surroundings_);
    const auto receipt = fault->prepare();
    EXPECT_TRUE(receipt) << why(receipt);
    EXPECT_FALSE(fault->confirm());
    const auto done = fault->inject(receipt.value_or(nlohmann::json()));
    EXPECT_TRUE(done) << why(done);
    EXPECT_TRUE(fault->revert(receipt.value_or(nlohmann::json())) || kind == "db_deadlock");
    return fault;
  }

  PostgresServer server_;
  FixedSurroundings surroundings_;
};

TEST_F(DatabaseEvents, ADeadlockHasTheSystemForItsVictim) {
  auto fault =
      make_fault(fault_spec("db_deadlock", "shop",
                            {{"first", "LOCK TABLE lines"}, {"then", "LOCK TABLE orders"}}),
                 surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt)) << why(receipt);
  EXPECT_FALSE(fault->confirm()) << "nobody has met it";
  auto application = open();
  ASSERT_TRUE(application->query("BEGIN") && application->query("LOCK TABLE orders"));
  const auto lines = application->query("LOCK TABLE lines");
  ASSERT_FALSE(lines);
  EXPECT_NE(lines.error().text().find("deadlock detected"), std::string::npos) << why(lines);
  EXPECT_TRUE(application->query("ROLLBACK"));
  EXPECT_TRUE(comes_true([&] { return fault->confirm().has_value(); }));
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_EQ(ask("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock'"), "0");
}

TEST_F(DatabaseEvents, ADeadlockThatNobodyMeetsIsNotConfirmedAndLeavesNoLock) {
  auto fault =
      make_fault(fault_spec("db_deadlock", "shop",
                            {{"first", "LOCK TABLE lines"}, {"then", "LOCK TABLE orders"}}),
                 surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  EXPECT_EQ(ask("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock'"), "1");
  EXPECT_FALSE(fault->confirm());
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_TRUE(comes_true([&] {
    return ask("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock'") == "0";
  }));
}

TEST_F(DatabaseEvents, RowsAreChangedInTheShareThatWasAskedFor) {
  const auto fault = injected(
      "db_corrupt",
      {{"how", "rows"}, {"table", "orders"}, {"set", "note = 'damaged'"}, {"share", "30%"}});
  ASSERT_TRUE(fault->confirm());
  EXPECT_EQ(fault->confirm()->evidence, "30 rows of orders changed");
  EXPECT_EQ(ask("SELECT count(*) FROM orders WHERE note = 'damaged'"), "30");
  EXPECT_EQ(ask("SELECT count(*) FROM orders"), "100");
}

TEST_F(DatabaseEvents, RowsOfAnEmptyTableDoNotBite) {
  const auto fault =
      injected("db_corrupt", {{"how", "rows"}, {"table", "lines"}, {"set", "id = 0"}});
  EXPECT_FALSE(fault->confirm());
}

TEST_F(DatabaseEvents, OnlyRowsThatAreOthersAfterwardsCount) {
  const auto none =
      injected("db_corrupt", {{"how", "rows"}, {"table", "orders"}, {"set", "note = 'sound'"}});
  EXPECT_FALSE(none->confirm());
  const auto half = injected(
      "db_corrupt", {{"how", "rows"}, {"table", "orders"}, {"set", "id = greatest(id, 50)"}});
  EXPECT_EQ(half->confirm().value_or(Bite{{}, "nothing"}).evidence, "49 rows of orders changed");
}

TEST_F(DatabaseEvents, ATableIsDropped) {
  const auto fault = injected("db_corrupt", {{"how", "drop"}, {"table", "orders"}});
  EXPECT_EQ(fault->confirm()->evidence, "orders is dropped");
  EXPECT_NE(ask("SELECT count(*) FROM orders").find("does not exist"), std::string::npos);
}

TEST_F(DatabaseEvents, ADamagedPageIsNoticedWhenItIsReadFromTheDisk) {
  const auto fault = injected("db_corrupt", {{"how", "page"}, {"table", "orders"}});
  ASSERT_TRUE(fault->confirm());
  // Checksums are verified by a reader that does not ask the server's memory.
  EXPECT_EQ(ask("SELECT count(*) FROM orders"), "100") << "it is still in memory";
  server_.shut_down();
  const auto checked =
      said_by({PostgresServer::program("pg_checksums"), "--check", "-D", server_.data()});
  EXPECT_NE(checked.find("checksum verification failed"), std::string::npos) << checked;
}

TEST_F(DatabaseEvents, AKillEndsTheServerAndAllItsProcesses) {
  const auto fault = injected("db_kill", nlohmann::json::object());
  EXPECT_TRUE(comes_true([&] { return fault->confirm().has_value(); }));
  EXPECT_FALSE(open());
  EXPECT_FALSE(make_fault(fault_spec("db_kill", "shop"), surroundings_)->prepare());
}

TEST_F(DatabaseEvents, AKillOfAServerThatHasEndedIsNotConfirmed) {
  auto fault = make_fault(fault_spec("db_kill", "shop"), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  server_.shut_down();
  EXPECT_FALSE(fault->inject(*receipt));
  EXPECT_FALSE(fault->confirm());
}

TEST_F(DatabaseEvents, AKillOfAServerThatIsNotTheDrillsIsRefused) {
  const TemporaryFolder elsewhere;
  surroundings_.root = elsewhere.path();
  const auto receipt = make_fault(fault_spec("db_kill", "shop"), surroundings_)->prepare();
  ASSERT_FALSE(receipt);
  EXPECT_NE(receipt.error().text().find("not this drill's own"), std::string::npos);
}

TEST_F(DatabaseEvents, OptionsThatDoNotGoTogetherAreRefused) {
  const auto* kind = Registry<FaultKind>::find("db_corrupt");
  for (const nlohmann::json& with :
       {nlohmann::json{{"how", "rows"}, {"table", "orders"}},
        {{"how", "drop"}, {"table", "orders"}, {"set", "id = 1"}},
        {{"how", "drop"}, {"table", "orders"}, {"share", "10%"}},
        {{"how", "rows"}, {"table", "orders"}, {"set", "id = 1"}, {"share", "0%"}}}) {
    EXPECT_FALSE(kind->make(fault_spec("db_corrupt", "shop", with), surroundings_)) << with;
  }
}

}  // namespace
}  // namespace reprise
