// What a real Redis loses when it is killed: all of it without persistence, nothing with it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/program.h"

namespace reprise::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr auto store_plan = R"(reprise: 1
plan: store
objectives: {rto: 10s, rpo: 1h}
system:
  services:
    redis:
      command: [redis-server, --bind, 127.0.0.1, --port, "${port}", --save, "",
                --appendfsync, always, --appendonly, "PERSIST"]
      ready: {redis: {database: cache, command: [PING]}}
      restart: always
  databases: {cache: "redis://${services.redis.address}"}
probes:
  ping: {redis: {database: cache, command: [PING]}, every: 50ms, timeout: 2s}
ledgers:
  entries:
    write: {redis: {database: cache, command: [SET, "${entry.key}", "${entry.payload}"]}}
    every: 20ms
    timeout: 2s
    read: {redis: {database: cache}}
)";

constexpr auto store_scenario = R"(reprise: 1
scenario: killed
levels: {ping: {nominal: {value: PONG}}}
steady-state: [{probe: ping, expect: nominal}]
faults: [{inject: process_kill, into: redis, at: 2s}]
sustained: 500ms
assertions:
  - recovery: {probe: ping, expect: nominal, within: rto}
  - rpo: {ledger: entries, at-most: rpo}
  - no-loss: {ledger: entries}
)";

struct RedisStore : ::testing::Test {
  Workplace place;

  // The only drill; checks the exit code.
  json drilled(const std::string& persist, int code) {
    std::string plan = store_plan;
    plan.replace(plan.find("PERSIST"), 7, persist);
    write_file(place.folder() / "store/plan.yaml", plan);
    write_file(place.folder() / "store/killed.yaml", store_scenario);
    const Finished done = place.run({"run", "store", "--again", "9", "--out", "out"});
    EXPECT_EQ(done.code, code) << done.out << done.err;
    return only_drill(place);
  }
};

TEST_F(RedisStore, LosesEverythingWithoutPersistence) {
  const json drill = drilled("no", 1);
  const json& loss = drill.at("ledgers").at(0);
  EXPECT_GT(loss.at("lost"), 50);
  EXPECT_TRUE(loss.at("rpo_high_ns").is_null()) << "it reaches past the ledger's start";
  for (const json& finding : drill.at("findings")) {
    const bool lossless = finding.at("kind") == "steady-state" || finding.at("kind") == "recovery";
    EXPECT_EQ(finding.at("status"), lossless ? "pass" : "fail") << finding;
  }
  EXPECT_THAT(read_file(place.folder() / "out/report.html"), HasSubstr("Power loss: not tested"));
}

TEST_F(RedisStore, LosesNothingThatIsInItsFileBeforeItAnswers) {
  const json loss = drilled("yes", 0).at("ledgers").at(0);
  EXPECT_EQ(loss.at("lost"), 0);
  EXPECT_GT(loss.at("acknowledged"), 50);
}

}  // namespace
}  // namespace reprise::testing
