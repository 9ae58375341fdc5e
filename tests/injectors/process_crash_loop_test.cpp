// process_crash_loop against a service that the test starts again whenever it has ended.
#include <mutex>

#include <gtest/gtest.h>

#include "tests/support/child_process.h"
#include "tests/support/fault_under_test.h"
#include "tests/support/fixed_surroundings.h"

namespace reprise {
namespace {

using Clock = std::chrono::steady_clock;

// A service whose first process changes while the fault looks.
struct RestartedService final : FixedSurroundings {
  [[nodiscard]] Result<ProcessId> process(std::string_view) const override {
    const std::scoped_lock lock(mutex);
    if (!first) return failure("server is not running");
    return *first;
  }
  void set(std::optional<ProcessId> now) {
    const std::scoped_lock lock(mutex);
    first = now;
  }
  mutable std::mutex mutex;
  std::optional<ProcessId> first;
};

class ProcessCrashLoop : public testing::Test {
 protected:
  void start(std::vector<std::string> arguments = {"sleep", "100"}) {
    service_ = std::make_unique<ChildProcess>(std::move(arguments));
    surroundings_.set(service_->id());
  }
  // As a supervisor: whether the service has ended within the limit.
  bool ends_within(Clock::duration limit) {
    const auto deadline = Clock::now() + limit;
    while (service_->news() != 'E') {
      if (Clock::now() > deadline) return false;
      std::this_thread::sleep_for(1ms);
    }
    surroundings_.set(std::nullopt);
    return true;
  }
  static FaultSpec spec(nlohmann::json with = {{"every", "100ms"}}) {
    return fault_spec("process_crash_loop", "server", std::move(with));
  }

  RestartedService surroundings_;
  std::unique_ptr<ChildProcess> service_;
};

TEST_F(ProcessCrashLoop, KillsEveryProcessThatComesBackUntilItIsHealed) {
  start();
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  EXPECT_FALSE(fault->confirm());
  EXPECT_EQ(service_->news(), ' ') << "prepare touches nothing";
  EXPECT_TRUE(fault->revert(*receipt)) << "without an inject";
  const pid_t first = service_->id().pid;
  const auto done = fault->inject(*receipt);
  ASSERT_TRUE(done) << why(done);
  for (int life = 0; life < 4; ++life) {
    ASSERT_TRUE(ends_within(10s)) << life;
    EXPECT_EQ(service_->ended_by(), SIGKILL);
    start();
  }
  std::optional<Bite> bite;
  ASSERT_TRUE(comes_true([&] { return (bite = fault->confirm()).has_value(); }));
  EXPECT_EQ(bite->evidence, fmt::format("process {} is gone after SIGKILL", first));

  const auto undone = fault->revert(*receipt);
  ASSERT_TRUE(undone) << why(undone);
  if (ends_within(20ms)) start();  // killed just before
  EXPECT_FALSE(ends_within(400ms)) << "healed, it lives";
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_FALSE(fault->confirm());
}

TEST_F(ProcessCrashLoop, LeavesAtLeastTheGapBetweenTwoKills) {
  start();
  auto fault = make_fault(spec({{"every", "300ms"}}), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  ASSERT_TRUE(ends_within(10s));
  const auto first_end = Clock::now();
  start();
  ASSERT_TRUE(ends_within(10s));
  // The first end may have been seen late, by the turns of a busy machine.
  EXPECT_GT(Clock::now() - first_end, 200ms);
}

TEST_F(ProcessCrashLoop, WaitsForAServiceThatTakesItsTimeToComeBack) {
  start();
  auto fault = make_fault(spec({{"every", "0s"}}), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  ASSERT_TRUE(ends_within(10s));
  std::this_thread::sleep_for(100ms);
  start();
  EXPECT_TRUE(ends_within(10s));
}

TEST_F(ProcessCrashLoop, OfASignalThatIsIgnoredIsNotConfirmed) {
  start({"python3", "-c",
         "import signal,time\nsignal.signal(signal.SIGTERM,signal.SIG_IGN)\n"
         "signal.raise_signal(signal.SIGSTOP)\ntime.sleep(100)"});
  ASSERT_TRUE(comes_true([&] { return service_->news() == 'T'; }));
  ::kill(service_->id().pid, SIGCONT);
  auto fault = make_fault(spec({{"signal", "TERM"}, {"every", "10ms"}}), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  for (int round = 0; round < 100; ++round) {
    ASSERT_FALSE(fault->confirm());
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_TRUE(fault->revert(*receipt));
}

TEST_F(ProcessCrashLoop, EndsWithItsInjector) {
  start();
  const auto receipt = [&] {
    auto fault = make_fault(spec(), surroundings_);
    const auto prepared = fault->prepare();
    EXPECT_TRUE(prepared && fault->inject(*prepared));
    EXPECT_TRUE(ends_within(10s));
    return *prepared;
  }();
  start();
  EXPECT_FALSE(ends_within(300ms));
  // As the guardian: nothing but the specification and the receipt.
  const FixedSurroundings nothing;
  auto guardian = make_fault(spec(), nothing);
  EXPECT_TRUE(guardian->revert(nlohmann::json::parse(receipt.dump())));
  EXPECT_TRUE(guardian->revert(receipt));
  EXPECT_FALSE(guardian->confirm());
  EXPECT_EQ(service_->news(), ' ');
}

TEST_F(ProcessCrashLoop, EndsWithItsProgram) {
  start();
  const auto receipt = make_fault(spec(), surroundings_)->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  do_and_die([&] {
    auto fault = make_fault(spec(), surroundings_);
    (void)fault->inject(*receipt);
    std::this_thread::sleep_for(50ms);
    ::kill(::getpid(), SIGKILL);  // before its injector can end in order
  });
  ASSERT_TRUE(ends_within(10s));
  start();
  EXPECT_FALSE(ends_within(300ms));
  EXPECT_TRUE(make_fault(spec(), surroundings_)->revert(*receipt));
  EXPECT_EQ(service_->news(), ' ');
}

TEST_F(ProcessCrashLoop, SignalsNobodyWhoHasTheNumberOfAProcessThatIsGone) {
  start();
  ProcessId stranger = service_->id();
  stranger.start_ticks += 1;
  surroundings_.set(stranger);
  auto fault = make_fault(spec({{"every", "0s"}}), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  EXPECT_FALSE(ends_within(100ms));
  EXPECT_FALSE(fault->confirm());
}

}  // namespace
}  // namespace reprise
