// db_lock, db_readonly, db_exhaust and wal_archive_failure on a real server.
#include <future>

#include <gtest/gtest.h>

#include "injectors/servers/postgres.h"
#include "tests/support/application_session.h"
#include "tests/support/child_process.h"
#include "tests/support/fault_under_test.h"
#include "tests/support/fixed_surroundings.h"
#include "tests/support/postgres_server.h"

namespace reprise {
namespace {

class DatabaseConditions : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = std::make_unique<PostgresServer>("archive_mode = on\narchive_command = 'true'\n");
    auto session = open("postgres");
    ASSERT_TRUE(session) << why(session);
    ASSERT_TRUE(session->query("CREATE DATABASE shop"));
    ASSERT_TRUE(session->query("CREATE ROLE plain LOGIN"));
    auto shop = open("shop");
    ASSERT_TRUE(shop && shop->query("CREATE TABLE orders (id int); "));
    ASSERT_TRUE(shop->query("CREATE TABLE lines (id int)"));
    ASSERT_TRUE(shop->query("GRANT ALL ON ALL TABLES IN SCHEMA public TO plain"));
  }
  static void TearDownTestSuite() { server_.reset(); }
  void SetUp() override {
    surroundings_.root = server_->folder();
    surroundings_.databases["shop"] = server_->url("shop");
  }
  static Result<AdminSession> open(const std::string& database, const std::string& user = "spe") {
    return application_session(*server_, database, user);
  }
  static bool works(AdminSession& session) { return session.query("SELECT 1").has_value(); }
  static bool writes(AdminSession& session) {
    return session.query("INSERT INTO orders VALUES (1)").has_value();
  }
  // Settings of databases and of the server, and who is connected as reprise.
  static std::string fingerprint() {
    auto session = open("postgres");
    if (!session) return why(session);
    const auto rows = session->query(
        "SELECT (SELECT coalesce(string_agg(s::text, ' '), '') FROM pg_db_role_setting s) || "
        "current_setting('archive_command') || (SELECT count(*) FROM pg_stat_activity WHERE "
        "application_name LIKE 'reprise%') || (SELECT count(*) FROM pg_locks WHERE mode = "
        "'AccessExclusiveLock')");
    return rows ? rows->front().front() : why(rows);
  }

  inline static std::unique_ptr<PostgresServer> server_;
  FixedSurroundings surroundings_;
};

// What every condition owes its users, whatever it does to a database.
struct ConditionCase {
  std::string kind;
  nlohmann::json with;
};

class EachDatabaseCondition : public DatabaseConditions,
                              public ::testing::WithParamInterface<ConditionCase> {
 protected:
  [[nodiscard]] static FaultSpec spec() {
    return fault_spec(GetParam().kind, "shop", GetParam().with);
  }
};

const std::vector<ConditionCase> condition_cases{
    {"db_lock", {{"tables", {"orders"}}}},
    {"db_readonly", nlohmann::json::object()},
    {"db_exhaust", {{"end-sessions", true}}},
    {"wal_archive_failure", nlohmann::json::object()},
};

INSTANTIATE_TEST_SUITE_P(All, EachDatabaseCondition, ::testing::ValuesIn(condition_cases),
                         [](const auto& about) { return about.param.kind; });

TEST_P(EachDatabaseCondition, IsUndoneTwiceByAStranger) {
  const std::string before = fingerprint();
  {
    auto fault = make_fault(spec(), surroundings_);
    const auto receipt = fault->prepare();
    ASSERT_TRUE(receipt) << why(receipt);
    EXPECT_FALSE(fault->confirm());
    EXPECT_TRUE(fault->revert(*receipt)) << "without an inject";
  }
  EXPECT_TRUE(comes_true([&] { return fingerprint() == before; })) << fingerprint();
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  const auto done = fault->inject(receipt.value_or(nlohmann::json()));
  ASSERT_TRUE(done) << why(done);
  if (GetParam().kind == "db_exhaust") {
    // What holds the connections is the program: only its end frees them for a stranger.
    EXPECT_TRUE(fault->revert(*receipt));
  }
  const FixedSurroundings nothing;
  auto guardian = make_fault(spec(), nothing);
  const auto undone = guardian->revert(nlohmann::json::parse(receipt->dump()));
  ASSERT_TRUE(undone) << why(undone);
  EXPECT_TRUE(guardian->revert(*receipt));
  fault.reset();
  EXPECT_TRUE(comes_true([&] { return fingerprint() == before; })) << fingerprint();
  auto application = open("shop");
  ASSERT_TRUE(application) << why(application);
  EXPECT_TRUE(writes(*application));
}

TEST_P(EachDatabaseCondition, IsUndoneWhereverItsHolderIsKilled) {
  const std::string before = fingerprint();
  const FaultSpec fault = spec();
  for (const int place : {1, 40, 120, 400}) {
    nlohmann::json receipt;
    const std::string note = server_->folder() / "receipt";
    std::filesystem::remove(note);
    const auto break_it = [&] {
      auto injector = make_fault(fault, surroundings_);
      const auto prepared = injector->prepare();
      std::ofstream(note) << prepared.value_or(nlohmann::json()).dump();
      (void)injector->inject(prepared.value_or(nlohmann::json()));
    };
    (void)killed_at(place, break_it);
    std::ifstream written(note);
    const std::string text{std::istreambuf_iterator<char>(written), {}};
    if (text.empty()) continue;  // killed before anything was touched
    const FixedSurroundings nothing;
    const auto undone = make_fault(fault, nothing)->revert(nlohmann::json::parse(text));
    ASSERT_TRUE(undone) << place << ": " << why(undone);
    EXPECT_TRUE(comes_true([&] { return fingerprint() == before; })) << place << fingerprint();
  }
}

TEST_F(DatabaseConditions, ALockMakesOthersWaitAndSaysWho) {
  auto application = open("shop");
  auto fault = make_fault(fault_spec("db_lock", "shop", {{"tables", {"orders"}}}), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  EXPECT_FALSE(fault->confirm()) << "nobody waits";
  auto waiting = std::async(std::launch::async, [&] { return writes(*application); });
  std::optional<Bite> bite;
  ASSERT_TRUE(comes_true([&] { return (bite = fault->confirm()).has_value(); }));
  EXPECT_EQ(bite->evidence, "1 session waits for a lock on orders");
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_TRUE(waiting.get());
}

TEST_F(DatabaseConditions, ALockOnATableThatIsNotThereIsRefused) {
  const auto receipt =
      make_fault(fault_spec("db_lock", "shop", {{"tables", {"nothing"}}}), surroundings_)
          ->prepare();
  ASSERT_FALSE(receipt);
  EXPECT_NE(receipt.error().text().find("nothing"), std::string::npos) << why(receipt);
}

TEST_F(DatabaseConditions, ADatabaseThatIsReadonlyIsReadAndNotWritten) {
  auto open_before = open("shop");
  auto fault = make_fault(fault_spec("db_readonly", "shop"), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  EXPECT_FALSE(works(*open_before)) << "its session was ended";
  auto during = open("shop");
  ASSERT_TRUE(during);
  EXPECT_TRUE(works(*during));
  EXPECT_FALSE(writes(*during));
  const auto bite = fault->confirm();
  ASSERT_TRUE(bite);
  EXPECT_EQ(bite->evidence, "new sessions of shop may only read (1 session ended)");
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_FALSE(works(*during)) << "it would have gone on read-only";
  auto after = open("shop");
  EXPECT_TRUE(after && writes(*after));
}

TEST_F(DatabaseConditions, AReadonlyThatSomebodyLiftsIsNotConfirmed) {
  auto fault = make_fault(fault_spec("db_readonly", "shop"), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  auto somebody = open("postgres");
  ASSERT_TRUE(somebody->query("ALTER DATABASE shop RESET default_transaction_read_only"));
  EXPECT_FALSE(fault->confirm());
  EXPECT_TRUE(fault->revert(*receipt));
}

TEST_F(DatabaseConditions, WhatWasReadonlyBeforeCannotBeMadeSo) {
  auto session = open("postgres");
  ASSERT_TRUE(session->query("ALTER DATABASE shop SET default_transaction_read_only = on"));
  const auto receipt = make_fault(fault_spec("db_readonly", "shop"), surroundings_)->prepare();
  ASSERT_FALSE(receipt);
  EXPECT_EQ(receipt.error().text(), "shop could only be read even before");
  auto after = open("shop");
  EXPECT_TRUE(after && !writes(*after));
  ASSERT_TRUE(session->query("ALTER DATABASE shop RESET default_transaction_read_only"));
}

TEST_F(DatabaseConditions, AnExhaustedServerRefusesEverybody) {
  auto open_before = open("shop");
  auto fault =
      make_fault(fault_spec("db_exhaust", "shop", {{"end-sessions", true}}), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  EXPECT_FALSE(works(*open_before));
  const auto bite = fault->confirm();
  ASSERT_TRUE(bite);
  EXPECT_NE(bite->evidence.find("too many"), std::string::npos) << bite->evidence;
  EXPECT_FALSE(open("shop"));
  EXPECT_FALSE(open("postgres")) << "they are the server's";
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_TRUE(comes_true([&] { return open("shop").has_value(); }));
}

TEST_F(DatabaseConditions, AServerWithRoomLeftIsNotExhausted) {
  auto session = open("postgres");
  ASSERT_TRUE(session->query("ALTER ROLE plain CONNECTION LIMIT 0"));
  surroundings_.databases["shop"] = server_->url("shop", "plain");
  const auto receipt = make_fault(fault_spec("db_exhaust", "shop"), surroundings_)->prepare();
  EXPECT_FALSE(receipt) << "a role that may not connect takes nothing";
  ASSERT_TRUE(session->query("ALTER ROLE plain CONNECTION LIMIT 3"));
  auto fault = make_fault(fault_spec("db_exhaust", "shop"), surroundings_);
  const auto prepared = fault->prepare();
  ASSERT_TRUE(prepared && fault->inject(*prepared)) << why(prepared);
  const auto bite = fault->confirm();
  EXPECT_FALSE(bite) << (bite ? bite->evidence : "") << ": others are still let in";
  EXPECT_TRUE(open("shop"));
  EXPECT_TRUE(fault->revert(*prepared));
  ASSERT_TRUE(session->query("ALTER ROLE plain CONNECTION LIMIT -1"));
}

TEST_F(DatabaseConditions, AServerThatOthersHaveFilledIsNotExhaustedByUs) {
  auto fault = make_fault(fault_spec("db_exhaust", "shop"), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  std::vector<AdminSession> others;
  while (auto one = open("shop")) others.push_back(std::move(*one));
  const auto done = fault->inject(*receipt);
  ASSERT_TRUE(done) << why(done);
  EXPECT_FALSE(fault->confirm());
  EXPECT_TRUE(fault->revert(*receipt));
  others.clear();
  EXPECT_TRUE(comes_true([&] { return open("shop").has_value(); }));
}

TEST_F(DatabaseConditions, AnArchiveThatFailsIsSeenByTheServer) {
  auto session = open("shop");
  ASSERT_TRUE(writes(*session));
  auto fault = make_fault(fault_spec("wal_archive_failure", "shop"), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  std::optional<Bite> bite;
  ASSERT_TRUE(comes_true([&] { return (bite = fault->confirm()).has_value(); }));
  EXPECT_NE(bite->evidence.find("failed"), std::string::npos) << bite->evidence;
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_TRUE(comes_true([&] {
    const auto now = session->query("SHOW archive_command");
    return now && now->front().front() == "true";
  }));
}

TEST_F(DatabaseConditions, AnArchiveThatSomebodyMendsIsNotConfirmed) {
  auto fault = make_fault(fault_spec("wal_archive_failure", "shop"), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt);
  auto session = open("shop");
  // Nothing is waiting to be archived, and nothing is written.
  ASSERT_TRUE(session->query("CHECKPOINT") && session->query("SELECT pg_switch_wal()"));
  EXPECT_FALSE(fault->confirm());
  EXPECT_TRUE(fault->revert(*receipt));
}

}  // namespace
}  // namespace reprise
