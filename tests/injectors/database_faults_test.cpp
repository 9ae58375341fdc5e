// db_disconnect and db_refuse on a real PostgreSQL server.
#include <gtest/gtest.h>

#include "injectors/servers/postgres.h"
#include "tests/support/application_session.h"
#include "tests/support/child_process.h"
#include "tests/support/fault_under_test.h"
#include "tests/support/fixed_surroundings.h"
#include "tests/support/postgres_server.h"

namespace reprise {
namespace {

class DatabaseFaults : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = std::make_unique<PostgresServer>();
    auto session = open("postgres");
    ASSERT_TRUE(session) << why(session);
    ASSERT_TRUE(session->query("CREATE DATABASE \"his\"\"tory\""));
    ASSERT_TRUE(session->query("CREATE ROLE plain LOGIN"));
    ASSERT_TRUE(session->query("CREATE DATABASE spare"));
  }
  static void TearDownTestSuite() { server_.reset(); }

  void SetUp() override {
    surroundings_.root = server_->folder();
    surroundings_.databases["history"] = server_->url("his%22tory");
  }
  static Result<AdminSession> open(const std::string& database) {
    return application_session(*server_, database);
  }
  static Result<AdminSession> application() { return open("his%22tory"); }
  static bool works(AdminSession& session) { return session.query("SELECT 1").has_value(); }
  static std::string fingerprint() {
    auto session = open("postgres");
    if (!session) return why(session);
    const auto rows =
        session->query("SELECT string_agg(d::text, ' ' ORDER BY oid) FROM pg_database d");
    return rows ? rows->front().front() : why(rows);
  }

  inline static std::unique_ptr<PostgresServer> server_;
  FixedSurroundings surroundings_;
};

TEST_F(DatabaseFaults, ADisconnectEndsTheOpenSessionsAndAcceptsNewOnes) {
  auto one = application();
  auto two = application();
  auto neighbour = open("spare");
  ASSERT_TRUE(one && two && neighbour);
  auto fault = make_fault(fault_spec("db_disconnect", "history"), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  EXPECT_TRUE(works(*one));
  EXPECT_FALSE(fault->confirm());
  const auto done = fault->inject(*receipt);
  ASSERT_TRUE(done) << why(done);
  EXPECT_FALSE(works(*one));
  EXPECT_FALSE(works(*two));
  EXPECT_TRUE(works(*neighbour)) << "another database's sessions are nobody's business";
  EXPECT_TRUE(application());
  const auto bite = fault->confirm();
  ASSERT_TRUE(bite);
  EXPECT_EQ(bite->evidence, "2 sessions of history ended");
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_TRUE(fault->revert(*receipt));
}

TEST_F(DatabaseFaults, ADisconnectWithNobodyConnectedDoesNotBite) {
  auto fault = make_fault(fault_spec("db_disconnect", "history"), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  EXPECT_FALSE(fault->confirm());
}

TEST_F(DatabaseFaults, ADisconnectSparesTheProbesOfReprise) {
  auto probe = application();
  ASSERT_TRUE(probe && probe->query("SET application_name = 'reprise probe'"));
  auto fault = make_fault(fault_spec("db_disconnect", "history"), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  EXPECT_TRUE(works(*probe));
  EXPECT_FALSE(fault->confirm());
}

TEST_F(DatabaseFaults, ARefusalKeepsEverybodyOutUntilAStrangerRevertsIt) {
  const std::string before = fingerprint();
  auto session = application();
  ASSERT_TRUE(session);
  const FaultSpec spec = fault_spec("db_refuse", "history");
  auto fault = make_fault(spec, surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  EXPECT_TRUE(fault->revert(*receipt)) << "without an inject";
  EXPECT_EQ(fingerprint(), before);
  EXPECT_FALSE(fault->confirm());
  const auto done = fault->inject(*receipt);
  ASSERT_TRUE(done) << why(done);
  EXPECT_FALSE(works(*session));
  EXPECT_FALSE(application());
  EXPECT_TRUE(open("spare"));
  const auto bite = fault->confirm();
  ASSERT_TRUE(bite);
  EXPECT_NE(bite->evidence.find("not currently accepting connections"), std::string::npos)
      << bite->evidence;
  EXPECT_NE(bite->evidence.find("1 session ended"), std::string::npos) << bite->evidence;

  const FixedSurroundings nothing;
  auto guardian = make_fault(spec, nothing);
  const auto undone = guardian->revert(nlohmann::json::parse(receipt->dump()));
  ASSERT_TRUE(undone) << why(undone);
  EXPECT_TRUE(application());
  EXPECT_EQ(fingerprint(), before);
  EXPECT_TRUE(guardian->revert(*receipt));
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_FALSE(fault->confirm());
}

TEST_F(DatabaseFaults, ARefusalThatSomebodyLiftsIsNotConfirmed) {
  auto fault = make_fault(fault_spec("db_refuse", "history"), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  ASSERT_TRUE(fault->confirm());
  auto somebody = open("postgres");
  ASSERT_TRUE(somebody && somebody->query("ALTER DATABASE \"his\"\"tory\" ALLOW_CONNECTIONS true"));
  EXPECT_FALSE(fault->confirm());
  EXPECT_TRUE(fault->revert(*receipt));
}

TEST_F(DatabaseFaults, ARefusalIsUndoneWhereverItsHolderIsKilled) {
  const std::string before = fingerprint();
  const FaultSpec spec = fault_spec("db_refuse", "history");
  const auto receipt = make_fault(spec, surroundings_)->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  const auto inject = [&] { (void)make_fault(spec, surroundings_)->inject(*receipt); };
  auto guardian = make_fault(spec, surroundings_);
  int refused = 0;
  for (int place = 1; killed_at(place, inject); place += 7) {
    refused += application() ? 0 : 1;
    const auto undone = guardian->revert(*receipt);
    ASSERT_TRUE(undone) << place << ": " << why(undone);
    // The server may still be at the statement of the session that was killed.
    ASSERT_TRUE(comes_true([&] { return guardian->revert(*receipt) && fingerprint() == before; }))
        << place;
  }
  do_and_die(inject);
  EXPECT_FALSE(application());
  EXPECT_TRUE(guardian->revert(*receipt));
  EXPECT_EQ(fingerprint(), before);
  EXPECT_GT(refused, 0);
}

TEST_F(DatabaseFaults, WhatWasRefusedBeforeStaysRefused) {
  auto admin = open("postgres");
  ASSERT_TRUE(admin && admin->query("ALTER DATABASE spare ALLOW_CONNECTIONS false"));
  surroundings_.databases["history"] = server_->url("spare");
  auto fault = make_fault(fault_spec("db_refuse", "history"), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  EXPECT_FALSE(fault->inject(*receipt));
  EXPECT_FALSE(fault->confirm());
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_FALSE(open("spare"));
  ASSERT_TRUE(admin->query("ALTER DATABASE spare ALLOW_CONNECTIONS true"));
}

TEST_F(DatabaseFaults, ADatabaseThatTheSystemHasRebuiltIsLeftAlone) {
  auto admin = open("postgres");
  ASSERT_TRUE(admin);
  ASSERT_TRUE(admin->query("CREATE DATABASE rebuilt"));
  surroundings_.databases["history"] = server_->url("rebuilt");
  auto fault = make_fault(fault_spec("db_refuse", "history"), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  ASSERT_TRUE(admin->query("DROP DATABASE rebuilt"));
  EXPECT_TRUE(fault->revert(*receipt)) << "gone is gone";
  ASSERT_TRUE(admin->query("CREATE DATABASE rebuilt ALLOW_CONNECTIONS false"));
  const auto undone = fault->revert(*receipt);
  EXPECT_TRUE(undone) << why(undone);
  EXPECT_FALSE(open("rebuilt")) << "the new one's setting is not ours";
  ASSERT_TRUE(admin->query("DROP DATABASE rebuilt"));
}

TEST_F(DatabaseFaults, ARoleWithoutThePrivilegeIsTold) {
  const std::string before = fingerprint();
  surroundings_.databases["history"] = server_->url("his%22tory", "plain");
  auto fault = make_fault(fault_spec("db_refuse", "history"), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  const auto done = fault->inject(*receipt);
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().what.find("owner"), std::string::npos) << why(done);
  EXPECT_FALSE(fault->confirm());
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_EQ(fingerprint(), before);
}

TEST_F(DatabaseFaults, NoReceiptAndNoErrorHoldsThePassword) {
  std::string url = server_->url("his%22tory");
  url.insert(url.find('@'), ":hunter2");
  surroundings_.databases["history"] = url;
  for (const char* kind : {"db_disconnect", "db_refuse"}) {
    auto fault = make_fault(fault_spec(kind, "history"), surroundings_);
    const auto receipt = fault->prepare();
    ASSERT_TRUE(receipt) << why(receipt);
    EXPECT_EQ(receipt->dump().find("hunter2"), std::string::npos);
    EXPECT_EQ(receipt->at("address").at("name"), "history");
    EXPECT_TRUE(fault->inject(*receipt));
    EXPECT_TRUE(fault->revert(*receipt));

    surroundings_.databases["history"] = "postgresql://spe:hunter2@127.0.0.1:1/his%22tory";
    const auto unreachable = make_fault(fault_spec(kind, "history"), surroundings_)->prepare();
    ASSERT_FALSE(unreachable);
    EXPECT_EQ(unreachable.error().text().find("hunter2"), std::string::npos);
    surroundings_.databases["history"] = "postgresql://spe:hunter2@[nonsense";
    const auto broken = make_fault(fault_spec(kind, "history"), surroundings_)->prepare();
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().text().find("hunter2"), std::string::npos);
    surroundings_.databases["history"] = url;
  }
}

TEST_F(DatabaseFaults, AnUndoThatLacksThePasswordSaysSo) {
  const FixedSurroundings nothing;
  const nlohmann::json receipt{
      {"address",
       {{"name", "history"},
        {"settings", {{"host", "127.0.0.1"}, {"port", "1"}, {"dbname", "x"}}},
        {"had_password", true}}},
      {"via", "postgres"},
      {"oid", "1"},
      {"allowed", true},
      {"data_directory", ""},
      {"folder", "/none"}};
  const auto undone = make_fault(fault_spec("db_refuse", "history"), nothing)->revert(receipt);
  ASSERT_FALSE(undone);
  EXPECT_NE(undone.error().text().find("PGPASSWORD"), std::string::npos) << why(undone);
}

// A server of its own, since it does not survive.
TEST(DatabasesThatGoWithTheDrill, LeaveNothingToUndo) {
  PostgresServer server;
  FixedSurroundings surroundings;
  surroundings.root = server.folder();
  surroundings.databases["history"] = server.url("postgres");
  const FaultSpec spec = fault_spec("db_refuse", "history");
  auto fault = make_fault(spec, surroundings);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  ASSERT_TRUE(fault->inject(*receipt));
  server.stop();
  EXPECT_FALSE(fault->revert(*receipt)) << "while the drill lives the server may come back";
  FixedSurroundings after;
  const auto undone = make_fault(spec, after)->revert(*receipt);
  EXPECT_TRUE(undone) << why(undone);
}

TEST(DatabasesThatHang, AreGivenUpInTime) {
  PostgresServer server;
  FixedSurroundings surroundings;
  surroundings.databases["history"] = server.url("postgres");
  const auto address = PostgresAddress::of_plan(surroundings, "history");
  ASSERT_TRUE(address);
  auto session = AdminSession::open(*address);
  ASSERT_TRUE(session) << why(session);
  const auto backend = session->query("SELECT pg_backend_pid()");
  ASSERT_TRUE(backend);
  const pid_t pid = std::stoi(backend->front().front());
  ASSERT_EQ(::kill(pid, SIGSTOP), 0);
  ASSERT_EQ(::kill(server.pid(), SIGSTOP), 0);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(session->query("SELECT 1"));
  EXPECT_FALSE(AdminSession::open(*address));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 20s);
  ::kill(pid, SIGCONT);
  ::kill(server.pid(), SIGCONT);
}

}  // namespace
}  // namespace reprise
