// Finds where HTTP/1.1 messages begin and end, without copying or keeping their bodies.
//
// Ownership: one object a message; keeps the head only. Threads: any one.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include <boost/system/error_code.hpp>

#include "injectors/proxy/message.h"

namespace reprise::proxy {

class HttpParser {
 public:
  static HttpParser request();
  // The answer to HEAD has no body whatever its fields say.
  static HttpParser response(bool to_head);
  HttpParser(HttpParser&&) noexcept;
  HttpParser& operator=(HttpParser&&) noexcept;
  ~HttpParser();

  // Reads on and says how many bytes it has used up; stops at the end of the head and at the end
  // of the message. What it did not use must be shown again, with more behind it. An error means
  // that this is not HTTP, or a head beyond 64 KiB.
  std::size_t put(std::string_view bytes, boost::system::error_code& error);
  // The stream has ended; false when the message has not.
  bool put_end();

  [[nodiscard]] bool has_head() const;
  [[nodiscard]] bool done() const;
  [[nodiscard]] bool chunked() const;
  [[nodiscard]] bool keep_alive() const;
  [[nodiscard]] Head& head();
  // The pieces of the body within the bytes that the last `put` used up; none behind `put_end`.
  [[nodiscard]] const std::vector<std::string_view>& payload() const;

 private:
  class Part;
  template <bool is_request>
  class Parser;
  explicit HttpParser(std::unique_ptr<Part> part);
  std::unique_ptr<Part> part_;
};

}  // namespace reprise::proxy
