// Moving one HTTP message, or a part of it, from one stream to another.
//
// Ownership: the caller's. Threads: the proxy's only.
#pragma once

#include "injectors/proxy/http_parser.h"
#include "injectors/proxy/stream.h"

namespace reprise::proxy {

enum class Found { head, end, not_http, failed };

// Reads until the whole head stands in the buffer, `size` bytes of it; consumes nothing.
Awaitable<Found> read_head(Stream& from, Buffer& buffer, HttpParser& parser, std::size_t& size);

enum class Moved { whole, end, failed };

// Moves the body byte for byte as it comes. `to` may be null: then it is read and forgotten, as
// it also is once `to` fails, which `broken` tells.
Awaitable<Moved> move_body(Stream& from, Stream* to, Buffer& buffer, HttpParser& parser,
                           error_code& broken);
// Moves the first bytes of the body, as many as the response's limit says, chunked if it was, and
// forgets the rest; when the response is to be cut, returns as soon as they have passed. A response
// with no more bytes than that is not cut; one with more is cut, and says so.
Awaitable<Moved> move_limited(Stream& from, Stream& to, Buffer& buffer, HttpParser& parser,
                              Response& response);
// Reads the service's body, of which nothing is passed on: the client has the response's. Tells
// when they are not the same.
Awaitable<Moved> move_replaced(Stream& from, Buffer& buffer, HttpParser& parser,
                               Response& response);

}  // namespace reprise::proxy
