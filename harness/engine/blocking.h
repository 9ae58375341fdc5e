// The one helper through which blocking work leaves the engine thread.
//
//   auto verb = [&] { return injector.inject(receipt); };
//   auto done = co_await pool.run(verb);
//
// (Name the callable first: GCC 12 destroys a temporary in a co_await expression twice.)
// A pool of 0 threads runs everything inline: unit tests on the manual clock need that.
// Ownership: destroying the pool waits for what runs. Threads: run is called on the engine thread.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <type_traits>

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace reprise {

class BlockingPool {
 public:
  // Threads are started at the first use, so that a drill that needs none pays for none.
  explicit BlockingPool(unsigned threads) : threads_(threads) {}

  template <class Work>
  boost::asio::awaitable<std::invoke_result_t<Work&>> run(Work work) {
    if (threads_ == 0) return inline_run(std::move(work));
    return run_on(threads(), std::move(work));
  }

  // Work that runs in the order in which it is given, one after another. Ownership: outlived by the
  // pool.
  class Lane {
   public:
    explicit Lane(BlockingPool& pool) : pool_(pool) {}

    template <class Work>
    boost::asio::awaitable<std::invoke_result_t<Work&>> run(Work work) {
      if (pool_.threads_ == 0) return inline_run(std::move(work));
      if (!strand_) strand_.emplace(pool_.threads());
      return run_on(*strand_, std::move(work));
    }

   private:
    BlockingPool& pool_;
    std::optional<boost::asio::strand<boost::asio::thread_pool::executor_type>> strand_;
  };

 private:
  template <class Work>
  static boost::asio::awaitable<std::invoke_result_t<Work&>> inline_run(Work work) {
    co_return work();
  }

  template <class Executor, class Work>
  static boost::asio::awaitable<std::invoke_result_t<Work&>> run_on(Executor executor, Work work) {
    using Answer = std::invoke_result_t<Work&>;
    auto engine = co_await boost::asio::this_coro::executor;
    std::optional<Answer> answer;
    std::exception_ptr thrown;
    // Not cancellable: this frame, which the pool thread writes to, stays until the work is done.
    auto start = [&](auto handler) {
      auto guard = boost::asio::make_work_guard(engine);
      auto task = [&, guard = std::move(guard), handler = std::move(handler)]() mutable {
        try {
          answer.emplace(work());
        } catch (...) {
          thrown = std::current_exception();
        }
        boost::asio::post(guard.get_executor(), std::move(handler));
      };
      boost::asio::post(executor, std::move(task));
    };
    const auto& token = boost::asio::use_awaitable;
    co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void()>(start,
                                                                                        token);
    if (thrown) std::rethrow_exception(thrown);
    co_return std::move(*answer);
  }

  boost::asio::thread_pool::executor_type threads() {
    if (!pool_) pool_ = std::make_unique<boost::asio::thread_pool>(threads_);
    return pool_->get_executor();
  }

  unsigned threads_;
  std::unique_ptr<boost::asio::thread_pool> pool_;
};

}  // namespace reprise
