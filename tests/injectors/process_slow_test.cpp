// process_slow against processes that take all the time they get.
#include <fstream>

#include <gtest/gtest.h>

#include <time.h>

#include "tests/support/child_process.h"
#include "tests/support/fault_under_test.h"
#include "tests/support/fixed_surroundings.h"

namespace reprise {
namespace {

class ProcessSlow : public testing::Test {
 protected:
  void run(const std::string& program) {
    service_ = std::make_unique<ChildProcess>(std::vector<std::string>{"sh", "-c", program});
    surroundings_.processes["server"] = {service_->id()};
  }
  // A parent that waits for a busy child.
  void run_tree() {
    run("while :; do :; done & wait");
    ASSERT_TRUE(comes_true([&] { return !descendants(service_->id().pid).empty(); }));
    below_ = descendants(service_->id().pid);
    surroundings_.processes["server"].push_back(below_.front());
  }
  void TearDown() override {
    for (const ProcessId& process : below_) {
      const auto state = read_process_state(process.pid);
      if (state && state->start_ticks == process.start_ticks) ::kill(process.pid, SIGKILL);
    }
  }
  static char state_of(const ProcessId& process) {
    return read_process_state(process.pid).value_or(ProcessState{}).state;
  }
  // The part of the time that the process had a processor for.
  static double share_of(const ProcessId& process, std::chrono::milliseconds during) {
    clockid_t clock{};
    if (::clock_getcpuclockid(process.pid, &clock) != 0) return 0;
    const auto taken = [&] {
      timespec time{};
      ::clock_gettime(clock, &time);
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
    };
    const auto begin = std::chrono::steady_clock::now();
    const double before = taken();
    std::this_thread::sleep_for(during);
    const std::chrono::duration<double> real = std::chrono::steady_clock::now() - begin;
    return (taken() - before) / real.count();
  }
  // Not stopped now, nor at any time during a whole period.
  static bool goes_on(const ProcessId& process) {
    for (int look = 0; look < 120; ++look) {
      if (state_of(process) == 'T') return false;
      std::this_thread::sleep_for(1ms);
    }
    return true;
  }
  static FaultSpec spec(const std::string& share = "10%") {
    return fault_spec("process_slow", "server", {{"share", share}});
  }

  FixedSurroundings surroundings_;
  std::unique_ptr<ChildProcess> service_;
  std::vector<ProcessId> below_;
};

TEST_F(ProcessSlow, LeavesTheWholeTreeAShareOfItsTimeAndAllOfItAtHealing) {
  run_tree();
  const ProcessId busy = below_.front();
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  EXPECT_TRUE(goes_on(busy)) << "prepare touches nothing";
  EXPECT_TRUE(fault->revert(*receipt)) << "without an inject";
  EXPECT_FALSE(fault->confirm());
  const auto done = fault->inject(*receipt);
  ASSERT_TRUE(done) << why(done);
  const double share = share_of(busy, 1500ms);
  EXPECT_LT(share, 0.3);
  EXPECT_GT(share, 0.0) << "slow is not stopped";
  const auto bite = fault->confirm();
  ASSERT_TRUE(bite);
  EXPECT_NE(bite->evidence.find("seen stopped (state T), as for 90ms of every 100ms"),
            std::string::npos)
      << bite->evidence;

  const auto undone = fault->revert(*receipt);
  ASSERT_TRUE(undone) << why(undone);
  EXPECT_TRUE(goes_on(busy));
  EXPECT_TRUE(goes_on(service_->id()));
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_FALSE(fault->confirm());
}

TEST_F(ProcessSlow, IsUndoneByAStrangerAfterItsHolderWasKilled) {
  run_tree();
  const auto tree = surroundings_.processes["server"];
  const auto receipt = make_fault(spec("1%"), surroundings_)->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  const FixedSurroundings nothing;
  auto guardian = make_fault(spec("1%"), nothing);
  int left_stopped = 0;
  for (int round = 0; round < 5; ++round) {
    do_and_die([&] {
      auto fault = make_fault(spec("1%"), surroundings_);
      (void)fault->inject(*receipt);
      std::this_thread::sleep_for(20ms);
      ::kill(::getpid(), SIGKILL);  // before its injector can end in order
    });
    left_stopped += state_of(tree.at(1)) == 'T' ? 1 : 0;
    const auto undone = guardian->revert(nlohmann::json::parse(receipt->dump()));
    ASSERT_TRUE(undone) << why(undone);
    for (const ProcessId& process : tree) ASSERT_TRUE(goes_on(process)) << round;
  }
  EXPECT_GT(left_stopped, 0) << "or there was nothing to undo";
  EXPECT_TRUE(guardian->revert(*receipt));
}

TEST_F(ProcessSlow, IsUndoneWhereverItsHolderIsKilled) {
  run_tree();
  const auto tree = surroundings_.processes["server"];
  const auto receipt = make_fault(spec(), surroundings_)->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  auto guardian = make_fault(spec(), surroundings_);
  const auto inject = [&] { (void)make_fault(spec(), surroundings_)->inject(*receipt); };
  for (int place = 1; killed_at(place, inject); place += 211) {
    const auto undone = guardian->revert(*receipt);
    ASSERT_TRUE(undone) << place << ": " << why(undone);
    for (const ProcessId& process : tree) ASSERT_NE(state_of(process), 'T') << place;
  }
}

TEST_F(ProcessSlow, EndsWithItsInjector) {
  run_tree();
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  fault.reset();
  EXPECT_TRUE(goes_on(below_.front()));
}

TEST_F(ProcessSlow, FindsTheChildrenThatAreBornMeanwhileAndLetsThemGoOn) {
  run("sleep 0.3; while :; do :; done & wait");
  // As the supervisor would: everything below the first process.
  struct Below final : FixedSurroundings {
    [[nodiscard]] std::vector<ProcessId> process_tree(std::string_view) const override {
      std::vector<ProcessId> tree{first};
      for (const ProcessId& child : descendants(first.pid)) tree.push_back(child);
      return tree;
    }
    ProcessId first;
  } surroundings;
  surroundings.processes = surroundings_.processes;
  surroundings.first = service_->id();
  auto fault = make_fault(spec("50%"), surroundings);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  const auto busy = [&]() -> std::optional<ProcessId> {
    for (const ProcessId& child : descendants(service_->id().pid)) {
      std::ifstream name(fmt::format("/proc/{}/comm", child.pid));
      std::string read;
      if (std::getline(name, read) && read == "sh") return child;
    }
    return std::nullopt;
  };
  ASSERT_TRUE(comes_true([&] { return busy().has_value(); }));
  below_ = {*busy()};
  EXPECT_TRUE(comes_true([&] { return state_of(below_.front()) == 'T'; }));
  ASSERT_TRUE(fault->revert(*receipt));
  EXPECT_TRUE(goes_on(below_.front()));
}

TEST_F(ProcessSlow, OfAServiceThatIsGoneIsNotConfirmed) {
  run("sleep 100");
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  service_.reset();
  EXPECT_FALSE(fault->inject(*receipt));
  std::this_thread::sleep_for(150ms);
  EXPECT_FALSE(fault->confirm());
  EXPECT_TRUE(fault->revert(*receipt));
}

TEST_F(ProcessSlow, DoesNotContinueWhoStoodStillBefore) {
  run_tree();
  ::kill(below_.front().pid, SIGSTOP);
  ASSERT_TRUE(comes_true([&] { return state_of(below_.front()) == 'T'; }));
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  std::this_thread::sleep_for(1200ms);  // also past the next look for new processes
  EXPECT_EQ(state_of(below_.front()), 'T');
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_EQ(state_of(below_.front()), 'T');
}

TEST_F(ProcessSlow, SignalsNobodyWhoHasTheNumberOfAProcessThatIsGone) {
  run("sleep 100");
  surroundings_.processes["server"].front().start_ticks += 1;
  auto fault = make_fault(spec("1%"), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  EXPECT_FALSE(fault->inject(*receipt));
  EXPECT_TRUE(goes_on(service_->id()));
  EXPECT_TRUE(fault->revert(*receipt));
}

TEST_F(ProcessSlow, WantsAShareThatSlowsAndDoesNotStop) {
  for (const char* share : {"0%", "100%", "0.5%"}) {
    EXPECT_FALSE(Registry<FaultKind>::find("process_slow")->make(spec(share), surroundings_));
  }
}

}  // namespace
}  // namespace reprise
