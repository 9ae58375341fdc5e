#include "injectors/proxy/listener.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/address.hpp>

namespace reprise::proxy {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr int backlog = 4096;

Result<tcp::acceptor> bound(asio::io_context& context, const tcp::endpoint& endpoint) {
  tcp::acceptor acceptor(context);
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (error) {
    return failure("listen tcp {}:{}: bind: {}", endpoint.address().to_string(), endpoint.port(),
                   error.message());
  }
  return acceptor;
}

// Keeps only SYNs to that port; the packet begins with its IPv4 header.
bool attach_filter(int socket, std::uint16_t port) {
  std::array<sock_filter, 8> program = {{
      BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
      BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, port, 0, 4),
      BPF_STMT(BPF_LD | BPF_B | BPF_IND, 13),
      BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0x12),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x02, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 64),
      BPF_STMT(BPF_RET | BPF_K, 0),
  }};
  const sock_fprog attached{.len = program.size(), .filter = program.data()};
  return ::setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &attached, sizeof attached) == 0;
}

}  // namespace

Listener::Listener(asio::io_context& context, tcp::acceptor acceptor)
    : acceptor_(std::move(acceptor)), endpoint_(acceptor_.local_endpoint()), attempts_(context) {}

Result<std::shared_ptr<Listener>> Listener::open(asio::io_context& context, const std::string& host,
                                                 std::uint16_t port) {
  error_code error;
  const auto address = asio::ip::make_address(host, error);
  if (error) return failure("cannot listen on {}: {}", host, error.message());
  auto first = bound(context, {address, port});
  if (!first) return std::unexpected(first.error());
  // The kernel lets go of a port that it chose itself as soon as the socket stops listening, but
  // not of one that was asked for by number: so a second socket asks for the same one.
  const auto endpoint = first->local_endpoint();
  auto second = port == 0 ? bound(context, endpoint) : std::move(first);
  if (!second) return std::unexpected(second.error());
  auto listener = std::shared_ptr<Listener>(new Listener(context, std::move(*second)));
  if (auto listening = listener->listen(); !listening) {
    return std::unexpected(listening.error());
  }
  return listener;
}

Result<void> Listener::listen() {
  error_code error;
  attempts_.close(error);
  refusing_ = false;
  acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  acceptor_.listen(backlog, error);
  if (error) return failure("cannot listen on port {}: {}", port(), error.message());
  return {};
}

bool Listener::refuse(std::function<void()> attempt) {
  if (refusing_) return true;
  error_code error;
  if (!attempts_.is_open()) {
    const int raw = ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
    if (raw < 0) return false;
    attempts_.assign(raw, error);
    if (!endpoint_.address().is_v4() || !attach_filter(raw, port())) {
      attempts_.close(error);
      return false;
    }
  }
  acceptor_.cancel(error);
  ::shutdown(acceptor_.native_handle(), SHUT_RD);
  // Else anybody else with that option could bind the port while nobody listens on it.
  acceptor_.set_option(tcp::acceptor::reuse_address(false), error);
  refusing_ = true;
  witness(std::move(attempt));
  return true;
}

void Listener::witness(std::function<void()> attempt) {
  auto look = [weak = weak_from_this(), attempt = std::move(attempt)](error_code error) mutable {
    const auto self = weak.lock();
    if (error || !self || !self->refusing_) return;
    self->read_attempts(attempt);
    self->witness(std::move(attempt));
  };
  attempts_.async_wait(asio::posix::descriptor_base::wait_read, std::move(look));
}

void Listener::read_attempts(const std::function<void()>& attempt) {
  std::array<unsigned char, 64> packet;
  const auto wanted = endpoint_.address().to_v4().to_bytes();
  while (true) {
    const auto size = ::read(attempts_.native_handle(), packet.data(), packet.size());
    if (size < 0) return;
    // Another address of this machine may have a listener of its own on that port.
    const bool ours = size >= 20 && std::memcmp(packet.data() + 16, wanted.data(), 4) == 0;
    if (ours) attempt();
  }
}

}  // namespace reprise::proxy
