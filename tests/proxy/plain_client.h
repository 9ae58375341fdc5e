// A client of bare blocking sockets: what it sees is what any program would see.
//
// Ownership: closes its socket. Threads: one at a time.
#pragma once

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace reprise {

using Clocked = std::chrono::steady_clock;

class PlainClient {
 public:
  explicit PlainClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int one = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      end_ = errno == ECONNREFUSED ? "refused" : std::strerror(errno);
    }
  }
  PlainClient(const PlainClient&) = delete;
  PlainClient& operator=(const PlainClient&) = delete;
  ~PlainClient() { ::close(socket_); }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) {
        // Whichever call meets the reset first is told of it; the next one sees a mere end.
        if (errno == ECONNRESET || errno == EPIPE) end_ = "reset";
        return;
      }
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  void end_sending() { ::shutdown(socket_, SHUT_WR); }
  void get(const std::string& path, const std::string& fields = "") {
    send("GET " + path + " HTTP/1.1\r\nHost: test\r\n" + fields + "\r\n");
  }

  // Something to read (or an end) within that time?
  bool readable(std::chrono::milliseconds within) {
    if (!buffer_.empty()) return true;
    pollfd watched{socket_, POLLIN, 0};
    return ::poll(&watched, 1, static_cast<int>(within.count())) > 0;
  }
  // What ended the stream: "", "closed", "reset", "refused", "timeout".
  [[nodiscard]] const std::string& end() const { return end_; }

  std::string read_exactly(std::size_t size) {
    while (buffer_.size() < size && more()) {
    }
    auto bytes = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return bytes;
  }
  std::string read_until(std::string_view mark) {
    while (buffer_.find(mark) == std::string::npos && more()) {
    }
    const auto found = buffer_.find(mark);
    return read_exactly(found == std::string::npos ? buffer_.size() : found + mark.size());
  }
  std::string read_all() {
    while (more()) {
    }
    return std::move(buffer_);
  }

  struct Answer {
    int status = 0;
    std::string head, body;
  };
  // One answer with a Content-Length or chunks; status 0 when none came.
  Answer answer(bool to_head = false) {
    Answer answer;
    answer.head = read_until("\r\n\r\n");
    if (answer.head.starts_with("HTTP/1.1 ")) answer.status = std::stoi(answer.head.substr(9));
    if (to_head || answer.status / 100 == 1) return answer;
    if (const auto length = answer.head.find("Content-Length: "); length != std::string::npos) {
      answer.body = read_exactly(std::stoul(answer.head.substr(length + 16)));
    } else if (answer.head.find("chunked") != std::string::npos) {
      while (end_.empty()) {
        const auto size = std::stoul("0" + read_until("\r\n"), nullptr, 16);
        answer.body += read_exactly(size);
        read_exactly(2);
        if (size == 0) break;
      }
    }
    return answer;
  }
  Answer ask(const std::string& path, const std::string& fields = "") {
    get(path, fields);
    return answer();
  }

 private:
  bool more() {
    if (!end_.empty()) return false;
    if (pollfd watched{socket_, POLLIN, 0}; ::poll(&watched, 1, 20'000) <= 0) {
      end_ = "timeout";
      return false;
    }
    char bytes[65536];
    const auto count = ::recv(socket_, bytes, sizeof bytes, 0);
    if (count > 0) buffer_.append(bytes, static_cast<std::size_t>(count));
    if (count == 0) end_ = "closed";
    if (count < 0) end_ = errno == ECONNRESET ? "reset" : std::strerror(errno);
    return count > 0;
  }

  int socket_;
  std::string buffer_, end_;
};

}  // namespace reprise
