#include "harness/engine/clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/system/system_error.hpp>

namespace reprise {
namespace {

using ::testing::ElementsAre;

struct ManualClocks : ::testing::Test {
  ManualClock clock;
  boost::asio::io_context context;
  std::vector<std::string> seen;

  boost::asio::awaitable<void> say_after(Duration duration, std::string word) {
    co_await clock.sleep_for(duration);
    seen.push_back(std::move(word));
  }
  void spawn(boost::asio::awaitable<void> work) {
    boost::asio::co_spawn(context, std::move(work), boost::asio::detached);
  }
};

TEST_F(ManualClocks, RunAnHourInMilliseconds) {
  int beats = 0;
  auto beat = [&]() -> boost::asio::awaitable<void> {
    for (int i = 0; i < 3600; ++i) {
      co_await clock.sleep_for(1s);
      ++beats;
    }
  };
  const auto begun = std::chrono::steady_clock::now();
  spawn(beat());
  clock.run(context);
  EXPECT_EQ(beats, 3600);
  EXPECT_EQ(clock.now() - Instant{}, 1h);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 2s);
}

TEST_F(ManualClocks, WakeSleepersInTheOrderOfTheirTimes) {
  spawn(say_after(3s, "third"));
  spawn(say_after(1s, "first"));
  spawn(say_after(2s, "second"));
  clock.run(context);
  EXPECT_THAT(seen, ElementsAre("first", "second", "third"));
}

TEST_F(ManualClocks, WakeThoseOfOneInstantInTheOrderTheyCame) {
  for (const char* word : {"a", "b", "c"}) spawn(say_after(1s, word));
  clock.run(context);
  EXPECT_THAT(seen, ElementsAre("a", "b", "c"));
}

TEST_F(ManualClocks, LetASleeperFinishWhatItStartsBeforeTheNextWakes) {
  auto first = [&]() -> boost::asio::awaitable<void> {
    co_await clock.sleep_for(1s);
    spawn(say_after(0s, "started by the first"));
  };
  spawn(first());
  spawn(say_after(1s, "second"));
  clock.run(context);
  EXPECT_THAT(seen, ElementsAre("started by the first", "second"));
}

TEST_F(ManualClocks, DoNotWaitForWhatHasPassed) {
  spawn(say_after(-5s, "at once"));
  clock.run(context);
  EXPECT_THAT(seen, ElementsAre("at once"));
  EXPECT_EQ(clock.now(), Instant{});
}

TEST_F(ManualClocks, ThrowFromASleepThatIsCancelled) {
  boost::asio::cancellation_signal signal;
  std::exception_ptr thrown;
  auto finished = boost::asio::bind_cancellation_slot(
      signal.slot(), [&](std::exception_ptr error) { thrown = error; });
  boost::asio::co_spawn(context, say_after(1h, "never"), finished);
  auto cancel = [&]() -> boost::asio::awaitable<void> {
    co_await clock.sleep_for(1s);
    signal.emit(boost::asio::cancellation_type::all);
  };
  spawn(cancel());
  clock.run(context);
  ASSERT_TRUE(thrown);
  try {
    std::rethrow_exception(thrown);
  } catch (const boost::system::system_error& error) {
    EXPECT_EQ(error.code(), boost::asio::error::operation_aborted);
  }
  EXPECT_TRUE(seen.empty());
  EXPECT_EQ(clock.now() - Instant{}, 1s) << "a cancelled sleeper must not move the time";
}

TEST_F(ManualClocks, ForgetTheLoserOfARace) {
  auto race = [&]() -> boost::asio::awaitable<void> {
    using boost::asio::experimental::awaitable_operators::operator||;
    auto shorter = say_after(1s, "shorter");
    auto longer = say_after(1h, "longer");
    auto either = std::move(shorter) || std::move(longer);
    co_await std::move(either);
  };
  spawn(race());
  clock.run(context);
  EXPECT_THAT(seen, ElementsAre("shorter"));
  EXPECT_EQ(clock.now() - Instant{}, 1s);
}

TEST_F(ManualClocks, KeepTheDateInStepWithTheTime) {
  const UtcInstant before = clock.utc();
  spawn(say_after(90s, "later"));
  clock.run(context);
  EXPECT_EQ(clock.utc() - before, 90s);
}

TEST(SteadyClocks, NeverWakeEarly) {
  SteadyClock clock;
  boost::asio::io_context context;
  Instant woken;
  const Instant when = clock.now() + 20ms;
  auto sleep = [&]() -> boost::asio::awaitable<void> {
    co_await clock.sleep_until(when);
    woken = clock.now();
  };
  boost::asio::co_spawn(context, sleep(), boost::asio::detached);
  context.run();
  EXPECT_GE(woken, when);
}

TEST(SteadyClocks, ThrowFromASleepThatIsCancelled) {
  SteadyClock clock;
  boost::asio::io_context context;
  boost::asio::cancellation_signal signal;
  std::exception_ptr thrown;
  auto finished = boost::asio::bind_cancellation_slot(
      signal.slot(), [&](std::exception_ptr error) { thrown = error; });
  boost::asio::co_spawn(context, clock.sleep_for(1h), finished);
  context.poll();
  signal.emit(boost::asio::cancellation_type::all);
  context.run();
  EXPECT_TRUE(thrown);
}

}  // namespace
}  // namespace reprise
