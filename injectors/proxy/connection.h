// One client's connection and its own connection to the service.
//
// Whatever the service does the client sees, and the other way round: ends of streams, resets, and
// a service that cannot be reached (the client's connection is accepted, since the proxy listens,
// and reset at once).
// Ownership: kept by its own coroutines; ends by itself or with `reset`. Threads: the proxy's only.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/ip/tcp.hpp>

#include "injectors/proxy/edge.h"
#include "injectors/proxy/filters.h"
#include "injectors/proxy/signal.h"
#include "injectors/proxy/stream.h"

namespace reprise::proxy {

class Relay;

// The service's end.
class Far final : public Stream {
 public:
  explicit Far(const boost::asio::any_io_executor& executor) : socket_(executor) {}
  Awaitable<std::size_t> read(char* to, std::size_t size, error_code& error) override;
  Awaitable<void> write(std::string_view bytes, error_code& error) override;
  Awaitable<void> finish(error_code& error) override;
  [[nodiscard]] boost::asio::ip::tcp::socket& socket() { return socket_; }

 private:
  boost::asio::ip::tcp::socket socket_;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::ip::tcp::socket client, const Filters& filters, bool http);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Every packet to the service carries this mark (SO_MARK).
  void mark(int mark) { mark_ = mark; }
  // Dials `service` (host:port) and relays until both sides have ended. `keep` is what the
  // connection refers to.
  void start(std::string service, std::shared_ptr<void> keep);
  void reset();                          // RST to both sides
  void close();                          // FIN to both sides
  void live(Filter& filter);             // a filter has been installed
  void changed() { changed_.notify(); }  // the filters are others now

  // For relays.
  [[nodiscard]] Edge& client() { return client_; }
  [[nodiscard]] Far& service() { return service_; }
  [[nodiscard]] const Filters& filters() const { return filters_; }
  [[nodiscard]] Signal& signal() { return changed_; }
  [[nodiscard]] bool open() { return client_.socket().is_open(); }

 private:
  void spawn(Awaitable<void> work);
  Awaitable<void> run(std::string service);
  Awaitable<bool> admitted();
  Awaitable<error_code> dial(std::string service);  // in ten seconds at most
  Awaitable<error_code> connect(std::string host, std::string port);

  std::shared_ptr<void> keep_;
  const Filters& filters_;
  Signal changed_;
  Edge client_;
  Far service_;
  std::unique_ptr<Relay> relay_;
  bool dialling_ = false;
  int mark_ = 0;
};

}  // namespace reprise::proxy
