// How bytes go through a connection: as they are, or as HTTP messages.
//
// Ownership: belongs to its Connection and refers to it. Threads: the proxy's only. Each of the
// two coroutines runs once, until its direction has ended.
#pragma once

#include <memory>

#include "injectors/proxy/connection.h"

namespace reprise::proxy {

class Relay {
 public:
  virtual ~Relay() = default;
  virtual Awaitable<void> to_service() = 0;
  virtual Awaitable<void> to_client() = 0;
};

[[nodiscard]] std::unique_ptr<Relay> make_raw_relay(Connection& connection);
[[nodiscard]] std::unique_ptr<Relay> make_http_relay(Connection& connection);

// Copies what is in the buffer and all that follows, then ends the stream as it was ended; an
// error on either side resets the connection.
Awaitable<void> copy(Connection& connection, Stream& from, Stream& to, Buffer& buffer);

}  // namespace reprise::proxy
