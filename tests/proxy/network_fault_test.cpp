// Faults below HTTP as a client sees them.
#include "tests/proxy/link_test.h"

namespace reprise {
namespace {

using Speaks = TestService::Speaks;

class NetworkFault : public ::testing::Test {
 protected:
  std::string say(PlainClient& client, const std::string& words) {
    client.send(words);
    return client.read_exactly(words.size());
  }

  TestService service_{Speaks::tcp};
  TestLink link_{service_, false};
  PlainClient client_{link_.port()};
};

TEST_F(NetworkFault, ARefusingCutResetsWhoIsThereAndRefusesWhoComes) {
  EXPECT_EQ(say(client_, "a"), "A");
  LinkFaultUnderTest cut(link_, "network_cut");
  cut.inject();
  client_.read_all();
  EXPECT_EQ(client_.end(), "reset");
  EXPECT_TRUE(cut.bit());
  PlainClient refused(link_.port());
  refused.read_all();
  EXPECT_EQ(refused.end(), ::geteuid() == 0 ? "refused" : "reset");
  cut.revert();
  cut.revert();
  PlainClient after(link_.port());
  EXPECT_EQ(say(after, "b"), "B");
}

TEST_F(NetworkFault, ARefusedAttemptAloneIsEvidence) {
  const TestLink unused(service_, false);
  LinkFaultUnderTest cut(unused, "network_cut", {{"how", "refuse"}});
  cut.inject();
  PlainClient elsewhere(link_.port());
  EXPECT_EQ(say(elsewhere, "a"), "A");
  EXPECT_FALSE(cut.bit());
  PlainClient refused(unused.port());
  refused.read_all();
  EXPECT_TRUE(comes_true([&] { return cut.bit(); }));
  EXPECT_EQ(cut.injector->confirm()->evidence, "1 connection cut");
}

TEST_F(NetworkFault, ARefusingCutKeepsItsPort) {
  LinkFaultUnderTest cut(link_, "network_cut");
  for (int round = 0; round < 3; ++round) {
    cut.inject();
    EXPECT_THROW(TestService(Speaks::tcp, link_.port()), std::runtime_error);
    cut.revert();
    PlainClient again(link_.port());
    EXPECT_EQ(say(again, "again"), "AGAIN");
  }
}

TEST_F(NetworkFault, ASilentCutHoldsEverythingUntilItIsHealed) {
  EXPECT_EQ(say(client_, "a"), "A");
  LinkFaultUnderTest cut(link_, "network_cut", {{"how", "silence"}});
  cut.inject();
  EXPECT_FALSE(cut.bit());
  client_.send("live");
  PlainClient fresh(link_.port());
  EXPECT_EQ(fresh.end(), "");
  fresh.send("fresh");
  fresh.end_sending();
  EXPECT_FALSE(client_.readable(200ms));
  EXPECT_FALSE(fresh.readable(50ms));
  EXPECT_TRUE(cut.bit());
  EXPECT_EQ(service_.connections(), 1);
  cut.revert();
  EXPECT_EQ(client_.read_exactly(4), "LIVE");
  EXPECT_EQ(fresh.read_all(), "FRESHEND");
}

TEST_F(NetworkFault, ADelayIsKeptEachWayAndChunksDoNotWaitForEachOther) {
  EXPECT_EQ(say(client_, "a"), "A");
  LinkFaultUnderTest delay(link_, "network_delay", {{"delay", "100ms"}});
  delay.inject();
  EXPECT_FALSE(delay.bit());
  expect_takes(200, 250, [&] { EXPECT_EQ(say(client_, "b"), "B"); });
  EXPECT_TRUE(delay.bit());
  // Ten pieces 10 ms apart that waited for each other would take two seconds.
  expect_takes(290, 380, [&] {
    for (int i = 0; i < 10; ++i) {
      client_.send("x");
      if (i < 9) std::this_thread::sleep_for(10ms);
    }
    EXPECT_EQ(client_.read_exactly(10), "XXXXXXXXXX");
  });
  delay.revert();
}

TEST_F(NetworkFault, HealingADelayReleasesWhatItHolds) {
  LinkFaultUnderTest delay(link_, "network_delay", {{"delay", "1h"}});
  delay.inject();
  client_.send("held");
  EXPECT_TRUE(comes_true([&] { return delay.bit(); }));
  delay.revert();
  EXPECT_EQ(client_.read_exactly(4), "HELD");
}

TEST_F(NetworkFault, ADelayOneWayCountsOnce) {
  LinkFaultUnderTest delay(link_, "network_delay",
                           {{"delay", "100ms"}, {"direction", "responses"}});
  delay.inject();
  expect_takes(100, 150, [&] { EXPECT_EQ(say(client_, "b"), "B"); });
}

TEST_F(NetworkFault, DelayedMegabytesArriveIntact) {
  LinkFaultUnderTest delay(link_, "network_delay", {{"delay", "5ms"}, {"jitter", "5ms"}});
  delay.inject();
  const std::string words(4'000'000, 'x');
  std::thread sender([&] {
    client_.send(words);
    client_.end_sending();
  });
  const auto heard = client_.read_all();
  sender.join();
  EXPECT_EQ(heard.size(), words.size() + 3);
  EXPECT_TRUE(heard.ends_with("XXXEND"));
}

TEST_F(NetworkFault, ARateIsKeptAndItsBurstIsSmall) {
  LinkFaultUnderTest rate(link_, "network_rate", {{"rate", "100KiB"}, {"direction", "responses"}});
  rate.inject();
  EXPECT_EQ(say(client_, "a"), "A");
  const std::string words(40 * 1024, 'x');
  // At 100 KiB a second 40 KiB take 400 ms; 5 KiB may pass at once.
  expect_takes(345, 500, [&] { EXPECT_EQ(say(client_, words).size(), words.size()); });
  EXPECT_TRUE(rate.bit());
  rate.revert();
  expect_takes(0, 100, [&] { EXPECT_EQ(say(client_, words).size(), words.size()); });
}

TEST_F(NetworkFault, ARateIsSharedByTheConnectionsOfItsLink) {
  LinkFaultUnderTest rate(link_, "network_rate", {{"rate", "100KiB"}, {"direction", "requests"}});
  rate.inject();
  PlainClient other(link_.port());
  const std::string words(20 * 1024, 'x');
  expect_takes(345, 500, [&] {
    client_.send(words);
    other.send(words);
    EXPECT_EQ(client_.read_exactly(words.size()).size(), words.size());
    EXPECT_EQ(other.read_exactly(words.size()).size(), words.size());
  });
}

TEST_F(NetworkFault, ARateThatNobodyReachesDoesNotBite) {
  LinkFaultUnderTest rate(link_, "network_rate", {{"rate", "1GiB"}});
  rate.inject();
  EXPECT_EQ(say(client_, "a"), "A");
  EXPECT_FALSE(rate.bit());
}

TEST_F(NetworkFault, HealingARateReleasesWhatItHolds) {
  LinkFaultUnderTest rate(link_, "network_rate", {{"rate", "1B"}});
  rate.inject();
  const std::string words(20 * 1024, 'x');
  client_.send(words);
  EXPECT_TRUE(comes_true([&] { return rate.bit(); }));
  rate.revert();
  EXPECT_EQ(client_.read_exactly(words.size()).size(), words.size());
}

TEST_F(NetworkFault, AResetHitsNewAndOpenConnections) {
  EXPECT_EQ(say(client_, "a"), "A");
  LinkFaultUnderTest fault(link_, "connection_reset");
  fault.inject();
  client_.read_all();
  EXPECT_EQ(client_.end(), "reset");
  PlainClient fresh(link_.port());
  fresh.read_all();
  EXPECT_EQ(fresh.end(), "reset");
  fault.revert();
  PlainClient after(link_.port());
  EXPECT_EQ(say(after, "b"), "B");
}

TEST_F(NetworkFault, AResetAfterSomeBytesLetsThemPass) {
  LinkFaultUnderTest fault(link_, "connection_reset", {{"after", "10B"}});
  fault.inject();
  EXPECT_EQ(say(client_, "12345678"), "12345678");
  EXPECT_FALSE(fault.bit());
  client_.send("9abcdef");
  client_.read_all();
  EXPECT_EQ(client_.end(), "reset");
  EXPECT_TRUE(fault.bit());
}

TEST_F(NetworkFault, AStallLetsSomeBytesPassAndTheRestWhenHealed) {
  LinkFaultUnderTest fault(link_, "connection_stall", {{"after", "3B"}});
  fault.inject();
  client_.send("abcdef");
  EXPECT_EQ(client_.read_exactly(3), "ABC");
  EXPECT_FALSE(client_.readable(200ms));
  EXPECT_TRUE(fault.bit());
  fault.revert();
  EXPECT_EQ(client_.read_exactly(3), "DEF");
}

TEST_F(NetworkFault, DoesNotBiteOnALinkNobodyUses) {
  const TestLink unused(service_, true);
  const std::vector<std::pair<std::string, nlohmann::json>> faults = {
      {"http_status", {{"status", 500}}},
      {"http_delay", {{"delay", "1ms"}}},
      {"http_hang", nullptr},
      {"http_body", {{"mode", "empty"}}},
      {"http_headers", {{"remove", {"Server"}}}},
      {"network_cut", nullptr},
      {"network_cut", {{"how", "silence"}}},
      {"network_delay", {{"delay", "1ms"}}},
      {"connection_reset", nullptr},
      {"connection_stall", nullptr}};
  for (const auto& [kind, with] : faults) {
    LinkFaultUnderTest fault(unused, kind, with);
    EXPECT_FALSE(fault.bit()) << kind;
    fault.inject();
    std::this_thread::sleep_for(20ms);
    EXPECT_FALSE(fault.bit()) << kind;
    fault.revert();
    EXPECT_FALSE(fault.bit()) << kind;
  }
  EXPECT_EQ(PlainClient(unused.port()).end(), "");
}

TEST(NetworkFaultOnHttp, DelaysAndCutsHttpAsWell) {
  const TestService service(Speaks::http);
  const TestLink link(service, true);
  PlainClient client(link.port());
  EXPECT_EQ(client.ask("/hello").status, 200);
  LinkFaultUnderTest delay(link, "network_delay", {{"delay", "60ms"}});
  LinkFaultUnderTest status(link, "http_status", {{"status", 500}});
  delay.inject();
  status.inject();
  const auto start = Clocked::now();
  EXPECT_EQ(client.ask("/hello").status, 500);
  EXPECT_GE(milliseconds_since(start), 120);
  LinkFaultUnderTest cut(link, "network_cut");
  cut.inject();
  client.read_all();
  EXPECT_EQ(client.end(), "reset");
}

}  // namespace
}  // namespace reprise
