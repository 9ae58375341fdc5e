// Lets coroutines of one thread wait until something changes; the waker says nothing more, so a
// waiter looks again at what it waits for.
//
// Ownership: outlives its waiters' waits. Threads: the proxy's thread only.
#pragma once

#include <algorithm>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "harness/model/time.h"

namespace reprise::proxy {

class Signal {
 public:
  explicit Signal(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  void notify() {
    for (auto* waiter : waiters_) waiter->cancel();
  }

  boost::asio::awaitable<void> wait() { return wait_until(Instant::max()); }

  // Until notified or until `when`, whichever comes first.
  boost::asio::awaitable<void> wait_until(Instant when) {
    boost::asio::steady_timer timer(executor_, when);
    waiters_.push_back(&timer);
    const Leave leave{waiters_, &timer};
    boost::system::error_code ignored;
    co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
  }

 private:
  struct Leave {
    std::vector<boost::asio::steady_timer*>& waiters;
    boost::asio::steady_timer* timer;
    ~Leave() { std::erase(waiters, timer); }
  };
  boost::asio::any_io_executor executor_;
  std::vector<boost::asio::steady_timer*> waiters_;
};

}  // namespace reprise::proxy
