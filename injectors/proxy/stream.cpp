#include "injectors/proxy/stream.h"

#include <algorithm>
#include <cstring>

namespace reprise::proxy {

void Buffer::consume(std::size_t size) {
  begin_ += size;
  if (begin_ == end_) begin_ = end_ = 0;
}

Awaitable<void> Buffer::fill(Stream& from, error_code& error) {
  error = ended_;
  if (error) co_return;
  if (end_ == capacity_) {
    const auto size = end_ - begin_;
    if (begin_ == 0) {
      // An idle connection costs 4 KiB, a busy one 64.
      const auto larger = std::clamp<std::size_t>(capacity_ * 4, 4096, buffer_limit);
      auto data = std::make_unique_for_overwrite<char[]>(larger);
      if (size > 0) std::memcpy(data.get(), data_.get(), size);
      data_ = std::move(data);
      capacity_ = larger;
    } else {
      std::memmove(data_.get(), data_.get() + begin_, size);
    }
    begin_ = 0;
    end_ = size;
  }
  end_ += co_await from.read(data_.get() + end_, capacity_ - end_, error);
  ended_ = error;
}

}  // namespace reprise::proxy
