// A drill breaks what its plan lists, on this machine; anything else is refused before it starts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/program.h"

namespace reprise::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// 192.0.2.0/24 is set aside for documentation: nobody is there.
constexpr auto plan = R"(reprise: 1
plan: reach
objectives: {rto: 2s}
system:
  services:
    web:
      command: [python3, -m, http.server, "${port}", --bind, 127.0.0.1]
      ready: {http: {url: "http://${services.web.address}/"}}
    partner: {external: true, address: "192.0.2.1:80", target: true}
    spared: {external: true, address: "127.0.0.1:80"}
  links:
    to-partner: {from: web, to: partner}
    to-world: {from: web, to: "192.0.2.2:443"}
    to-itself: {from: web, to: web}
  databases:
    remote: "postgresql://me:hunter22@192.0.2.3/x"
    own: "postgresql://me:hunter22@localhost:5432/x"
    of-spared: "postgresql://me:hunter22@${services.spared.address}/x"
    through-link: "postgresql://me@${links.to-itself.address}/x"
probes:
  home: {http: {url: "http://${services.web.address}/"}, every: 50ms, timeout: 2s}
defaults:
  levels: {home: {nominal: {status: 200}}}
  steady-state: [{probe: home, expect: nominal}]
  steady: {for: 100ms, within: 15s}
  patience: 300ms
)";

std::string scenario(const std::string& fault) {
  return "reprise: 1\nscenario: cut\nfaults:\n  - " + fault +
         "\nassertions: [{throughout: {probe: home, expect: nominal}}]\n";
}

class Targets : public ::testing::Test {
 protected:
  void write(const std::string& fault, const std::string& text = plan) {
    write_file(place_.folder() / "reach/plan.yaml", text);
    write_file(place_.folder() / "reach/cut.yaml", scenario(fault));
  }
  Finished run(std::vector<std::string> more = {}) {
    std::vector<std::string> words{"run", "reach", "--out", "out"};
    words.insert(words.end(), more.begin(), more.end());
    return place_.run(words);
  }
  [[nodiscard]] bool started() const {
    return std::filesystem::exists(place_.folder() / "out/journals/reach/cut.jsonl");
  }
  Workplace place_;
};

TEST_F(Targets, ALinkThatLeadsElsewhereIsRefusedWithItsPlaceAndTheRemedy) {
  write("{inject: network_cut, into: to-world, for: 100ms}");
  const Finished done = run();
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, AllOf(HasSubstr("cut.yaml:4:5"), HasSubstr("192.0.2.2:443"),
                              HasSubstr("plan.yaml:13:"), HasSubstr("--allow-target to-world")));
  EXPECT_FALSE(started());
  const Finished allowed = run({"--allow-target", "to-world"});
  EXPECT_NE(allowed.code, 2) << allowed.err;
  EXPECT_TRUE(started());
}

TEST_F(Targets, ALinkToAnExternalServiceElsewhereIsRefusedToo) {
  write("{inject: http_status, into: to-partner, with: {status: 500}, for: 100ms}");
  const Finished done = run({"--allow-target", "to-world"});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("192.0.2.1:80"));
  EXPECT_FALSE(started());
}

TEST_F(Targets, ALinkThatAFaultCutsAlongWithAnotherCountsAsWell) {
  write("{inject: network_cut, into: to-itself, with: {by: kernel, also: [to-world]}, for: 100ms}");
  EXPECT_EQ(run().code, 2);
  EXPECT_FALSE(started());
}

TEST_F(Targets, ADatabaseElsewhereIsRefusedWithoutShowingItsPassword) {
  write("{inject: db_refuse, into: remote, for: 100ms}");
  const Finished done = run();
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, AllOf(HasSubstr("192.0.2.3"), HasSubstr("--allow-target remote"),
                              Not(HasSubstr("hunter22"))));
  EXPECT_FALSE(started());
}

TEST_F(Targets, ADatabaseOfThisMachineThatThePlanDoesNotStartIsRefused) {
  for (const std::string name : {"own", "of-spared"}) {
    write("{inject: db_corrupt, into: " + name + ", with: {how: drop, table: x}}");
    const Finished done = run();
    EXPECT_EQ(done.code, 2);
    EXPECT_THAT(done.err, AllOf(HasSubstr("cut.yaml:4:5"), HasSubstr("the database " + name),
                                HasSubstr("--allow-target " + name), Not(HasSubstr("hunter22"))));
    EXPECT_FALSE(started());
  }
  write("{inject: db_refuse, into: through-link, for: 100ms}");
  EXPECT_NE(run().code, 2);
  EXPECT_TRUE(started());
}

TEST_F(Targets, AnExternalServiceIsBrokenOnlyWhenThePlanCallsItATarget) {
  write("{inject: process_kill, into: spared}");
  const Finished spared = run();
  EXPECT_EQ(spared.code, 2);
  EXPECT_THAT(spared.err, AllOf(HasSubstr("cut.yaml:4:"),
                                HasSubstr("the service 'spared' is "
                                          "external"),
                                HasSubstr("target: true")));
  write("{inject: process_kill, into: partner}");
  const Finished elsewhere = run();
  EXPECT_EQ(elsewhere.code, 2);
  EXPECT_THAT(elsewhere.err, HasSubstr("--allow-target partner"));
  EXPECT_FALSE(started());
  EXPECT_EQ(place_.run({"check", "reach"}).code, 0);
}

TEST_F(Targets, OnlyAnExternalServiceIsCalledATarget) {
  std::string text = plan;
  const std::string before = "      ready:";
  text.insert(text.find(before), "      target: true\n");
  write("{inject: process_kill, into: web}", text);
  const Finished done = place_.run({"check", "reach"});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("plan.yaml:8:"));
}

TEST_F(Targets, ARehearsalIsHeldToTheSame) {
  write("{inject: http_status, into: to-itself, with: {status: 500}, for: 100ms}");
  const Finished world = place_.run({"inject", "reach", "network_cut:to-world", "--for", "100ms"});
  EXPECT_EQ(world.code, 2);
  EXPECT_THAT(world.err, AllOf(HasSubstr("plan.yaml:13:"), HasSubstr("--allow-target to-world")));
  write("{inject: process_kill, into: web}");
  const Finished spared = place_.run({"inject", "reach", "process_kill:spared"});
  EXPECT_EQ(spared.code, 2);
  EXPECT_THAT(spared.err, HasSubstr("target: true"));
}

TEST_F(Targets, WhatNoFaultTouchesNeedsNoLeaveAndAWrongNameIsTold) {
  write("{inject: http_status, into: to-itself, with: {status: 500}, for: 100ms}");
  const Finished wrong = run({"--allow-target", "to-wrold"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean 'to-world'"));
  EXPECT_NE(run().code, 2);
  EXPECT_TRUE(started());
}

}  // namespace
}  // namespace reprise::testing
