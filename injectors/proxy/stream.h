// One end of a proxied connection, as the relays see it.
//
// Ownership: belongs to its Connection. Threads: the proxy's thread only.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>

namespace reprise::proxy {

using boost::system::error_code;
template <class T>
using Awaitable = boost::asio::awaitable<T>;

constexpr std::size_t buffer_limit = std::size_t{64} * 1024;

class Stream {
 public:
  virtual ~Stream() = default;
  // At least one byte, or 0 and an error (asio::error::eof at the end of the stream).
  virtual Awaitable<std::size_t> read(char* to, std::size_t size, error_code& error) = 0;
  virtual Awaitable<void> write(std::string_view bytes, error_code& error) = 0;
  // The end of our stream, after everything written.
  virtual Awaitable<void> finish(error_code& error) = 0;
};

// Bytes read and not yet used up, contiguous; grows while reads fill it, to 64 KiB at most.
class Buffer {
 public:
  [[nodiscard]] std::string_view bytes() const { return {data_.get() + begin_, end_ - begin_}; }
  [[nodiscard]] bool empty() const { return begin_ == end_; }
  [[nodiscard]] bool full() const { return end_ - begin_ == buffer_limit; }
  void consume(std::size_t size);
  // Whether a read has found the stream's end, or failed.
  [[nodiscard]] bool ended() const { return static_cast<bool>(ended_); }
  // Appends what one read of `from` brings. Must not be full. An end is remembered and told again:
  // Asio wakes a reader for it only once.
  Awaitable<void> fill(Stream& from, error_code& error);

 private:
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
  error_code ended_;
};

}  // namespace reprise::proxy
