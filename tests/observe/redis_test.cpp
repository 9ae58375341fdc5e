#include "tests/observe/observing.h"
#include "tests/support/redis_server.h"

namespace reprise {
namespace {

using nlohmann::json;

TEST(RedisProbe, SearchesWhatItDoesNotKeep) {
  const RedisServer server;
  Observing observing;
  observing.surroundings.databases["cache"] = server.url();
  const json fatal{{"value", {{"contains", "FATAL"}}}};
  const auto see = [&](const std::vector<std::string>& command) {
    const auto spec = Observing::spec("redis", {{"database", "cache"}, {"command", command}});
    return observing.sample(*observing.make(Observing::asked(spec, {fatal}))).seen;
  };
  const std::string filler(9'000, '.');
  EXPECT_EQ(judged(fatal, see({"ECHO", filler + "FATAL"})), Truth::holds);
  EXPECT_EQ(judged(fatal, see({"ECHO", filler})), Truth::fails);
  EXPECT_EQ(judged({{"value", {{"contains", "other"}}}}, see({"ECHO", filler})), Truth::unknown);
  std::vector<std::string> push{"RPUSH", "list"};
  for (int i = 0; i < 10'000; ++i) push.push_back("entry " + std::to_string(i));
  std::ignore = server.ask(push);
  std::ignore = server.ask({"RPUSH", "list", "FATAL"});
  const auto list = see({"LRANGE", "list", "0", "-1"});
  EXPECT_EQ(judged(fatal, list), Truth::holds);
  EXPECT_EQ(judged({{"value", {{"type", "array"}}}}, list), Truth::holds);
  EXPECT_LT(list.values.dump().size(), 1'000U);
}

TEST(RedisProbe, SeesAListThatHoldsAnyBytes) {
  const RedisServer server;
  Observing observing;
  observing.surroundings.databases["cache"] = server.url();
  std::ignore = server.ask({"RPUSH", "list", "\xFF", "plain"});
  const auto seen =
      observing.see("redis", {{"database", "cache"}, {"command", {"LRANGE", "list", "0", "-1"}}});
  EXPECT_EQ(seen.outcome, "answered");
  EXPECT_EQ(seen.values.at("value"), json({"\xEF\xBF\xBD", "plain"}));
}

}  // namespace
}  // namespace reprise
