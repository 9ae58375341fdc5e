#include <gmock/gmock.h>

#include "tests/observe/observing.h"
#include "tests/observe/test_server.h"

namespace reprise {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

TEST(HttpProbe, SeesWhatItWasAskedToKeepOfAJsonAnswer) {
  const TestServer server([](const Served& client) {
    client.read_request();
    client.answer("200 OK", R"({"mode":"nominal","weather":{"source":"api"},"list":[1,2]})",
                  "Content-Type: application/json\r\nX-Kept: a\r\nX-Kept: b\r\nX-Other: c\r\n");
  });
  Observing observing;
  auto spec = Observing::spec("http", {{"url", server.url("/api?x=1")}});
  spec.pointers = {"/mode", "/list", "/list/7", "/missing"};
  spec.served_by = "/weather/source";
  spec.headers = {"content-type", "x-kept", "x-missing"};
  const auto probe = observing.make(spec);
  const auto seen = observing.sample(*probe).seen;
  EXPECT_EQ(seen.outcome, "answered");
  const json expected = {
      {"status", 200},
      {"size", 58},
      {"source", "api"},
      {"json", {{"/mode", "nominal"}, {"/list", {1, 2}}, {"/weather/source", "api"}}},
      {"headers", {{"content-type", "application/json"}, {"x-kept", "a, b"}}}};
  EXPECT_EQ(seen.values, expected);
}

TEST(HttpProbe, KeepsTheBeginningOfATextThatIsNotJson) {
  const std::string body = "\xC3\xA9t\xC3\xA9 \xFF " + std::string(4200, 'x');
  const TestServer server([&](const Served& client) {
    client.read_request();
    client.answer("200 OK", body);
  });
  Observing observing;
  const auto seen = observing.see("http", {{"url", server.url()}});
  const auto text = seen.values.at("text").get<std::string>();
  EXPECT_THAT(text, ::testing::StartsWith("\xC3\xA9t\xC3\xA9 \xEF\xBF\xBD x"));
  EXPECT_LE(text.size(), 4100U);
  EXPECT_GT(text.size(), 4000U);
  EXPECT_EQ(seen.values.at("size"), body.size());
  EXPECT_NO_THROW(std::ignore = seen.values.dump());
}

TEST(HttpProbe, KeepsTheTextOfAnErrorEvenWhenItIsJson) {
  const TestServer server([](const Served& client) {
    client.read_request();
    client.answer("503 Service Unavailable", R"({"error":"no"})");
  });
  Observing observing;
  const auto seen = observing.see("http", {{"url", server.url()}});
  EXPECT_EQ(seen.outcome, "answered");
  EXPECT_EQ(seen.values.at("status"), 503);
  EXPECT_EQ(seen.values.at("text"), R"({"error":"no"})");
}

TEST(HttpProbe, SendsMethodHeadersAndBodyWithReferencesFilledIn) {
  std::string request;
  const TestServer server([&](const Served& client) {
    request = client.read_request();
    client.answer("200 OK", "{}");
  });
  Observing observing;
  observing.surroundings.references["services.a.address"] = server.address();
  observing.see("http", {{"url", "http://${services.a.address}/post"},
                         {"method", "POST"},
                         {"headers", {{"X-From", "${services.a.address}"}}},
                         {"body", {{"to", "${services.a.address}"}}}});
  EXPECT_THAT(request, HasSubstr("POST /post HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("X-From: " + server.address()));
  EXPECT_THAT(request, HasSubstr("Host: " + server.address()));
  EXPECT_THAT(request, HasSubstr("Content-Type: application/json"));
  EXPECT_THAT(request, HasSubstr("\r\n\r\n{\"to\":\"" + server.address() + "\"}"));
}

TEST(HttpProbe, SaysRefusedWhenNobodyListens) {
  Observing observing;
  EXPECT_EQ(observing.see("http", {{"url", "http://" + free_address() + "/"}}).outcome, "refused");
}

TEST(HttpProbe, SaysResetWhenTheConnectionIsCut) {
  const TestServer resets([](const Served& client) {
    client.read_request();
    client.reset();
  });
  const TestServer leaves([](const Served& client) { client.read_request(); });
  const TestServer breaks_off([](const Served& client) {
    client.read_request();
    client.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  });
  Observing observing;
  EXPECT_EQ(observing.see("http", {{"url", resets.url()}}).outcome, "reset");
  EXPECT_EQ(observing.see("http", {{"url", leaves.url()}}).outcome, "reset");
  EXPECT_EQ(observing.see("http", {{"url", breaks_off.url()}}).outcome, "reset");
}

TEST(HttpProbe, KeepsItsDeadlineWhenTheServerIsSilent) {
  const TestServer server([](const Served& client) { client.stay_silent(); });
  Observing observing;
  const auto probe = observing.make(Observing::spec("http", {{"url", server.url()}}));
  expect_late_by_300ms(observing.sample(*probe, 300ms));
}

TEST(HttpProbe, KeepsItsDeadlineWhileABodyTricklesIn) {
  const TestServer server([](const Served& client) {
    client.read_request();
    client.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
    for (int i = 0; i < 60; ++i) {
      client.write("x");
      std::this_thread::sleep_for(20ms);
    }
  });
  Observing observing;
  const auto probe = observing.make(Observing::spec("http", {{"url", server.url()}}));
  expect_late_by_300ms(observing.sample(*probe, 300ms));
}

TEST(HttpProbe, SaysErrorForWhatIsNotHttp) {
  const TestServer other([](const Served& client) { client.write("220 mail ready\r\n\r\n"); });
  Observing observing;
  const auto not_http = observing.see("http", {{"url", other.url()}});
  EXPECT_EQ(not_http.outcome, "error");
  EXPECT_THAT(not_http.values.at("text"), HasSubstr("not an HTTP answer"));
}

TEST(HttpProbe, ReadsALargeJsonDocument) {
  json document = {{"mode", "nominal"}, {"rows", json::array()}};
  for (int i = 0; i < 50'000; ++i) document["rows"].push_back({{"row", i}});
  const auto body = document.dump();
  const TestServer server([&](const Served& client) {
    client.read_request();
    client.answer("200 OK", body);
  });
  Observing observing;
  auto spec = Observing::spec("http", {{"url", server.url()}});
  spec.pointers = {"/mode", "/rows"};
  const auto probe = observing.make(spec);
  const auto seen = observing.sample(*probe).seen;
  EXPECT_EQ(seen.values.at("json").at("/mode"), "nominal");
  EXPECT_TRUE(seen.values.at("json").at("/rows").is_array());
  EXPECT_EQ(seen.values.at("cut"), json({"json /rows"}));
  EXPECT_LT(seen.values.dump().size(), 10'000U);
}

TEST(HttpProbe, FollowsRedirectionsOnlyWhenAsked) {
  const TestServer server([](const Served& client) {
    const auto request = client.read_request();
    if (request.starts_with("GET /there ")) {
      client.answer("200 OK", "there");
    } else if (request.starts_with("GET /loop ")) {
      client.answer("302 Found", "", "Location: /loop\r\n");
    } else {
      client.answer("303 See Other", "", "Location: there\r\n");
    }
  });
  Observing observing;
  const auto stayed = observing.see("http", {{"url", server.url("/here")}});
  EXPECT_EQ(stayed.values.at("status"), 303);
  const auto followed = observing.see(
      "http", {{"url", server.url("/here")}, {"method", "POST"}, {"body", "x"}, {"follow", true}});
  EXPECT_EQ(followed.values.at("status"), 200);
  EXPECT_EQ(followed.values.at("text"), "there");
  const auto lost = observing.see("http", {{"url", server.url("/loop")}, {"follow", true}});
  EXPECT_EQ(lost.outcome, "error");
}

TEST(HttpProbe, RefusesHttpsBeforeTheDrillBegins) {
  Observing observing;
  const auto probe = observing.try_make(Observing::spec("http", {{"url", "https://a.example/"}}));
  ASSERT_FALSE(probe);
  EXPECT_THAT(probe.error().text(), HasSubstr("https is not supported"));
}

TEST(HttpProbe, SaysErrorForAnUnknownReference) {
  Observing observing;
  const auto seen = observing.see("http", {{"url", "http://${services.nobody.address}/"}});
  EXPECT_EQ(seen.outcome, "error");
  EXPECT_THAT(seen.values.at("text"), HasSubstr("services.nobody.address"));
}

TEST(HttpProbe, TakesOverlappingSamples) {
  const TestServer server([](const Served& client) {
    client.read_request();
    std::this_thread::sleep_for(200ms);
    client.answer("200 OK", "{}");
  });
  Observing observing;
  const auto probe = observing.make(Observing::spec("http", {{"url", server.url()}}));
  const auto all = observing.sample_together(*probe, 20, 3s);
  for (const auto& taken : all) {
    EXPECT_EQ(taken.seen.outcome, "answered");
    EXPECT_LT(taken.took, 1s);
  }
}

TEST(HttpProbe, LeavesNoDescriptorBehind) {
  const TestServer server([](const Served& client) {
    client.read_request();
    client.answer("200 OK", "{}");
  });
  Observing observing;
  const auto probe = observing.make(Observing::spec("http", {{"url", server.url()}}));
  observing.sample(*probe);
  const auto before = open_descriptors();
  for (int i = 0; i < 500; ++i) ASSERT_EQ(observing.sample(*probe).seen.outcome, "answered");
  EXPECT_LE(descriptors_falling_to(before), before);
}

}  // namespace
}  // namespace reprise
