// Where to connect: host:port, http:// addresses, and looking a name up within a deadline.
//
// Ownership: plain values. Threads: lookup on the engine thread, the others any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "harness/model/error.h"
#include "harness/model/time.h"

namespace reprise {

struct Address {
  std::string host;  // without brackets
  std::uint16_t port = 0;

  // As it stands in a Host header or a message: "[::1]:80".
  [[nodiscard]] std::string text() const;
};

// "127.0.0.1:4000", "localhost:80", "[::1]:80".
[[nodiscard]] Result<Address> parse_address(std::string_view text);

struct HttpUrl {
  Address address;
  std::string target = "/";  // path and query
};

// http:// only: a drilled system is looked at on its own machine.
[[nodiscard]] Result<HttpUrl> parse_http_url(std::string_view text);
// The same of a text that may still hold ${…}: an error only where nothing can mend it.
[[nodiscard]] Result<void> could_be_address(std::string_view text);
[[nodiscard]] Result<void> could_be_http_url(std::string_view text);
// Where a Location header leads, seen from `base`.
[[nodiscard]] Result<HttpUrl> follow_location(const HttpUrl& base, std::string_view location);

struct Lookup {
  std::vector<boost::asio::ip::tcp::endpoint> endpoints;
  boost::system::error_code error;  // timed_out at the deadline
};

// Numeric addresses and "localhost" ask nobody.
boost::asio::awaitable<Lookup> look_up(Address address, Instant deadline);

}  // namespace reprise
