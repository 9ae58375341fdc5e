// Something changed: whoever waits looks again.
//
// Ownership: outlives its waiters. Threads: the engine thread only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include "harness/engine/clock.h"

namespace reprise {

class Event {
 public:
  explicit Event(const boost::asio::any_io_executor& executor);

  // Wakes everybody who waits now.
  void notify() { never_.cancel(); }
  // Returns at the next notify.
  boost::asio::awaitable<void> wait();
  // Returns at the next notify or when the clock says `deadline`, whichever is first.
  boost::asio::awaitable<void> wait_until(Clock& clock, Instant deadline);

 private:
  boost::asio::steady_timer never_;
};

}  // namespace reprise
