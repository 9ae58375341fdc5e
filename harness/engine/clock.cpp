#include "harness/engine/clock.h"

#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace reprise {

boost::asio::awaitable<void> SteadyClock::sleep_until(Instant when) {
  if (when <= now()) co_return;
  auto executor = co_await boost::asio::this_coro::executor;
  boost::asio::steady_timer timer(executor, when);
  co_await timer.async_wait(boost::asio::use_awaitable);
}

UtcInstant ManualClock::utc() const {
  // Any fixed date will do: tests compare texts.
  constexpr UtcInstant beginning = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};
  return beginning + now_.time_since_epoch();
}

boost::asio::awaitable<void> ManualClock::sleep_until(Instant when) {
  if (when <= now_) co_return;
  auto executor = co_await boost::asio::this_coro::executor;
  boost::asio::steady_timer timer(executor, boost::asio::steady_timer::time_point::max());

  // The entry goes with this frame, also when the coroutine is cancelled or never resumed.
  struct Entry {
    using Sleepers = std::multimap<Instant, boost::asio::steady_timer*>;
    Sleepers& sleepers;
    Sleepers::iterator place;
    const boost::asio::steady_timer* timer;
    [[nodiscard]] bool waiting() const {
      for (auto [at, end] = sleepers.equal_range(when); at != end; ++at) {
        if (at->second == timer) return true;
      }
      return false;
    }
    ~Entry() {
      if (waiting()) sleepers.erase(place);
    }
    Instant when;
  };
  const Entry entry{sleepers_, sleepers_.emplace(when, &timer), &timer, when};

  // `run` takes the entry away and then cancels the timer; only somebody else's cancelling leaves
  // the entry where it is.
  boost::system::error_code ended;
  auto token = boost::asio::redirect_error(boost::asio::use_awaitable, ended);
  co_await timer.async_wait(token);
  if (entry.waiting()) throw boost::system::system_error(boost::asio::error::operation_aborted);
}

void ManualClock::run(boost::asio::io_context& context) {
  while (true) {
    context.restart();
    context.poll();
    if (sleepers_.empty()) return;
    // One sleeper at a time, so that what it starts happens before the next one wakes.
    auto next = sleepers_.begin();
    boost::asio::steady_timer* timer = next->second;
    now_ = next->first;
    sleepers_.erase(next);
    timer->cancel();
  }
}

}  // namespace reprise
