// replication_pause on a real standby, and servers that have none or archive nothing.
#include <gtest/gtest.h>

#include "injectors/servers/postgres.h"
#include "tests/support/child_process.h"
#include "tests/support/fault_under_test.h"
#include "tests/support/fixed_surroundings.h"
#include "tests/support/postgres_server.h"

namespace reprise {
namespace {

TEST(DatabasesThatArchiveNothing, CannotFailAtIt) {
  PostgresServer server;
  FixedSurroundings surroundings;
  surroundings.databases["shop"] = server.url("postgres");
  const auto receipt =
      make_fault(fault_spec("wal_archive_failure", "shop"), surroundings)->prepare();
  ASSERT_FALSE(receipt);
  EXPECT_NE(receipt.error().text().find("archive_mode is off"), std::string::npos);
  EXPECT_FALSE(make_fault(fault_spec("replication_pause", "shop"), surroundings)->prepare());
}

TEST(Standbys, FallBehindUntilTheyAreReverted) {
  PostgresServer primary;
  PostgresServer standby{PostgresServer::StandbyOf{primary}};
  FixedSurroundings surroundings;
  surroundings.databases["primary"] = primary.url("postgres");
  surroundings.databases["standby"] = standby.url("postgres");
  auto write = AdminSession::of_plan(surroundings, "primary");
  ASSERT_TRUE(write && write->query("CREATE TABLE t (i int)"));
  auto read = AdminSession::of_plan(surroundings, "standby");
  ASSERT_TRUE(read) << why(read);
  const auto sees = [&](const std::string& rows) {
    const auto count = read->query("SELECT count(*) FROM t");
    return count && count->front().front() == rows;
  };
  ASSERT_TRUE(comes_true([&] { return sees("0"); }));
  const FaultSpec spec = fault_spec("replication_pause", "standby");
  auto fault = make_fault(spec, surroundings);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt)) << why(receipt);
  EXPECT_FALSE(fault->confirm()) << "nothing was written";
  ASSERT_TRUE(write->query("INSERT INTO t VALUES (1)"));
  EXPECT_TRUE(comes_true([&] { return fault->confirm().has_value(); }));
  EXPECT_TRUE(sees("0"));
  const FixedSurroundings nothing;
  auto guardian = make_fault(spec, nothing);
  const auto undone = guardian->revert(nlohmann::json::parse(receipt->dump()));
  EXPECT_TRUE(undone) << why(undone);
  EXPECT_TRUE(guardian->revert(*receipt));
  EXPECT_TRUE(comes_true([&] { return sees("1"); }));
}

}  // namespace
}  // namespace reprise
