#include "injectors/proxy/http_message.h"

#include <fmt/format.h>
#include <boost/asio/error.hpp>

namespace reprise::proxy {

Awaitable<Found> read_head(Stream& from, Buffer& buffer, HttpParser& parser, std::size_t& size) {
  error_code error;
  size = 0;
  while (true) {
    if (buffer.bytes().size() > size) size += parser.put(buffer.bytes().substr(size), error);
    if (error) co_return Found::not_http;
    if (parser.has_head()) co_return Found::head;
    if (buffer.full()) co_return Found::not_http;
    co_await buffer.fill(from, error);
    if (error) co_return error == boost::asio::error::eof ? Found::end : Found::failed;
  }
}

namespace {

// Has the parser use up some of the body; `used` bytes of the buffer. Moved::whole: go on.
Awaitable<Moved> parse_some(Stream& from, Buffer& buffer, HttpParser& parser, std::size_t& used) {
  error_code error;
  while (true) {
    used = buffer.empty() ? 0 : parser.put(buffer.bytes(), error);
    // What does not parse is no message any more: the connection ends as if it had been cut.
    if (error) co_return Moved::failed;
    if (used > 0 || parser.done()) co_return Moved::whole;
    if (buffer.full()) co_return Moved::failed;
    co_await buffer.fill(from, error);
    if (error == boost::asio::error::eof) {
      co_return parser.put_end() ? Moved::whole : Moved::end;
    }
    if (error) co_return Moved::failed;
  }
}

}  // namespace

Awaitable<Moved> move_body(Stream& from, Stream* to, Buffer& buffer, HttpParser& parser,
                           error_code& broken) {
  while (!parser.done()) {
    std::size_t used = 0;
    const auto moved = co_await parse_some(from, buffer, parser, used);
    if (moved != Moved::whole) co_return moved;
    if (to && !broken && used > 0) co_await to->write(buffer.bytes().substr(0, used), broken);
    buffer.consume(used);
  }
  co_return Moved::whole;
}

Awaitable<Moved> move_limited(Stream& from, Stream& to, Buffer& buffer, HttpParser& parser,
                              Response& response) {
  error_code broken;
  auto left = *response.limit;
  bool kept_back = false;
  while (!parser.done() && !(response.cut && left == 0)) {
    std::size_t used = 0;
    const auto moved = co_await parse_some(from, buffer, parser, used);
    if (moved != Moved::whole) co_return moved;
    std::string passed;
    for (auto piece : parser.payload()) {
      kept_back |= piece.size() > left;
      piece = piece.substr(0, left);
      left -= piece.size();
      if (piece.empty()) continue;
      if (parser.chunked()) {
        passed += fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
      } else {
        passed += piece;
      }
    }
    if (kept_back) response.tell_changed();
    buffer.consume(used);
    if (!passed.empty()) co_await to.write(passed, broken);
    if (broken) co_return Moved::failed;
  }
  response.cut = response.cut && (kept_back || !parser.done());
  if (response.cut) response.tell_changed();
  if (parser.chunked() && !response.cut) co_await to.write("0\r\n\r\n", broken);
  co_return broken ? Moved::failed : Moved::whole;
}

Awaitable<Moved> move_replaced(Stream& from, Buffer& buffer, HttpParser& parser,
                               Response& response) {
  std::string_view same = *response.body;  // what of it must still come
  while (!parser.done()) {
    std::size_t used = 0;
    const auto moved = co_await parse_some(from, buffer, parser, used);
    if (moved != Moved::whole) co_return moved;
    for (const auto piece : parser.payload()) {
      if (!same.starts_with(piece)) response.tell_changed();
      same.remove_prefix(std::min(piece.size(), same.size()));
    }
    buffer.consume(used);
  }
  if (!same.empty()) response.tell_changed();
  co_return Moved::whole;
}

}  // namespace reprise::proxy
