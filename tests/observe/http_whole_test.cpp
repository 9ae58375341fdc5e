// What the http probe says of answers that it cannot keep whole, that break off, or that come after
// informational ones.
#include <gmock/gmock.h>

#include "tests/observe/observing.h"
#include "tests/observe/test_server.h"

namespace reprise {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

// One sample of a server that writes this and closes, by a probe of which that is asked.
Observation see(const std::string& written, const std::vector<json>& expectations) {
  const TestServer server([&](const Served& client) {
    client.read_request();
    client.write(written);
  });
  Observing observing;
  const auto spec = Observing::spec("http", {{"url", server.url()}});
  const auto probe = observing.make(Observing::asked(spec, expectations));
  return observing.sample(*probe, 20s).seen;
}

std::string answer(const std::string& status, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

TEST(HttpProbe, KeepsTheTextOfAJsonAnswerThatTheScenarioAsksAbout) {
  const json error{{"text", {{"contains", "error"}}}};
  const auto bad = see(answer("200 OK", R"({"status":"DOWN","error":"gone"})"), {error});
  EXPECT_EQ(judged(error, bad), Truth::holds);
  const auto good = see(answer("200 OK", R"({"status":"UP"})"), {error});
  EXPECT_EQ(judged(error, good), Truth::fails);
  EXPECT_FALSE(see(answer("200 OK", R"({"status":"UP"})"), {}).values.contains("text"));
}

TEST(HttpProbe, SearchesAPageBeyondWhatIsKeptOfIt) {
  const json fatal{{"text", {{"contains", "Fatal error"}}}};
  const std::string page(20'000, '.');
  EXPECT_EQ(judged(fatal, see(answer("200 OK", page + "Fatal error"), {fatal})), Truth::holds);
  EXPECT_EQ(judged(fatal, see(answer("200 OK", page), {fatal})), Truth::fails);
  const auto large = see(answer("200 OK", std::string(3 << 20, '.') + "Fatal error"), {fatal});
  EXPECT_EQ(judged(fatal, large), Truth::holds);
  EXPECT_EQ(large.values.at("size"), (3 << 20) + 11);
  EXPECT_LT(large.values.dump().size(), 6'000U);
}

TEST(HttpProbe, SearchesALongHeader) {
  const json origin{{"headers", {{"via", {{"matches", "origin$"}}}}}};
  const auto head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nVia: " + std::string(9'000, 'v');
  EXPECT_EQ(judged(origin, see(head + " origin\r\n\r\n", {origin})), Truth::holds);
  EXPECT_EQ(judged(origin, see(head + " edge\r\n\r\n", {origin})), Truth::fails);
}

TEST(HttpProbe, DoesNotKnowWhatFollowsAHeadThatIsTooLong) {
  const json broken{{"status", 500}};
  const auto head = "HTTP/1.1 500 No\r\nVia: " + std::string(2 << 20, 'v') + "\r\n\r\n";
  const auto seen = see(head, {broken});
  EXPECT_EQ(seen.outcome, "error");
  EXPECT_EQ(judged(broken, seen, Meant::forbidden), Truth::unknown);
}

TEST(HttpProbe, KeepsStatusAndHeadersOfABodyThatIsTooLarge) {
  const json fatal{{"text", {{"contains", "Fatal"}}}};
  const json mode{{"json", {{"/mode", {{"exists", true}}}}}, {"headers", {{"x-a", "1"}}}};
  const std::string body(9 << 20, '.');
  const auto seen =
      see("HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 9437184\r\n\r\n" + body, {fatal, mode});
  EXPECT_EQ(seen.outcome, "answered");
  EXPECT_EQ(judged({{"status", 200}}, seen), Truth::holds);
  EXPECT_EQ(judged({{"headers", {{"x-a", "1"}}}}, seen), Truth::holds);
  EXPECT_EQ(judged(fatal, seen), Truth::unknown);
  EXPECT_EQ(judged(mode, seen), Truth::unknown);
  EXPECT_EQ(judged({{"size", {{"<", 9'000'000}}}}, seen), Truth::unknown);
  const auto early = see("HTTP/1.1 200 OK\r\n\r\nFatal" + body, {fatal});
  EXPECT_EQ(judged(fatal, early), Truth::holds);
}

TEST(HttpProbe, IsNotTakenInByALengthThatNoMemoryHolds) {
  const auto seen = see("HTTP/1.1 200 OK\r\nContent-Length: 9000000000000\r\n\r\nhalf", {});
  EXPECT_EQ(seen.outcome, "reset");
  EXPECT_EQ(seen.values.at("status"), 200);
}

TEST(HttpProbe, KeepsWhatCameOfAnAnswerThatBrokeOff) {
  const json secret{{"text", {{"contains", "SECRET"}}}};
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";
  const auto half = see(head + "half", {secret});
  EXPECT_EQ(half.outcome, "reset");
  EXPECT_EQ(half.values.at("partial"), true);
  EXPECT_EQ(half.values.at("status"), 200);
  EXPECT_EQ(half.values.at("text"), "half");
  EXPECT_EQ(judged(secret, half, Meant::forbidden), Truth::unknown);
  EXPECT_EQ(judged({{"status", 500}}, half, Meant::forbidden), Truth::fails);
  EXPECT_EQ(judged({{"status", 200}}, half), Truth::fails);
  EXPECT_EQ(judged(secret, see(head + "a SECRET", {secret}), Meant::forbidden), Truth::holds);
  const auto chunked = see(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\na SECRET\r\n5\r\nha", {secret});
  EXPECT_EQ(chunked.outcome, "reset");
  EXPECT_EQ(chunked.values.at("text"), "a SECRETha");
  const auto nothing = see("HTTP/1.1 200 OK\r\nContent-Le", {secret});
  EXPECT_EQ(nothing.outcome, "reset");
  EXPECT_EQ(judged(secret, nothing, Meant::forbidden), Truth::unknown);
  EXPECT_EQ(judged({{"status", 200}}, nothing, Meant::forbidden), Truth::unknown);
  const json header{{"headers", {{"x-error", "SECRET"}}}};
  const auto named = see("HTTP/1.1 200 OK\r\nX-Error: SECRET\r\n", {header});
  EXPECT_EQ(judged(header, named, Meant::forbidden), Truth::unknown) << "the head never ended";
}

TEST(HttpProbe, KeepsWhatCameUntilTheDeadline) {
  const TestServer server([](const Served& client) {
    client.read_request();
    client.write("HTTP/1.1 503 No\r\nContent-Length: 1000\r\n\r\na SECRET");
    client.stay_silent();
  });
  Observing observing;
  const auto probe = observing.make(Observing::spec("http", {{"url", server.url()}}));
  const auto taken = observing.sample(*probe, 300ms);
  expect_late_by_300ms(taken);
  EXPECT_EQ(taken.seen.values.at("status"), 503);
  EXPECT_EQ(taken.seen.values.at("partial"), true);
  EXPECT_EQ(taken.seen.values.at("text"), "a SECRET");
}

TEST(HttpProbe, ReadsPastInformationalAnswers) {
  const std::string hints = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n";
  const std::string carry_on = "HTTP/1.1 100 Continue\r\n\r\n";
  const auto broken = see(hints + carry_on + hints + answer("500 No", "broken"), {});
  EXPECT_EQ(broken.outcome, "answered");
  EXPECT_EQ(broken.values, json({{"status", 500}, {"size", 6}, {"text", "broken"}}));
  const auto switched = see("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", {});
  EXPECT_EQ(switched.values.at("status"), 101);
  const auto only = see(hints, {});
  EXPECT_EQ(only.outcome, "reset");
  EXPECT_FALSE(only.values.contains("status"));
}

TEST(HttpProbe, DoesNotReadInformationalAnswersForEver) {
  std::string all;
  for (int i = 0; i < 200; ++i) all += "HTTP/1.1 103 Early Hints\r\n\r\n";
  const auto seen = see(all + answer("200 OK", "late"), {});
  EXPECT_EQ(seen.outcome, "error");
  EXPECT_THAT(seen.values.at("text"), HasSubstr("informational"));
}

}  // namespace
}  // namespace reprise
