// All waiting and all time of a drill. The real clock waits; the manual one runs an hour's drill
// in milliseconds.
//
// Ownership: the Clock outlives whoever sleeps on it. Threads: the engine thread only, except
// `now`, which any thread may call on the steady clock.
#pragma once

#include <map>
#include <memory>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "harness/model/time.h"

namespace reprise {

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
  [[nodiscard]] virtual UtcInstant utc() const = 0;
  // Returns at or just after `when`, at once when it has passed. Cancelling the coroutine throws
  // boost::system::system_error(operation_aborted), as Asio's own timers do.
  virtual boost::asio::awaitable<void> sleep_until(Instant when) = 0;

  boost::asio::awaitable<void> sleep_for(Duration duration) {
    return sleep_until(now() + duration);
  }
};

class SteadyClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return std::chrono::steady_clock::now(); }
  [[nodiscard]] UtcInstant utc() const override { return std::chrono::system_clock::now(); }
  boost::asio::awaitable<void> sleep_until(Instant when) override;
};

// Time stands still until `run` finds nothing else to do, then jumps to the next sleeper.
class ManualClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override { return now_; }
  [[nodiscard]] UtcInstant utc() const override;
  boost::asio::awaitable<void> sleep_until(Instant when) override;

  // Runs the context's handlers and the clock until both have nothing left.
  void run(boost::asio::io_context& context);

 private:
  Instant now_{};
  std::multimap<Instant, boost::asio::steady_timer*> sleepers_;
};

}  // namespace reprise
