// A small real service on a thread of its own for every connection.
//
// http: /hello, /json, /big?BYTES, /slow?MS, /chunked, /echo (the body, after 100-continue when
// asked for), /fields (the request's head), /until-end, /die (FIN instead of an answer), /upgrade
// (echoes bytes after 101). tcp: sends back in capitals; after the client's end of stream, "END".
// Ownership: the destructor closes every connection and joins. Threads: counters from any.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace reprise {

class TestService {
 public:
  enum class Speaks { http, tcp };
  explicit TestService(Speaks speaks, std::uint16_t port = 0);
  ~TestService();
  TestService(const TestService&) = delete;
  TestService& operator=(const TestService&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] int connections() const { return connections_; }
  [[nodiscard]] int requests() const { return requests_; }
  void reset_connections();  // RST to every client

  static std::string big(std::size_t size);

 private:
  void serve();
  void http(int socket);
  bool answer(int socket, const std::string& head, std::string& rest);
  void capitals(int socket);

  int listener_;
  std::uint16_t port_ = 0;
  Speaks speaks_;
  std::atomic<int> connections_{0}, requests_{0};
  std::mutex mutex_;
  std::set<int> open_;
  std::vector<std::thread> threads_;
  std::atomic<bool> stopping_{false};
  std::thread acceptor_;
};

}  // namespace reprise
