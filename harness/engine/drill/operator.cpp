#include "harness/engine/drill/operator.h"

#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>

namespace reprise {

Operator::Operator(boost::asio::any_io_executor executor, Clock& clock, int lines, bool attended)
    : clock_(clock), lines_(executor), changed_(executor), attended_(attended && lines >= 0) {
  if (!attended_) return;
  lines_.assign(::dup(lines));
  auto listening = listen();
  boost::asio::co_spawn(executor, std::move(listening), boost::asio::detached);
}

boost::asio::awaitable<void> Operator::listen() {
  std::string partial;
  std::array<char, 256> bytes{};
  while (!gone_) {
    boost::system::error_code error;
    auto token = boost::asio::redirect_error(boost::asio::use_awaitable, error);
    auto buffer = boost::asio::buffer(bytes);
    const std::size_t count = co_await lines_.async_read_some(buffer, token);
    if (error) gone_ = true;
    for (std::size_t i = 0; i < count; ++i) {
      if (bytes[i] != '\n') {
        partial += bytes[i];
        continue;
      }
      add(partial);
      partial.clear();
    }
    changed_.notify();
  }
}

void Operator::add(const std::string& line) {
  if (waiting_ > 0) {
    unread_.push_back(line);
  } else if (heard_) {
    heard_();
  }
}

boost::asio::awaitable<Result<std::string>> Operator::ask(const Step& step) {
  if (!attended_) co_return failure("nobody is at a terminal to do it");
  const Instant deadline = clock_.now() + step.within;
  ++waiting_;
  while (unread_.empty() && !gone_ && clock_.now() < deadline) {
    co_await changed_.wait_until(clock_, deadline);
  }
  --waiting_;
  if (unread_.empty()) {
    co_return failure("nobody answered within {}", format_duration(step.within));
  }
  std::string answer = unread_.front();
  unread_.pop_front();
  co_return answer;
}

}  // namespace reprise
