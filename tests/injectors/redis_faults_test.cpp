// redis_flush, redis_disconnect, redis_kill and redis_hang on a real server.
#include <gtest/gtest.h>

#include "tests/support/fault_under_test.h"
#include "tests/support/fixed_surroundings.h"
#include "tests/support/redis_server.h"

namespace reprise {
namespace {

class RedisFaults : public ::testing::Test {
 protected:
  RedisFaults() { surroundings_.databases["cache"] = server_.url(); }
  [[nodiscard]] std::unique_ptr<Injector> injected(const std::string& kind) {
    auto fault = make_fault(fault_spec(kind, "cache"), surroundings_);
    receipt_ = fault->prepare().value_or(nlohmann::json());
    EXPECT_FALSE(fault->confirm());
    EXPECT_TRUE(fault->revert(receipt_)) << "without an inject";
    const auto done = fault->inject(receipt_);
    EXPECT_TRUE(done) << why(done);
    return fault;
  }

  RedisServer server_;
  FixedSurroundings surroundings_;
  nlohmann::json receipt_;
};

TEST_F(RedisFaults, AFlushTakesEveryKey) {
  (void)server_.ask({"SET", "a", "1"});
  (void)server_.ask({"SET", "b", "2"});
  const auto fault = injected("redis_flush");
  ASSERT_TRUE(fault->confirm());
  EXPECT_EQ(fault->confirm()->evidence, "2 keys of cache are gone");
  EXPECT_EQ(server_.ask({"DBSIZE"}), 0);
  EXPECT_TRUE(fault->revert(receipt_));
}

TEST_F(RedisFaults, AFlushOfNothingDoesNotBite) {
  EXPECT_FALSE(injected("redis_flush")->confirm());
}

TEST_F(RedisFaults, ADisconnectEndsConnectionsAndAcceptsNewOnes) {
  auto client = server_.open();
  const auto deadline = [] { return std::chrono::steady_clock::now() + 1s; };
  ASSERT_TRUE(client && client->command({"PING"}, deadline()));
  const auto fault = injected("redis_disconnect");
  ASSERT_TRUE(fault->confirm());
  EXPECT_EQ(fault->confirm()->evidence, "1 connection to cache ended");
  EXPECT_FALSE(client->command({"PING"}, deadline()));
  EXPECT_EQ(server_.ask({"PING"}), "PONG");
}

TEST_F(RedisFaults, ADisconnectWithNobodyConnectedDoesNotBite) {
  EXPECT_FALSE(injected("redis_disconnect")->confirm());
}

TEST_F(RedisFaults, AKillEndsTheServer) {
  const auto fault = injected("redis_kill");
  EXPECT_TRUE(fault->confirm());
  EXPECT_TRUE(comes_true([&] { return server_.process().news() == 'E'; }));
  EXPECT_FALSE(make_fault(fault_spec("redis_kill", "cache"), surroundings_)->prepare())
      << "there is nobody left to kill";
}

TEST_F(RedisFaults, AKillThatIsNotAllowedDoesNotBite) {
  ASSERT_EQ(server_.ask({"ACL", "SETUSER", "plain", "on", ">secret", "+@all", "-shutdown"}), "OK");
  auto url = server_.url();
  surroundings_.databases["cache"] = url.replace(url.find("127"), 0, "plain:secret@");
  auto fault = make_fault(fault_spec("redis_kill", "cache"), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  EXPECT_FALSE(fault->inject(*receipt));
  EXPECT_FALSE(fault->confirm());
  EXPECT_EQ(server_.ask({"PING"}), "PONG");
}

TEST_F(RedisFaults, AHangLeavesEverybodyWithoutAnAnswerUntilItIsReverted) {
  const auto fault = injected("redis_hang");
  ASSERT_TRUE(comes_true([&] { return fault->confirm().has_value(); }));
  // Longer than many pauses: nobody comes in between two of them.
  auto client = server_.open();
  ASSERT_TRUE(client);
  const Instant asked = std::chrono::steady_clock::now();
  const auto answer = client->command({"PING"}, asked + 2s);
  EXPECT_FALSE(answer)
      << "after "
      << std::chrono::duration<double>(std::chrono::steady_clock::now() - asked).count();
  EXPECT_TRUE(fault->confirm());
  EXPECT_TRUE(fault->revert(receipt_));
  EXPECT_TRUE(fault->revert(receipt_));
  EXPECT_FALSE(fault->confirm());
  EXPECT_TRUE(comes_true([&] { return server_.ask({"PING"}) == "PONG"; }));
}

TEST_F(RedisFaults, AHangEndsWithItsProgram) {
  do_and_die([&] {
    auto fault = make_fault(fault_spec("redis_hang", "cache"), surroundings_);
    (void)fault->inject(nlohmann::json::object());
  });
  EXPECT_TRUE(comes_true([&] { return server_.ask({"PING"}) == "PONG"; }));
}

TEST_F(RedisFaults, AHangOfAServerThatHasEndedIsNotConfirmed) {
  const auto fault = injected("redis_hang");
  ::kill(server_.process().id().pid, SIGKILL);
  ASSERT_TRUE(comes_true([&] { return server_.process().news() == 'E'; }));
  EXPECT_FALSE(fault->confirm());
}

TEST(RedisAddresses, AreReadAsTheyAreWritten) {
  const auto whole = RedisAddress::parse("redis://me:s%40crt@cache.example:7000/3");
  ASSERT_TRUE(whole) << why(whole);
  EXPECT_EQ(whole->host, "cache.example");
  EXPECT_EQ(whole->port, 7000);
  EXPECT_EQ(whole->database, 3);
  EXPECT_EQ(whole->user, "me");
  EXPECT_EQ(whole->password, "s@crt");
  EXPECT_EQ(RedisAddress::parse("redis://[::1]:7000")->host, "::1");
  EXPECT_EQ(RedisAddress::parse("redis://localhost")->port, 6379);
  for (const char* bad : {"postgresql://x", "redis://", "redis://h:x", "redis://h/x"}) {
    EXPECT_FALSE(RedisAddress::parse(bad)) << bad;
  }
}

}  // namespace
}  // namespace reprise
