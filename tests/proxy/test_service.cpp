#include "tests/proxy/test_service.h"

#include <cctype>
#include <chrono>
#include <stdexcept>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace reprise {
namespace {

bool send_all(int socket, const std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto sent = ::send(socket, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    done += static_cast<std::size_t>(sent);
  }
  return true;
}

bool more(int socket, std::string& rest) {
  char bytes[65536];
  const auto count = ::recv(socket, bytes, sizeof bytes, 0);
  if (count <= 0) return false;
  rest.append(bytes, static_cast<std::size_t>(count));
  return true;
}

std::string with_length(const std::string& body, const std::string& type = "text/plain") {
  return "HTTP/1.1 200 OK\r\nContent-Type: " + type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::size_t number_after(const std::string& text, const std::string& mark) {
  const auto found = text.find(mark);
  return found == text.npos ? 0 : std::stoul(text.substr(found + mark.size()));
}

}  // namespace

TestService::TestService(Speaks speaks, std::uint16_t port)
    : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), speaks_(speaks) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int one = 1;
  ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 4096) != 0) {
    throw std::runtime_error("the test's service cannot listen");
  }
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { serve(); });
}

TestService::~TestService() {
  stopping_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
  }
  for (auto& thread : threads_) thread.join();
}

void TestService::reset_connections() {
  const std::lock_guard lock(mutex_);
  for (const int socket : open_) {
    // Leaving by way of an unspecified address is how a reset is sent without closing.
    sockaddr nowhere{};
    nowhere.sa_family = AF_UNSPEC;
    ::connect(socket, &nowhere, sizeof nowhere);
  }
}

std::string TestService::big(std::size_t size) {
  // A block of noise over and over, each copy with its number, so that nothing can be lost, doubled
  // or swapped unnoticed.
  std::string block(65521, '\0');
  std::uint32_t state = 1;
  for (auto& byte : block) {
    state = state * 1664525u + 1013904223u;
    byte = static_cast<char>(state >> 24);
  }
  std::string bytes;
  bytes.reserve(size + block.size());
  for (std::size_t number = 0; bytes.size() < size; ++number) {
    const auto stamp = std::to_string(number) + ";";
    bytes += block.replace(0, stamp.size(), stamp);
  }
  bytes.resize(size);
  return bytes;
}

void TestService::serve() {
  while (!stopping_) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    ++connections_;
    const int one = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    const std::lock_guard lock(mutex_);
    open_.insert(socket);
    threads_.emplace_back([this, socket] {
      speaks_ == Speaks::http ? http(socket) : capitals(socket);
      const std::lock_guard closing(mutex_);
      open_.erase(socket);
      ::close(socket);
    });
  }
}

void TestService::http(int socket) {
  std::string rest;
  while (true) {
    auto end = rest.find("\r\n\r\n");
    while (end == rest.npos) {
      if (!more(socket, rest)) return;
      end = rest.find("\r\n\r\n");
    }
    const auto head = rest.substr(0, end + 4);
    rest.erase(0, end + 4);
    ++requests_;
    if (!answer(socket, head, rest)) return;
  }
}

bool TestService::answer(int socket, const std::string& head, std::string& rest) {
  const auto is = [&](const std::string& path) { return head.find(" " + path) != head.npos; };
  if (head.find("100-continue") != head.npos) {
    send_all(socket, "HTTP/1.1 100 Continue\r\n\r\n");
  }
  const auto length = number_after(head, "Content-Length: ");
  while (rest.size() < length) {
    if (!more(socket, rest)) return false;
  }
  const auto body = rest.substr(0, length);
  rest.erase(0, length);
  if (is("/slow?")) {
    std::this_thread::sleep_for(std::chrono::milliseconds(number_after(head, "/slow?")));
  }
  if (head.starts_with("HEAD")) {
    return send_all(socket, "HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n");
  }
  if (is("/json")) {
    return send_all(socket, with_length("{\"mode\": \"nominal\"}", "application/json"));
  }
  if (is("/big?")) return send_all(socket, with_length(big(number_after(head, "/big?"))));
  if (is("/echo")) return send_all(socket, with_length(body));
  if (is("/fields")) return send_all(socket, with_length(head));
  if (is("/die")) return false;
  if (is("/chunked")) {
    return send_all(socket,
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "5;note=1\r\nfirst\r\n6\r\nsecond\r\n0\r\nTrailer: yes\r\n\r\n");
  }
  if (is("/until-end")) {
    send_all(socket, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end");
    return false;
  }
  if (is("/upgrade")) {
    send_all(socket,
             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n"
             "Connection: Upgrade\r\n\r\n");
    do {
      send_all(socket, rest);
      rest.clear();
    } while (more(socket, rest));
    return false;
  }
  return send_all(socket, with_length("hello"));
}

void TestService::capitals(int socket) {
  std::string rest;
  while (more(socket, rest)) {
    for (auto& letter : rest) letter = static_cast<char>(std::toupper(letter));
    if (!send_all(socket, rest)) return;
    rest.clear();
  }
  send_all(socket, "END");
}

}  // namespace reprise
