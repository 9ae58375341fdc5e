// A TCP server on 127.0.0.1 that does to each connection whatever the test says.
//
// Ownership: ends with the object; connections are ended first. Threads: one for listening, one
// for each connection.
#pragma once

#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

namespace reprise {

// The server's end of a connection.
class Served {
 public:
  explicit Served(int socket) : socket_(socket) {}

  // Up to and with `end`, or what came before the client left.
  std::string read_until(const std::string& end) const {
    std::string text;
    char letter = 0;
    while (!text.ends_with(end) && ::recv(socket_, &letter, 1, 0) == 1) text += letter;
    return text;
  }
  // The head of a request and its body.
  std::string read_request() const {
    std::string request = read_until("\r\n\r\n");
    const auto at = request.find("Content-Length: ");
    if (at == request.npos) return request;
    const auto wanted = request.size() + std::stoul(request.substr(at + 16));
    char letter = 0;
    while (request.size() < wanted && ::recv(socket_, &letter, 1, 0) == 1) request += letter;
    return request;
  }
  void write(const std::string& text) const {
    std::string_view rest = text;
    while (!rest.empty()) {
      const auto count = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (count <= 0) return;
      rest.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  void answer(const std::string& status, const std::string& body,
              const std::string& headers = "") const {
    write(fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), headers,
                      body));
  }
  void reset() const {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  // Until the other side, or the test, ends the connection.
  void stay_silent() const {
    char letter = 0;
    while (::recv(socket_, &letter, 1, 0) == 1) {
    }
  }

 private:
  int socket_;
};

class TestServer {
 public:
  using Behaviour = std::function<void(const Served&)>;

  explicit TestServer(Behaviour behaviour) : behaviour_(std::move(behaviour)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(listener_, any, size) != 0 || ::listen(listener_, 256) != 0 ||
        ::getsockname(listener_, any, &size) != 0) {
      throw std::runtime_error("cannot listen");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { listen(); });
  }
  ~TestServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    {
      const std::lock_guard lock(mutex_);
      for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
    }
    for (auto& thread : connections_) thread.join();
    ::close(listener_);
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  [[nodiscard]] std::string address() const { return fmt::format("127.0.0.1:{}", port_); }
  [[nodiscard]] std::string url(const std::string& path = "/") const {
    return fmt::format("http://{}{}", address(), path);
  }

 private:
  void listen() {
    while (true) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      {
        const std::lock_guard lock(mutex_);
        open_.push_back(socket);
      }
      connections_.emplace_back([this, socket] {
        behaviour_(Served(socket));
        const std::lock_guard lock(mutex_);
        open_.remove(socket);
        ::close(socket);
      });
    }
  }

  Behaviour behaviour_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  std::list<int> open_;
  std::list<std::thread> connections_;
  std::thread thread_;
};

// An address where nobody listens: it was free a moment ago.
inline std::string free_address() {
  const TestServer server([](const Served&) {});
  return server.address();
}

}  // namespace reprise
