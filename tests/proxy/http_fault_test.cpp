// HTTP faults as a client sees them.
#include "tests/proxy/link_test.h"

namespace reprise {
namespace {

using Speaks = TestService::Speaks;

class HttpFault : public ::testing::Test {
 protected:
  TestService service_{Speaks::http};
  TestLink link_{service_, true};
  PlainClient client_{link_.port()};
};

TEST_F(HttpFault, StatusAnswersInsteadOfTheServiceOnAConnectionOpenedBefore) {
  EXPECT_EQ(client_.ask("/hello").status, 200);
  LinkFaultUnderTest fault(
      link_, "http_status",
      {{"status", 503}, {"body", "{\"error\": 1}"}, {"headers", {{"Retry-After", "7"}}}});
  fault.inject();
  EXPECT_FALSE(fault.bit());
  const auto before = Clocked::now();
  const auto answer = client_.ask("/hello");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, "{\"error\": 1}");
  EXPECT_NE(answer.head.find("Retry-After: 7\r\n"), std::string::npos);
  EXPECT_NE(answer.head.find("Content-Type: application/json\r\n"), std::string::npos);
  EXPECT_EQ(service_.requests(), 1);
  const auto bite = fault.injector->confirm();
  ASSERT_TRUE(bite);
  EXPECT_GE(bite->at, before);
  EXPECT_LE(bite->at, Clocked::now());
  EXPECT_EQ(bite->evidence, "1 request answered with the error");
  fault.revert();
  fault.revert();
  EXPECT_EQ(client_.ask("/hello").body, "hello");
}

TEST_F(HttpFault, StatusReplacesTheAnswerToARequestAlreadyOnItsWay) {
  client_.get("/slow?500");
  EXPECT_TRUE(comes_true([&] { return service_.requests() == 1; }));
  LinkFaultUnderTest fault(link_, "http_status", {{"status", 500}});
  fault.inject();
  EXPECT_EQ(client_.answer().status, 500);
  EXPECT_EQ(client_.ask("/hello").status, 500);
  fault.revert();
  EXPECT_EQ(client_.ask("/hello").body, "hello");
}

TEST_F(HttpFault, StatusSwallowsTheBodyOfTheRequest) {
  LinkFaultUnderTest fault(link_, "http_status", {{"status", 500}});
  fault.inject();
  client_.send("POST /echo HTTP/1.1\r\nContent-Length: 4\r\n\r\nbodyGET /x HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client_.answer().status, 500);
  EXPECT_EQ(client_.answer().status, 500);
  client_.send("HEAD / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client_.answer(true).status, 500);
  client_.send("POST /echo HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_NE(client_.answer().head.find("Connection: close\r\n"), std::string::npos);
  client_.read_all();
  EXPECT_EQ(client_.end(), "closed");
  EXPECT_EQ(service_.requests(), 0);
}

TEST_F(HttpFault, ActsOnlyOnTheRequestsItMatches) {
  LinkFaultUnderTest fault(
      link_, "http_status",
      {{"status", 500},
       {"match", {{"method", "GET"}, {"path", "/api/*"}, {"header", {{"X-A", "1"}}}}}});
  fault.inject();
  EXPECT_EQ(client_.ask("/api/x").status, 200);
  EXPECT_EQ(client_.ask("/json", "X-A: 1\r\n").status, 200);
  client_.send("PUT /api/x HTTP/1.1\r\nX-A: 1\r\n\r\n");
  EXPECT_EQ(client_.answer().status, 200);
  EXPECT_FALSE(fault.bit());
  EXPECT_EQ(client_.ask("/api/x?y=1", "x-a: 1\r\n").status, 500);
  EXPECT_TRUE(fault.bit());
}

TEST_F(HttpFault, ActsOnAShareOrTheFirstOrEveryNth) {
  const auto failed_of_200 = [&](nlohmann::json with) {
    with["status"] = 500;
    LinkFaultUnderTest fault(link_, "http_status", with);
    fault.inject();
    std::string seen;
    for (int i = 0; i < 200; ++i) seen += client_.ask("/hello").status == 500 ? 'x' : '.';
    fault.revert();
    return seen;
  };
  link_.surroundings.references["seed"] = "1";
  const auto share = failed_of_200({{"share", "30%"}});
  const auto count = std::ranges::count(share, 'x');
  EXPECT_GT(count, 30);
  EXPECT_LT(count, 90);
  EXPECT_EQ(failed_of_200({{"share", "30%"}}), share);
  link_.surroundings.references["seed"] = "2";
  EXPECT_NE(failed_of_200({{"share", "30%"}}), share) << "another drill draws others";
  EXPECT_EQ(failed_of_200({{"first", 2}}).substr(0, 5), "xx...");
  EXPECT_EQ(failed_of_200({{"every-nth", 3}}).substr(0, 7), "..x..x.");
}

TEST_F(HttpFault, DelayIsAddedToTheTimeTheServiceTakes) {
  LinkFaultUnderTest fault(link_, "http_delay", {{"delay", "200ms"}});
  fault.inject();
  for (const int service_time : {0, 100}) {
    expect_takes(200 + service_time, 250 + service_time, [&] {
      EXPECT_EQ(client_.ask("/slow?" + std::to_string(service_time)).body, "hello");
    });
  }
  fault.revert();
  expect_takes(0, 150, [&] { EXPECT_EQ(client_.ask("/hello").status, 200); });
}

TEST_F(HttpFault, HealingADelayReleasesWhatItHolds) {
  LinkFaultUnderTest fault(link_, "http_delay", {{"delay", "1h"}});
  fault.inject();
  client_.get("/hello");
  EXPECT_TRUE(comes_true([&] { return fault.bit(); }));
  fault.revert();
  EXPECT_EQ(client_.answer().body, "hello");
}

TEST_F(HttpFault, AHangCanBeToldFromADelayJustBelowTheTimeLimit) {
  const auto limit = 500ms;
  LinkFaultUnderTest delay(link_, "http_delay", {{"delay", "450ms"}});
  delay.inject();
  bool in_time = false;
  for (int attempt = 0; attempt < 10 && !in_time; ++attempt) {
    client_.get("/hello");
    in_time = client_.readable(limit);
    EXPECT_EQ(client_.answer().status, 200);
  }
  EXPECT_TRUE(in_time);
  delay.revert();
  const auto before = service_.requests();
  LinkFaultUnderTest hang(link_, "http_hang");
  hang.inject();
  client_.get("/hello");
  EXPECT_FALSE(client_.readable(limit));
  EXPECT_TRUE(hang.bit());
  EXPECT_EQ(service_.requests(), before);
  hang.revert();
  client_.read_all();
  EXPECT_EQ(client_.end(), "reset");
}

TEST_F(HttpFault, AHangAlsoSwallowsAnAnswerNotYetBegun) {
  client_.get("/slow?500");
  EXPECT_TRUE(comes_true([&] { return service_.requests() == 1; }));
  LinkFaultUnderTest hang(link_, "http_hang");
  hang.inject();
  EXPECT_FALSE(client_.readable(800ms));
  EXPECT_TRUE(hang.bit());
}

TEST_F(HttpFault, BodiesAreSpoiltInTheChosenWay) {
  const auto ask = [&](nlohmann::json with, const std::string& path) {
    LinkFaultUnderTest fault(link_, "http_body", with);
    fault.inject();
    auto answer = client_.ask(path);
    EXPECT_EQ(answer.status, 200);
    // Known once the service's own body has been read to where they differ.
    EXPECT_TRUE(comes_true([&] { return fault.bit(); }));
    fault.revert();
    return answer;
  };
  EXPECT_EQ(ask({{"mode", "replace"}, {"body", "{}"}}, "/json").body, "{}");
  EXPECT_EQ(ask({{"mode", "replace"}, {"body", "{}"}}, "/chunked").body, "{}");
  EXPECT_EQ(ask({{"mode", "truncate"}, {"bytes", "7B"}}, "/json").body, "{\"mode\"");
  EXPECT_EQ(ask({{"mode", "truncate"}, {"bytes", "7B"}}, "/chunked").body, "firstse");
  EXPECT_EQ(ask({{"mode", "empty"}}, "/json").body, "");
  const auto page = ask({{"mode", "not-json"}}, "/json");
  EXPECT_FALSE(nlohmann::json::accept(page.body));
  EXPECT_NE(page.head.find("application/json"), std::string::npos);
  const auto typed = ask({{"mode", "wrong-type"}}, "/json");
  EXPECT_TRUE(nlohmann::json::accept(typed.body));
  EXPECT_NE(typed.head.find("Content-Type: text/html\r\n"), std::string::npos);
  EXPECT_EQ(ask({{"mode", "cut"}, {"bytes", "5B"}}, "/json").body, "{\"mod");
  EXPECT_EQ(client_.end(), "closed");
}

TEST_F(HttpFault, HeadersOfEitherSideAreChanged) {
  LinkFaultUnderTest answers(
      link_, "http_headers",
      {{"remove", {"content-type"}}, {"set", {{"X-New", "1"}}}, {"add", {{"X-New", "2"}}}});
  answers.inject();
  const auto head = client_.ask("/json").head;
  EXPECT_EQ(head.find("Content-Type"), std::string::npos);
  EXPECT_NE(head.find("X-New: 1\r\nX-New: 2\r\n"), std::string::npos);
  answers.revert();
  LinkFaultUnderTest requests(link_, "http_headers",
                              {{"on", "request"}, {"remove", {"Authorization"}}});
  requests.inject();
  EXPECT_EQ(client_.ask("/fields", "Authorization: x\r\n").body,
            "GET /fields HTTP/1.1\r\nHost: test\r\n\r\n");
}

TEST_F(HttpFault, TwoAtOnceBothAct) {
  LinkFaultUnderTest delay(link_, "http_delay", {{"delay", "150ms"}});
  LinkFaultUnderTest status(link_, "http_status", {{"status", 502}});
  delay.inject();
  status.inject();
  const auto start = Clocked::now();
  EXPECT_EQ(client_.ask("/hello").status, 502);
  EXPECT_GE(milliseconds_since(start), 150);
  delay.revert();
  expect_takes(0, 100, [&] { EXPECT_EQ(client_.ask("/hello").status, 502); });
  status.revert();
  EXPECT_EQ(client_.ask("/hello").status, 200);
}

TEST_F(HttpFault, RevertsWithoutInjectionWithoutLinkAndRefusesTcp) {
  LinkFaultUnderTest fault(link_, "http_status", {{"status", 500}});
  fault.revert();
  fault.inject();
  link_.surroundings.links.clear();
  fault.revert();
  const TestLink tcp(service_, false);
  const auto other = make_fault(fault.spec, tcp.surroundings);
  EXPECT_FALSE(other->prepare());
}

TEST(LinkFaultKinds, HaveExamplesThatFitTheirOptions) {
  int kinds = 0;
  for (const auto* kind : Registry<FaultKind>::all()) {
    if (kind->target != Target::link) continue;
    ++kinds;
    EXPECT_EQ(kind->nature, Nature::condition) << kind->name;
    EXPECT_EQ(kind->example.at("inject"), kind->name);
    const auto with = kind->example.value("with", nlohmann::json::object());
    for (const auto& error : kind->options.check(with)) ADD_FAILURE() << error.text();
  }
  EXPECT_GE(kinds, 9);
}

}  // namespace
}  // namespace reprise
