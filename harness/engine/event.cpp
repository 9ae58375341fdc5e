#include "harness/engine/event.h"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace reprise {

Event::Event(const boost::asio::any_io_executor& executor)
    : never_(executor, boost::asio::steady_timer::time_point::max()) {}

boost::asio::awaitable<void> Event::wait() {
  // Being cancelled is how this timer says "notified".
  boost::system::error_code notified;
  auto token = boost::asio::redirect_error(boost::asio::use_awaitable, notified);
  co_await never_.async_wait(token);
}

boost::asio::awaitable<void> Event::wait_until(Clock& clock, Instant deadline) {
  using boost::asio::experimental::awaitable_operators::operator||;
  if (clock.now() >= deadline) co_return;
  if (deadline == Instant::max()) {
    co_await wait();
    co_return;
  }
  auto changed = wait();
  auto passed = clock.sleep_until(deadline);
  auto either = std::move(changed) || std::move(passed);
  co_await std::move(either);
}

}  // namespace reprise
