// Link faults that meet traffic and change nothing of it: they have no victim.
#include "tests/proxy/link_test.h"

namespace reprise {
namespace {

using Speaks = TestService::Speaks;

class NoEffect : public ::testing::Test {
 protected:
  // Whether a request bit while the fault lasted. The next request on the connection tells that
  // the proxy is done with the answer.
  bool bites(const std::string& kind, const nlohmann::json& with, const std::string& path,
             const std::string& fields = "") {
    LinkFaultUnderTest fault(link_, kind, with);
    fault.inject();
    PlainClient client(link_.port());
    client.ask(path, fields);
    EXPECT_EQ(client.end(), "") << "the connection was to stay open";
    client.ask("/fields");
    const bool bit = fault.bit();
    fault.revert();
    return bit;
  }
  // Only the answers to `path`, not the one behind it.
  bool body_differs(nlohmann::json with, const std::string& path) {
    with["match"] = {{"path", path.substr(0, path.find('?'))}};
    return bites("http_body", with, path);
  }

  TestService service_{Speaks::http};
  TestLink link_{service_, true};
};

TEST_F(NoEffect, HeadersThatAreSoAlreadyAreNotChanged) {
  const nlohmann::json only{{"path", "/json"}};
  const auto changes = [&](nlohmann::json with) {
    with["match"] = only;
    return bites("http_headers", with, "/json", "X-A: 1\r\n");
  };
  EXPECT_FALSE(changes({{"set", {{"content-type", "application/json"}}}}));
  EXPECT_FALSE(changes({{"remove", {"X-Missing"}}}));
  EXPECT_FALSE(changes({{"on", "request"}, {"remove", {"X-Missing"}}, {"set", {{"X-A", "1"}}}}));
  EXPECT_TRUE(changes({{"set", {{"Content-Type", "text/plain"}}}}));
  EXPECT_TRUE(changes({{"remove", {"X-Missing", "content-type"}}}));
  EXPECT_TRUE(changes({{"add", {{"X-New", "1"}}}}));
  EXPECT_TRUE(changes({{"on", "request"}, {"remove", {"x-a"}}}));
}

TEST_F(NoEffect, ALimitThatTheBodyDoesNotReachSpoilsNothing) {
  for (const char* mode : {"truncate", "cut"}) {
    for (const char* path : {"/json", "/chunked", "/big?0"}) {
      EXPECT_FALSE(body_differs({{"mode", mode}, {"bytes", "1KiB"}}, path)) << mode << path;
    }
    EXPECT_FALSE(body_differs({{"mode", mode}, {"bytes", "19B"}}, "/json")) << mode;
  }
  EXPECT_TRUE(body_differs({{"mode", "truncate"}, {"bytes", "18B"}}, "/json"));
  EXPECT_TRUE(body_differs({{"mode", "truncate"}, {"bytes", "10B"}}, "/chunked"));
}

TEST_F(NoEffect, ABodyThatEndsWithItsConnectionIsCutOnlyBeforeItsEnd) {
  const auto cut = [&](const char* bytes, std::string& seen) {
    LinkFaultUnderTest fault(link_, "http_body", {{"mode", "cut"}, {"bytes", bytes}});
    fault.inject();
    PlainClient client(link_.port());
    client.get("/until-end");
    seen = client.read_all();
    return fault.bit();
  };
  std::string seen;
  EXPECT_FALSE(cut("14B", seen));
  EXPECT_TRUE(seen.ends_with("until the end")) << seen;
  EXPECT_TRUE(cut("12B", seen));
  EXPECT_TRUE(seen.ends_with("until the en")) << seen;
}

TEST_F(NoEffect, ABodyReplacedByTheSameIsNotSpoilt) {
  const std::string same = "{\"mode\": \"nominal\"}";
  EXPECT_FALSE(body_differs({{"mode", "replace"}, {"body", same}}, "/json"));
  EXPECT_TRUE(body_differs({{"mode", "replace"}, {"body", same + "."}}, "/json"));
  EXPECT_TRUE(body_differs({{"mode", "replace"}, {"body", same.substr(1)}}, "/json"));
  EXPECT_FALSE(body_differs({{"mode", "replace"}, {"body", "firstsecond"}}, "/chunked"));
  EXPECT_FALSE(body_differs({{"mode", "empty"}}, "/big?0"));
  EXPECT_TRUE(body_differs({{"mode", "empty"}}, "/json"));
}

TEST_F(NoEffect, AContentTypeThatIsStatedAlreadyIsNotWrong) {
  EXPECT_FALSE(body_differs({{"mode", "wrong-type"}, {"type", "application/json"}}, "/json"));
  EXPECT_TRUE(body_differs({{"mode", "wrong-type"}, {"type", "text/plain"}}, "/json"));
}

TEST_F(NoEffect, ABodyOfALinkFaultIsSpoiltLikeAService) {
  LinkFaultUnderTest status(link_, "http_status", {{"status", 500}, {"body", "four"}});
  status.inject();
  EXPECT_FALSE(body_differs({{"mode", "replace"}, {"body", "four"}}, "/hello"));
  EXPECT_FALSE(body_differs({{"mode", "cut"}, {"bytes", "4B"}}, "/hello"));
  EXPECT_FALSE(body_differs({{"mode", "truncate"}, {"bytes", "5B"}}, "/hello"));
  EXPECT_TRUE(body_differs({{"mode", "truncate"}, {"bytes", "3B"}}, "/hello"));
  EXPECT_TRUE(body_differs({{"mode", "empty"}}, "/hello"));
}

TEST_F(NoEffect, AJitterThatDrawsNothingDelaysNothing) {
  link_.surroundings.references["seed"] = "1";
  LinkFaultUnderTest fault(link_, "http_delay", {{"delay", "0s"}, {"jitter", "1ns"}});
  fault.inject();
  PlainClient client(link_.port());
  for (int asked = 0; asked < 100; ++asked) client.ask("/hello");
  // One draw of three is a whole nanosecond; the others are none, or less than none.
  const auto evidence = fault.injector->confirm().value_or(Bite{{}, "0"}).evidence;
  EXPECT_GT(std::stoi(evidence), 10);
  EXPECT_LT(std::stoi(evidence), 60);
}

TEST_F(NoEffect, OptionsThatCanChangeNothingAreRefusedBeforeADrill) {
  const std::vector<std::pair<std::string, nlohmann::json>> faults{
      {"http_headers", nlohmann::json::object()},
      {"http_headers", {{"set", nlohmann::json::object()}, {"remove", nlohmann::json::array()}}},
      {"http_delay", {{"delay", "0s"}}},
      {"http_delay", {{"delay", "0ms"}, {"jitter", "0s"}}},
      {"http_body", {{"mode", "replace"}}},
      {"network_delay", {{"delay", "0s"}}},
      {"network_delay", {{"delay", "0s"}, {"by", "kernel"}}},
      {"network_rate", {{"rate", "0B"}}}};
  for (const auto& [kind, with] : faults) {
    const auto made = Registry<FaultKind>::find(kind)->make(
        fault_spec(kind, "client-to-server", with), link_.surroundings);
    EXPECT_FALSE(made) << kind << with;
  }
}

}  // namespace
}  // namespace reprise
