#include "tests/observe/observing.h"
#include "tests/observe/test_server.h"

namespace reprise {
namespace {

using nlohmann::json;

TEST(TcpProbe, IsAnsweredOnceConnected) {
  const TestServer server([](const Served& client) { client.stay_silent(); });
  Observing observing;
  observing.surroundings.references["services.a.address"] = server.address();
  EXPECT_EQ(observing.see("tcp", {{"address", "${services.a.address}"}}).outcome, "answered");
}

TEST(TcpProbe, SendsAndWaitsForAText) {
  const TestServer server([](const Served& client) {
    if (client.read_until("\r\n") == "PING\r\n") client.write("+PONG\r\n");
    client.stay_silent();
  });
  Observing observing;
  const auto seen = observing.see(
      "tcp", {{"address", server.address()}, {"send", "PING\r\n"}, {"receive", "PONG"}});
  EXPECT_EQ(seen.outcome, "answered");
  EXPECT_EQ(seen.values.at("text"), "+PONG\r\n");
}

TEST(TcpProbe, SaysWhyItWasNotAnswered) {
  const TestServer leaves([](const Served& client) { client.write("half"); });
  const TestServer silent([](const Served& client) { client.stay_silent(); });
  Observing observing;
  EXPECT_EQ(observing.see("tcp", {{"address", free_address()}}).outcome, "refused");
  const auto reset = observing.see("tcp", {{"address", leaves.address()}, {"receive", "whole"}});
  EXPECT_EQ(reset.outcome, "reset");
  EXPECT_EQ(reset.values.at("text"), "half");
  const auto probe = observing.make(
      Observing::spec("tcp", {{"address", silent.address()}, {"receive", "a word"}}));
  expect_late_by_300ms(observing.sample(*probe, 300ms));
}

TEST(TcpProbe, IsRefusedAnAddressThatIsNone) {
  Observing observing;
  for (const auto& [address, why] : {std::pair("nowhere", "'nowhere' is not host:port"),
                                     {"here:99999", "'99999' is not a port from 1 to 65535"},
                                     {"here:0", "'0' is not a port"}}) {
    const auto made = observing.try_make(Observing::spec("tcp", {{"address", address}}));
    ASSERT_FALSE(made) << address;
    EXPECT_THAT(made.error().what, testing::HasSubstr(why));
  }
  EXPECT_TRUE(observing.try_make(Observing::spec("tcp", {{"address", "${services.x.address}"}})));
}

TEST(TcpProbe, SearchesAllThatItReceived) {
  const json fatal{{"text", {{"contains", "FATAL"}}}};
  const auto see = [&](const std::string& written) {
    const TestServer server([&](const Served& client) {
      client.write(written);
      client.stay_silent();
    });
    Observing observing;
    const auto spec = Observing::spec("tcp", {{"address", server.address()}, {"receive", "READY"}});
    const auto probe = observing.make(Observing::asked(spec, {fatal}));
    return observing.sample(*probe, 500ms).seen;
  };
  const std::string banner(200'000, '.');
  EXPECT_EQ(judged(fatal, see(banner + "FATAL READY")), Truth::holds);
  EXPECT_EQ(judged(fatal, see(banner + "READY")), Truth::fails);
  const auto late = see(banner + "FATAL REA");
  EXPECT_EQ(late.outcome, "timeout");
  EXPECT_EQ(judged(fatal, late, Meant::forbidden), Truth::holds);
  EXPECT_EQ(judged(fatal, see(banner), Meant::forbidden), Truth::unknown);
}

// A listener whose queue is full answers no further connection: as silent as a cut cable.
TEST(TcpProbe, KeepsItsDeadlineWhileConnecting) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(listener, any, size), 0);
  ASSERT_EQ(::listen(listener, 0), 0);
  ASSERT_EQ(::getsockname(listener, any, &size), 0);
  std::vector<int> fill;
  for (int i = 0; i < 4; ++i) {
    fill.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    std::ignore = ::connect(fill.back(), any, size);
  }
  Observing observing;
  const auto where = fmt::format("127.0.0.1:{}", ntohs(address.sin_port));
  const auto probe = observing.make(Observing::spec("tcp", {{"address", where}}));
  expect_late_by_300ms(observing.sample(*probe, 300ms));
  const auto http = observing.make(Observing::spec("http", {{"url", "http://" + where + "/"}}));
  expect_late_by_300ms(observing.sample(*http, 300ms));
  for (const int socket : fill) ::close(socket);
  ::close(listener);
}

TEST(TcpProbe, LeavesNoDescriptorBehind) {
  const TestServer server([](const Served& client) { client.stay_silent(); });
  Observing observing;
  const auto probe = observing.make(Observing::spec("tcp", {{"address", server.address()}}));
  observing.sample(*probe);
  const auto before = open_descriptors();
  for (int i = 0; i < 500; ++i) ASSERT_EQ(observing.sample(*probe).seen.outcome, "answered");
  EXPECT_LE(descriptors_falling_to(before), before);
}

}  // namespace
}  // namespace reprise
