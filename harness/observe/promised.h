// An answer on its way, and how long to wait for it: the caller goes on at the deadline, whatever
// becomes of the answer.
//
// A read from a hung file system or a name look-up cannot be cancelled, only given up. So such
// work owns everything it uses, and shares a Promised with whoever waits.
// Ownership: shared by both sides. Threads: the engine thread only.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "harness/engine/blocking.h"
#include "harness/model/time.h"

namespace reprise {

template <class Answer>
class Promised {
 public:
  explicit Promised(const boost::asio::any_io_executor& executor) : wake_(executor) {}

  void keep(Answer answer) {
    answer_.emplace(std::move(answer));
    wake_.cancel();
  }
  [[nodiscard]] bool kept() const { return answer_.has_value(); }
  // The answer, or nothing at the deadline.
  boost::asio::awaitable<std::optional<Answer>> wait(Instant deadline) {
    if (!answer_) {
      wake_.expires_at(deadline);
      boost::system::error_code ignored;
      auto token = boost::asio::redirect_error(boost::asio::use_awaitable, ignored);
      co_await wake_.async_wait(token);
    }
    co_return std::exchange(answer_, std::nullopt);
  }

 private:
  boost::asio::steady_timer wake_;
  std::optional<Answer> answer_;
};

// Waits for what the slot holds to be kept, and empties it; false at the deadline. Any number may
// wait, since nobody takes the answer. The slot outlives the call.
template <class Answer>
boost::asio::awaitable<bool> cleared(boost::asio::any_io_executor executor,
                                     std::shared_ptr<Promised<Answer>>& slot, Instant deadline) {
  boost::asio::steady_timer look(executor);
  while (slot && !slot->kept()) {
    if (std::chrono::steady_clock::now() >= deadline) co_return false;
    look.expires_after(std::chrono::milliseconds(5));
    co_await look.async_wait(boost::asio::use_awaitable);
  }
  slot.reset();
  co_return true;
}

// Runs `work` on the pool and hands its answer to whoever waits for the promise.
template <class Work>
boost::asio::awaitable<void> keep_promise(
    std::shared_ptr<Promised<std::invoke_result_t<Work&>>> promise, BlockingPool& pool, Work work) {
  auto answer = co_await pool.run(std::move(work));
  promise->keep(std::move(answer));
}

template <class Work>
auto promise(const boost::asio::any_io_executor& executor, BlockingPool& pool, Work work) {
  auto promised = std::make_shared<Promised<std::invoke_result_t<Work&>>>(executor);
  boost::asio::co_spawn(executor, keep_promise(promised, pool, std::move(work)),
                        boost::asio::detached);
  return promised;
}

}  // namespace reprise
