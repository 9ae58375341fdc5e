// Work on the pool's threads: side by side, or one after another in a lane.
#include <atomic>
#include <thread>

#include <gtest/gtest.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "harness/engine/blocking.h"

namespace reprise {
namespace {

using namespace std::chrono_literals;

// Whether the second of two pieces of work began while the first was under way, which waits for it.
template <class Runner>
bool overlap(Runner& runner) {
  boost::asio::io_context context;
  std::atomic<bool> second = false, seen = false;
  auto work = [&](bool waits) -> boost::asio::awaitable<void> {
    auto job = [&, waits] {
      if (!waits) second = true;
      const auto until = std::chrono::steady_clock::now() + 300ms;
      while (waits && !second && std::chrono::steady_clock::now() < until)
        std::this_thread::yield();
      if (waits) seen = second.load();
      return waits;
    };
    (void)co_await runner.run(job);
  };
  for (const bool waits : {true, false}) {
    boost::asio::co_spawn(context, work(waits), [](std::exception_ptr) {});
  }
  context.run();
  return seen;
}

TEST(Blocking, WorkRunsSideBySideUnlessItIsInOneLane) {
  BlockingPool pool(2);
  EXPECT_TRUE(overlap(pool));
  BlockingPool::Lane lane(pool);
  EXPECT_FALSE(overlap(lane));
}

}  // namespace
}  // namespace reprise
