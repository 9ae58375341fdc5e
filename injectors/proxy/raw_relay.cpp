#include <boost/asio/error.hpp>

#include "injectors/proxy/relay.h"

namespace reprise::proxy {
namespace {

class RawRelay final : public Relay {
 public:
  explicit RawRelay(Connection& connection) : connection_(connection) {}

  Awaitable<void> to_service() override {
    co_await copy(connection_, connection_.client(), connection_.service(), up_);
  }
  Awaitable<void> to_client() override {
    co_await copy(connection_, connection_.service(), connection_.client(), down_);
  }

 private:
  Connection& connection_;
  Buffer up_, down_;
};

}  // namespace

std::unique_ptr<Relay> make_raw_relay(Connection& connection) {
  return std::make_unique<RawRelay>(connection);
}

Awaitable<void> copy(Connection& connection, Stream& from, Stream& to, Buffer& buffer) {
  error_code read_error, error;
  while (true) {
    if (!buffer.empty()) {
      const auto bytes = buffer.bytes();
      co_await to.write(bytes, error);
      if (error) break;
      buffer.consume(bytes.size());
    }
    if (read_error) break;
    co_await buffer.fill(from, read_error);
  }
  if (!error && read_error == boost::asio::error::eof) {
    co_await to.finish(error);
    // The other side may be gone entirely; then there is nobody to tell.
    co_return;
  }
  connection.reset();
}

}  // namespace reprise::proxy
