#include "harness/observe/address.h"

#include <charconv>

#include <boost/asio/this_coro.hpp>

#include "harness/observe/promised.h"

namespace reprise {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

bool has_space_or_control(std::string_view text) {
  return std::ranges::any_of(
      text, [](char letter) { return static_cast<unsigned char>(letter) <= ' ' || letter == 127; });
}

Result<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) {
    return failure("'{}' is not a port from 1 to 65535", text);
  }
  return port;
}

// An authority with or without a port.
Result<Address> parse_authority(std::string_view text, std::string_view default_port) {
  Address address;
  std::string_view port = default_port;
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == text.npos) return failure("'{}' has no closing ]", text);
    address.host = text.substr(1, end - 1);
    const auto rest = text.substr(end + 1);
    if (!rest.empty() && rest[0] != ':') return failure("'{}' is not host:port", text);
    if (!rest.empty()) port = rest.substr(1);
  } else {
    const auto colon = text.rfind(':');
    address.host = text.substr(0, colon);
    if (colon != text.npos) port = text.substr(colon + 1);
    if (colon == text.npos && port.empty()) return failure("'{}' is not host:port", text);
  }
  if (address.host.empty() || has_space_or_control(address.host)) {
    return failure("'{}' names no host", text);
  }
  auto number = parse_port(port);
  if (!number) return std::unexpected(number.error());
  address.port = *number;
  return address;
}

}  // namespace

std::string Address::text() const {
  return host.find(':') == host.npos ? fmt::format("{}:{}", host, port)
                                     : fmt::format("[{}]:{}", host, port);
}

Result<Address> parse_address(std::string_view text) { return parse_authority(text, ""); }

Result<HttpUrl> parse_http_url(std::string_view text) {
  constexpr std::string_view scheme = "http://";
  if (text.starts_with("https://")) {
    return failure("'{}': https is not supported, only http", text);
  }
  if (!text.starts_with(scheme)) return failure("'{}' does not begin with http://", text);
  if (has_space_or_control(text)) return failure("'{}' holds a space or control character", text);
  auto rest = text.substr(scheme.size());
  rest = rest.substr(0, rest.find('#'));
  const auto slash = rest.find_first_of("/?");
  const auto authority = rest.substr(0, slash);
  if (authority.find('@') != authority.npos) {
    return failure("'{}': a password does not belong in an address; use an authorization header",
                   text);
  }
  auto address = parse_authority(authority, "80");
  if (!address) return std::unexpected(address.error());
  HttpUrl url{std::move(*address)};
  if (slash != rest.npos) url.target = rest.substr(slash);
  if (url.target[0] == '?') url.target.insert(0, "/");
  return url;
}

Result<void> could_be_address(std::string_view text) {
  if (text.find("${") != text.npos) return {};
  const auto parsed = parse_address(text);
  return parsed ? Result<void>() : std::unexpected(parsed.error());
}

Result<void> could_be_http_url(std::string_view text) {
  // Before it is filled in, the scheme is all that is known.
  const bool known = text.find("${") == text.npos || text.starts_with("https:");
  if (!known) return {};
  const auto parsed = parse_http_url(text);
  return parsed ? Result<void>() : std::unexpected(parsed.error());
}

Result<HttpUrl> follow_location(const HttpUrl& base, std::string_view location) {
  if (location.starts_with("//")) return parse_http_url(fmt::format("http:{}", location));
  const auto scheme = location.find("://");
  if (scheme != location.npos && location.find_first_of("/?#") > scheme) {
    return parse_http_url(location);
  }
  const auto origin = fmt::format("http://{}", base.address.text());
  if (location.starts_with('/')) return parse_http_url(fmt::format("{}{}", origin, location));
  const auto path = base.target.substr(0, base.target.find('?'));
  if (location.starts_with('?')) {
    return parse_http_url(fmt::format("{}{}{}", origin, path, location));
  }
  const auto folder = path.substr(0, path.rfind('/') + 1);
  return parse_http_url(fmt::format("{}{}{}", origin, folder, location));
}

asio::awaitable<Lookup> look_up(Address address, Instant deadline) {
  Lookup found;
  boost::system::error_code not_numeric;
  const auto host = address.host == "localhost" ? std::string("127.0.0.1") : address.host;
  const auto numeric = asio::ip::make_address(host, not_numeric);
  if (!not_numeric) {
    found.endpoints.emplace_back(numeric, address.port);
    co_return found;
  }
  const auto executor = co_await asio::this_coro::executor;
  auto promised = std::make_shared<Promised<Lookup>>(executor);
  auto resolver = std::make_shared<tcp::resolver>(executor);
  resolver->async_resolve(host, std::to_string(address.port), tcp::resolver::numeric_service,
                          [promised, resolver](const boost::system::error_code& error,
                                               const tcp::resolver::results_type& results) {
                            Lookup answer;
                            answer.error = error;
                            for (const auto& entry : results)
                              answer.endpoints.push_back(entry.endpoint());
                            promised->keep(std::move(answer));
                          });
  auto answer = co_await promised->wait(deadline);
  if (answer) co_return std::move(*answer);
  found.error = asio::error::timed_out;
  co_return found;
}

}  // namespace reprise
