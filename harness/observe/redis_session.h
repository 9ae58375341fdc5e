// One connection to Redis, by hiredis; every call keeps its deadline, also when the server hangs.
//
// hiredis stays in the .cpp. Ownership: a session owns its connection and closes it. Threads: one
// at a time; blocks the caller.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/engine/site/surroundings.h"
#include "harness/model/error.h"

struct redisContext;

namespace reprise {

struct RedisAddress {
  std::string host;
  int port = 6379;
  int database = 0;
  std::string user, password;

  // redis://[[user]:password@]host[:port][/database]
  static Result<RedisAddress> parse(const std::string& url);
  // A database of the plan whose URL is such a one.
  static Result<RedisAddress> of_plan(const Surroundings& surroundings, const std::string& name);
};

class RedisSession {
 public:
  // Connects, authenticates and chooses the database.
  static Result<RedisSession> open(const RedisAddress& address, Instant deadline);

  // The answer: text, integer, list or null. An error that Redis answers is one here, as it is.
  [[nodiscard]] Result<nlohmann::json> command(const std::vector<std::string>& words,
                                               Instant deadline);
  // Sends without waiting for an answer.
  [[nodiscard]] Result<void> send(const std::vector<std::string>& words);
  // The next answer to what was sent.
  [[nodiscard]] Result<nlohmann::json> answer(Instant deadline);

 private:
  struct Close {
    void operator()(redisContext* context) const;
  };
  explicit RedisSession(std::unique_ptr<redisContext, Close> context);
  [[nodiscard]] std::unexpected<Error> trouble() const;
  std::unique_ptr<redisContext, Close> context_;
};

}  // namespace reprise
