#include "injectors/proxy/proxy.h"

#include <unordered_map>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address_v4.hpp>

#include "injectors/kernel/nftables.h"
#include "injectors/proxy/connection.h"
#include "injectors/proxy/listener.h"
#include "injectors/proxy/loop.h"

namespace reprise::proxy {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// Of the proxy's own packets, which the kernel must not lead back to it.
constexpr int own_mark = 0x7265;

Result<std::unique_ptr<OwnedTable>> lead_here(const std::string& service, std::uint16_t port) {
  const auto colon = service.rfind(':');
  boost::system::error_code error;
  const auto address = asio::ip::make_address_v4(service.substr(0, colon), error);
  if (error || colon == service.npos) {
    return failure("{} is not an IPv4 address and a port", service);
  }
  return OwnedTable::create(
      fmt::format("chain lead {{\ntype nat hook output priority -100;\n"
                  "ip daddr {} tcp dport {} meta mark != {:#x} redirect to :{}\n}}",
                  address.to_string(), service.substr(colon + 1), own_mark, port));
}

}  // namespace

// Lives as long as its proxy or one of its connections; used on the loop's thread only.
class Proxy::State : public std::enable_shared_from_this<State> {
 public:
  State(asio::io_context& context, Settings settings, std::shared_ptr<Listener> listener)
      : settings_(std::move(settings)),
        context_(context),
        changed_(context.get_executor()),
        listener_(std::move(listener)) {}

  void start() { asio::co_spawn(context_, accept(shared_from_this()), asio::detached); }
  void stop();
  Result<void> install(const std::string& id, std::shared_ptr<Filter> filter);
  Result<void> remove(const std::string& id);

  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] std::uint16_t port() const { return listener_->port(); }
  [[nodiscard]] std::size_t connections() const { return connections_.size(); }

 private:
  static Awaitable<void> accept(std::shared_ptr<State> self);
  void admit(tcp::socket client);
  Result<void> filters_changed();
  template <class Act>
  void each_connection(Act act);

  Settings settings_;
  asio::io_context& context_;
  Signal changed_;
  std::shared_ptr<Listener> listener_;
  Filters filters_;
  std::unordered_map<Connection*, std::weak_ptr<Connection>> connections_;
  bool refusing_ = false;   // the kernel refuses
  bool resetting_ = false;  // it would, but that could not be witnessed: so we reset
  bool stopped_ = false;
};

void Proxy::State::stop() {
  stopped_ = true;
  error_code ignored;
  listener_->acceptor().close(ignored);
  listener_.reset();
  changed_.notify();
  each_connection([](Connection& connection) { connection.reset(); });
}

Result<void> Proxy::State::install(const std::string& id, std::shared_ptr<Filter> filter) {
  if (!filters_.install(id, filter)) return {};
  auto done = filters_changed();
  each_connection([&](Connection& connection) { connection.live(*filter); });
  return done;
}

Result<void> Proxy::State::remove(const std::string& id) {
  if (!filters_.remove(id)) return {};
  return filters_changed();
}

Result<void> Proxy::State::filters_changed() {
  Result<void> done;
  const bool refuse = filters_.refuse();
  if (refuse && !refusing_) {
    refusing_ = listener_->refuse([this] { filters_.on_refused(); });
    resetting_ = !refusing_;
  } else if (!refuse) {
    if (refusing_) done = listener_->listen();
    refusing_ = resetting_ = false;
  }
  changed_.notify();
  each_connection([](Connection& connection) { connection.changed(); });
  return done;
}

template <class Act>
void Proxy::State::each_connection(Act act) {
  std::vector<std::shared_ptr<Connection>> open;
  for (const auto& [key, connection] : connections_) {
    if (auto alive = connection.lock()) open.push_back(std::move(alive));
  }
  for (const auto& connection : open) act(*connection);
}

Awaitable<void> Proxy::State::accept(std::shared_ptr<State> self) {
  while (!self->stopped_) {
    if (self->refusing_) {
      co_await self->changed_.wait();
      continue;
    }
    error_code error;
    auto client = co_await self->listener_->acceptor().async_accept(
        asio::redirect_error(asio::use_awaitable, error));
    if (self->stopped_) break;
    if (!error) {
      self->admit(std::move(client));
    } else if (error != asio::error::operation_aborted) {
      // Out of descriptors, or the client has gone already.
      const Instant later = std::chrono::steady_clock::now() + 5ms;
      co_await self->changed_.wait_until(later);
    }
  }
}

void Proxy::State::admit(tcp::socket client) {
  error_code ignored;
  if (refusing_ || resetting_) {
    filters_.on_refused();
    client.set_option(tcp::socket::linger(true, 0), ignored);
    return;
  }
  auto connection = std::make_shared<Connection>(std::move(client), filters_, settings_.http);
  auto* key = connection.get();
  connections_.emplace(key, connection);
  // Destroyed with the connection, on this thread: forgets it.
  const std::shared_ptr<void> keep(key, [self = shared_from_this()](void* gone) {
    self->connections_.erase(static_cast<Connection*>(gone));
  });
  if (settings_.transparent) connection->mark(own_mark);
  connection->start(settings_.service, keep);
}

Proxy::Proxy(std::shared_ptr<Loop> loop, std::shared_ptr<State> state)
    : loop_(std::move(loop)), state_(std::move(state)) {}

Result<std::unique_ptr<Proxy>> Proxy::start(Settings settings) {
  try {
    auto loop = Loop::shared();
    Result<std::shared_ptr<State>> state;
    loop->run([&] {
      auto listener = Listener::open(loop->context(), settings.host, settings.port);
      if (!listener) {
        state = std::unexpected(listener.error());
        return;
      }
      state = std::make_shared<State>(loop->context(), settings, std::move(*listener));
      (*state)->start();
    });
    if (!state) return std::unexpected(state.error());
    std::unique_ptr<Proxy> proxy(new Proxy(std::move(loop), std::move(*state)));
    if (settings.transparent) {
      auto redirect = lead_here(settings.service, proxy->port());
      if (!redirect) return std::unexpected(redirect.error());
      proxy->redirect_ = std::move(*redirect);
    }
    return proxy;
  } catch (const std::exception& error) {
    return failure("cannot start a proxy: {}", error.what());
  }
}

Proxy::~Proxy() {
  redirect_.reset();  // first: what comes from now on finds the service itself
  loop_->run([&] {
    state_->stop();
    state_.reset();
  });
}

std::uint16_t Proxy::port() const { return state_->port(); }
bool Proxy::http() const { return state_->settings().http; }

std::size_t Proxy::connections() const {
  std::size_t count = 0;
  loop_->run([&] { count = state_->connections(); });
  return count;
}

Result<void> Proxy::install(const std::string& id, std::shared_ptr<Filter> filter) {
  Result<void> done;
  loop_->run([&] { done = state_->install(id, std::move(filter)); });
  return done;
}

Result<void> Proxy::remove(const std::string& id) {
  Result<void> done;
  loop_->run([&] { done = state_->remove(id); });
  return done;
}

}  // namespace reprise::proxy
