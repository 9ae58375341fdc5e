// Readers of ledgers against real servers and programs: everything, or why not.
#include <gmock/gmock.h>

#include "tests/observe/observing.h"
#include "tests/observe/test_server.h"
#include "tests/support/postgres_server.h"
#include "tests/support/redis_server.h"

namespace reprise {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class LedgerReaders : public ::testing::Test {
 protected:
  Result<std::vector<FoundEntry>> read(const std::string& kind, const json& options,
                                       Duration within = 5s) {
    return observing_.read(kind, options, within);
  }
  std::string shown(const Result<std::vector<FoundEntry>>& found) {
    if (!found) return found.error().text();
    std::string text;
    for (const FoundEntry& one : *found) text += one.key + "=" + one.payload + " ";
    return text;
  }

  Observing observing_;
};

TEST_F(LedgerReaders, ReadEveryRowOfAQuery) {
  const PostgresServer server;
  observing_.surroundings.databases["shop"] = server.url("postgres");
  const auto query = [&](const std::string& text) {
    return read("postgres", {{"database", "shop"}, {"query", text}});
  };
  EXPECT_EQ(shown(query("SELECT 'a' || i, i::float8 * 100000001 FROM generate_series(1, 2) i")),
            "a1=100000001 a2=200000002 ");
  const auto many = query("SELECT i, i FROM generate_series(1, 100000) i");
  ASSERT_TRUE(many) << shown(many);
  EXPECT_EQ(many->size(), 100'000U);
  EXPECT_EQ(shown(query("SELECT 1, 2 WHERE false")), "");
  EXPECT_THAT(shown(query("SELECT 1")), HasSubstr("no key and payload"));
  EXPECT_THAT(shown(query("SELECT * FROM nothing")), HasSubstr("42P01"));
  // A part is not the whole.
  EXPECT_FALSE(query("SELECT i, 1 / (100000 - i) FROM generate_series(1, 100000) i"));
  EXPECT_FALSE(
      read("postgres", {{"database", "shop"}, {"query", "SELECT 1, pg_sleep(9)::text"}}, 300ms));
}

TEST_F(LedgerReaders, ReadAJsonListPageByPage) {
  TestServer server([](const Served& client) {
    const auto request = client.read_request();
    const bool first = request.find("after=0 ") != std::string::npos;
    client.answer("200 OK",
                  first ? R"({"orders": [{"ref": "a", "data": {"n": 1}}], "next": 17})"
                        : R"({"orders": [{"ref": "b", "data": {"n": "2"}}], "next": null})");
  });
  const json options{{"url", "http://" + server.address() + "/orders?after=${entry.after}"},
                     {"items", "/orders"},
                     {"key", "/ref"},
                     {"payload", "/data/n"},
                     {"next", "/next"},
                     {"first", "0"}};
  EXPECT_EQ(shown(read("http", options)), "a=1 b=2 ");
}

TEST_F(LedgerReaders, RefuseAnswersThatAreNotTheWholeList) {
  const auto answering = [&](const std::string& status, const std::string& body) {
    TestServer server([&](const Served& client) {
      (void)client.read_request();
      client.answer(status, body);
    });
    return shown(read("http", {{"url", "http://" + server.address() + "/"}, {"items", "/orders"}}));
  };
  EXPECT_EQ(answering("200 OK", R"({"orders": [{"key": "a", "payload": "1"}]})"), "a=1 ");
  EXPECT_THAT(answering("503 No", R"({"orders": []})"), HasSubstr("status 503"));
  EXPECT_THAT(answering("200 OK", R"({"orders": {}})"), HasSubstr("no list"));
  EXPECT_THAT(answering("200 OK", R"({"orders": [{"key": "a"}]})"), HasSubstr("lacks"));
  EXPECT_THAT(answering("200 OK", "{"), HasSubstr("not JSON"));
  EXPECT_THAT(shown(read("http", {{"url", "http://127.0.0.1:9/"}})), HasSubstr("refused"));
  EXPECT_THAT(shown(read("http", {{"url", "http://127.0.0.1:9/"}, {"items", "orders"}})),
              HasSubstr("not a JSON pointer"));
}

TEST_F(LedgerReaders, ReadTheLinesOfAProgram) {
  const auto printing = [&](const std::string& script) {
    return shown(read("command", {{"run", {"sh", "-c", script}}}));
  };
  EXPECT_EQ(printing("echo a 1; echo; printf 'b\\t2 3\\n'"), "a=1 b=2 3 ");
  EXPECT_EQ(printing(":"), "");
  EXPECT_THAT(printing("echo a 1; exit 3"), HasSubstr("exit code 3"));
  EXPECT_THAT(printing("echo a"), HasSubstr("no key and payload"));
  EXPECT_THAT(printing("printf 'a 1'"), HasSubstr("no end"));
}

TEST_F(LedgerReaders, ReadTheKeysOfRedis) {
  const RedisServer server;
  observing_.surroundings.databases["cache"] = server.url();
  for (int i = 0; i < 2500; ++i) {
    (void)server.ask({"SET", fmt::format("orders-{}", i), std::to_string(i * 2)});
  }
  (void)server.ask({"SET", "other", "1"});
  const auto found = read("redis", {{"database", "cache"}, {"prefix", "orders-"}});
  ASSERT_TRUE(found) << shown(found);
  EXPECT_EQ(found->size(), 2500U);
  observing_.surroundings.databases["cache"] = "redis://127.0.0.1:9";
  EXPECT_FALSE(read("redis", {{"database", "cache"}, {"prefix", "orders-"}}));
}

TEST_F(LedgerReaders, OfRedisAreBesideAProbe) {
  const RedisServer server;
  observing_.surroundings.databases["cache"] = server.url();
  const auto ask = [&](std::vector<std::string> words) {
    const auto probe =
        observing_.make(Observing::spec("redis", {{"database", "cache"}, {"command", words}}));
    return observing_.sample(*probe).seen;
  };
  EXPECT_EQ(ask({"SET", "a", "1"}).values.at("value"), "OK");
  EXPECT_EQ(ask({"GET", "a"}).values.at("value"), "1");
  EXPECT_EQ(ask({"GET", "b"}).values.at("value"), nullptr);
  EXPECT_EQ(ask({"DBSIZE"}).values.at("value"), 1);
  EXPECT_EQ(ask({"NOTHING"}).outcome, "error");
  observing_.surroundings.databases["cache"] = "redis://127.0.0.1:9";
  EXPECT_EQ(ask({"PING"}).outcome, "refused");
}

}  // namespace
}  // namespace reprise
