#include "injectors/proxy/connection.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/write.hpp>

#include "injectors/proxy/relay.h"

namespace reprise::proxy {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto dial_limit = std::chrono::seconds(10);

Awaitable<void> keeping(std::shared_ptr<Connection> self, Awaitable<void> work) {
  try {
    co_await std::move(work);
  } catch (...) {
    self->reset();  // out of memory or descriptors: the client sees a dead link, not a stuck one
  }
}

void abort(tcp::socket& socket) {
  error_code ignored;
  if (!socket.is_open()) return;
  socket.set_option(tcp::socket::linger(true, 0), ignored);
  socket.close(ignored);
}

}  // namespace

Awaitable<std::size_t> Far::read(char* to, std::size_t size, error_code& error) {
  co_return co_await socket_.async_read_some(asio::buffer(to, size),
                                             asio::redirect_error(asio::use_awaitable, error));
}

Awaitable<void> Far::write(std::string_view bytes, error_code& error) {
  co_await asio::async_write(socket_, asio::buffer(bytes),
                             asio::redirect_error(asio::use_awaitable, error));
}

Awaitable<void> Far::finish(error_code& error) {
  socket_.shutdown(asio::socket_base::shutdown_send, error);
  co_return;
}

Connection::Connection(tcp::socket client, const Filters& filters, bool http)
    : filters_(filters),
      changed_(client.get_executor()),
      client_(std::move(client), filters, changed_,
              {[this](Awaitable<void> work) { spawn(std::move(work)); }, [this] { reset(); }}),
      service_(client_.socket().get_executor()),
      relay_(http ? make_http_relay(*this) : make_raw_relay(*this)) {}

Connection::~Connection() = default;

void Connection::spawn(Awaitable<void> work) {
  asio::co_spawn(client_.socket().get_executor(), keeping(shared_from_this(), std::move(work)),
                 asio::detached);
}

void Connection::start(std::string service, std::shared_ptr<void> keep) {
  keep_ = std::move(keep);
  spawn(run(std::move(service)));
}

void Connection::reset() {
  abort(client_.socket());
  abort(service_.socket());
  changed_.notify();
}

void Connection::close() {
  error_code ignored;
  client_.socket().close(ignored);
  service_.socket().close(ignored);
  changed_.notify();
}

void Connection::live(Filter& filter) {
  if (open() && filter.on_live(client_.flow(Direction::to_service)) == Then::reset) reset();
}

Awaitable<void> Connection::run(std::string service) {
  if (!co_await admitted()) co_return;
  const auto failed = co_await dial(std::move(service));
  if (failed || !open()) {
    reset();
    co_return;
  }
  error_code ignored;
  client_.socket().set_option(tcp::no_delay(true), ignored);
  service_.socket().set_option(tcp::no_delay(true), ignored);
  spawn(relay_->to_service());
  co_await relay_->to_client();
}

Awaitable<bool> Connection::admitted() {
  while (open()) {
    const auto then = filters_.on_connect(client_.flow(Direction::to_service));
    if (then == Then::pass) co_return true;
    if (then == Then::reset) {
      reset();
    } else {
      co_await changed_.wait();
    }
  }
  co_return false;
}

Awaitable<error_code> Connection::dial(std::string service) {
  const auto colon = service.rfind(':');
  auto host = service.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  const auto port = colon == service.npos ? std::string() : service.substr(colon + 1);
  const auto executor = client_.socket().get_executor();

  asio::steady_timer limit(executor, dial_limit);
  dialling_ = true;
  limit.async_wait([self = shared_from_this()](error_code error) {
    if (!error && self->dialling_) self->reset();
  });
  const auto done = co_await connect(host, port);
  dialling_ = false;
  co_return done;
}

Awaitable<error_code> Connection::connect(std::string host, std::string port) {
  error_code error;
  // A numeric address needs no look-up, which would take a thread and half a millisecond.
  const auto numeric = asio::ip::make_address(host, error);
  if (!error) {
    const tcp::endpoint endpoint(numeric, static_cast<std::uint16_t>(std::atoi(port.c_str())));
    service_.socket().open(endpoint.protocol(), error);
    if (!error && mark_) {
      const int descriptor = service_.socket().native_handle();
      ::setsockopt(descriptor, SOL_SOCKET, SO_MARK, &mark_, sizeof mark_);
    }
    co_await service_.socket().async_connect(endpoint,
                                             asio::redirect_error(asio::use_awaitable, error));
    co_return error;
  }
  error = {};
  tcp::resolver resolver(client_.socket().get_executor());
  const auto found =
      co_await resolver.async_resolve(host, port, asio::redirect_error(asio::use_awaitable, error));
  if (error || !open()) co_return asio::error::host_not_found;
  co_await asio::async_connect(service_.socket(), found,
                               asio::redirect_error(asio::use_awaitable, error));
  co_return error;
}

}  // namespace reprise::proxy
