// A Redis server of the test's own: a free port on 127.0.0.1, an append-only file in a temporary
// folder.
//
// Ownership: ended and removed with the object; the kernel ends it when the test is killed.
// Threads: one.
#pragma once

#include <csignal>
#include <stdexcept>
#include <string>

#include <fmt/format.h>

#include "harness/observe/redis_session.h"
#include "tests/support/child_process.h"
#include "tests/support/free_port.h"
#include "tests/support/temporary_folder.h"

namespace reprise {

class RedisServer {
 public:
  RedisServer()
      : port_(free_port()),
        process_({"redis-server", "--port", std::to_string(port_), "--bind", "127.0.0.1", "--dir",
                  folder_.path().string(), "--appendonly", "yes", "--save", "", "--loglevel",
                  "warning"}) {
    if (!comes_true([this] { return ask({"PING"}) == "PONG"; })) {
      throw std::runtime_error("redis-server did not start");
    }
  }

  [[nodiscard]] std::string address() const { return fmt::format("127.0.0.1:{}", port_); }
  [[nodiscard]] std::string url() const { return fmt::format("redis://{}/0", address()); }
  // A client with a connection of its own; null when there is no answer within a second.
  [[nodiscard]] nlohmann::json ask(const std::vector<std::string>& words) const {
    const Instant deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1);
    auto session = open();
    const auto answer = session ? session->command(words, deadline) : Result<nlohmann::json>();
    return answer ? *answer : nlohmann::json();
  }
  [[nodiscard]] Result<RedisSession> open() const {
    const auto address = RedisAddress::parse(url());
    return RedisSession::open(*address, std::chrono::steady_clock::now() + std::chrono::seconds(1));
  }
  ChildProcess& process() { return process_; }

 private:
  TemporaryFolder folder_;
  int port_;
  ChildProcess process_;
};

}  // namespace reprise
