// process_kill, process_stop and process_pause against processes that the test starts.
#include <gtest/gtest.h>

#include "tests/support/child_process.h"
#include "tests/support/fault_under_test.h"
#include "tests/support/fixed_surroundings.h"

namespace reprise {
namespace {

// A parent with a child below it; both do nothing for a while.
std::vector<std::string> parent_of_one() { return {"sh", "-c", "sleep 100 & wait"}; }

class ProcessFaults : public testing::Test {
 protected:
  void run(const std::string& service, std::vector<std::string> arguments) {
    child_ = std::make_unique<ChildProcess>(std::move(arguments));
    surroundings_.processes[service] = {child_->id()};
  }
  void run_tree() {
    run("server", parent_of_one());
    ASSERT_TRUE(comes_true([&] { return !descendants(child_->id().pid).empty(); }));
    below_ = descendants(child_->id().pid);
    ASSERT_EQ(below_.size(), 1U);
    surroundings_.processes["server"].push_back(below_.front());
  }
  // Whatever a test did to the parent, its child has to go as well.
  void TearDown() override {
    for (const ProcessId& process : below_) {
      if (is_alive(process)) ::kill(process.pid, SIGKILL);
    }
  }
  static bool is_alive(const ProcessId& process) {
    const auto state = read_process_state(process.pid);
    return state && state->start_ticks == process.start_ticks && state->state != 'Z';
  }
  // Sleeping or running, as it happens, but not stopped.
  static bool goes_on(const ProcessId& process) {
    return is_alive(process) && state_of(process) != 'T';
  }
  static char state_of(const ProcessId& process) {
    return read_process_state(process.pid).value_or(ProcessState{}).state;
  }

  std::unique_ptr<ChildProcess> child_;
  std::vector<ProcessId> below_;
  FixedSurroundings surroundings_;
};

TEST_F(ProcessFaults, AKillIsSeenByTheParentAndConfirmed) {
  run("server", {"sleep", "100"});
  auto kill = make_fault(fault_spec("process_kill", "server"), surroundings_);
  const auto receipt = kill->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  EXPECT_FALSE(kill->confirm());
  EXPECT_EQ(child_->news(), ' ');
  const auto done = kill->inject(*receipt);
  ASSERT_TRUE(done) << why(done);
  std::optional<Bite> bite;
  ASSERT_TRUE(comes_true([&] { return (bite = kill->confirm()).has_value(); }));
  EXPECT_EQ(bite->evidence, fmt::format("process {} is gone", child_->id().pid));
  ASSERT_EQ(child_->news(), 'E');
  EXPECT_EQ(child_->ended_by(), SIGKILL);
  EXPECT_TRUE(kill->revert(*receipt));
  EXPECT_TRUE(kill->revert(*receipt));
}

TEST_F(ProcessFaults, AKillOfTheFirstProcessLeavesItsChildren) {
  run_tree();
  const auto tree = surroundings_.processes["server"];
  auto kill = make_fault(fault_spec("process_kill", "server"), surroundings_);
  const auto receipt = kill->prepare();
  ASSERT_TRUE(receipt && kill->inject(*receipt));
  ASSERT_TRUE(comes_true([&] { return child_->news() == 'E'; }));
  EXPECT_TRUE(is_alive(tree.at(1)));
}

TEST_F(ProcessFaults, AKillOfTheTreeTakesTheChildrenToo) {
  run_tree();
  const auto tree = surroundings_.processes["server"];
  auto kill = make_fault(fault_spec("process_kill", "server", {{"which", "tree"}}), surroundings_);
  const auto receipt = kill->prepare();
  ASSERT_TRUE(receipt && kill->inject(*receipt));
  std::optional<Bite> bite;
  ASSERT_TRUE(comes_true([&] { return (bite = kill->confirm()).has_value(); }));
  EXPECT_EQ(bite->evidence, fmt::format("process {} and 1 below it are gone", child_->id().pid));
  EXPECT_FALSE(is_alive(tree.at(1)));
}

TEST_F(ProcessFaults, AKillOfTheTreeTakesChildrenBornAfterThePreparation) {
  run_tree();
  const auto whole = surroundings_.processes["server"];
  surroundings_.processes["server"].pop_back();
  auto kill = make_fault(fault_spec("process_kill", "server", {{"which", "tree"}}), surroundings_);
  const auto receipt = kill->prepare();
  surroundings_.processes["server"] = whole;
  ASSERT_TRUE(receipt && kill->inject(*receipt));
  EXPECT_TRUE(comes_true([&] { return !is_alive(whole.at(1)); }));
}

TEST_F(ProcessFaults, ASignalThatIsIgnoredIsNotConfirmed) {
  run("server", {"python3", "-c",
                 "import signal,time\nsignal.signal(signal.SIGTERM,signal.SIG_IGN)\n"
                 "signal.raise_signal(signal.SIGSTOP)\ntime.sleep(100)"});
  ASSERT_TRUE(comes_true([&] { return child_->news() == 'T'; }));
  ::kill(child_->id().pid, SIGCONT);
  for (const char* kind : {"process_stop", "process_kill"}) {
    auto stop = make_fault(fault_spec(kind, "server", {{"signal", "TERM"}}), surroundings_);
    const auto receipt = stop->prepare();
    ASSERT_TRUE(receipt && stop->inject(*receipt));
    for (int round = 0; round < 50; ++round) {
      ASSERT_FALSE(stop->confirm()) << kind;
      std::this_thread::sleep_for(1ms);
    }
  }
  EXPECT_TRUE(is_alive(child_->id()));
}

TEST_F(ProcessFaults, AnOrderlyStopEndsTheProcessByItsOwnHandler) {
  run("server", {"python3", "-c",
                 "import signal,sys,time\nsignal.signal(signal.SIGINT,lambda *_: sys.exit(0))\n"
                 "signal.raise_signal(signal.SIGSTOP)\ntime.sleep(100)"});
  ASSERT_TRUE(comes_true([&] { return child_->news() == 'T'; }));
  ::kill(child_->id().pid, SIGCONT);
  auto stop = make_fault(fault_spec("process_stop", "server", {{"signal", "INT"}}), surroundings_);
  const auto receipt = stop->prepare();
  ASSERT_TRUE(receipt && stop->inject(*receipt));
  std::optional<Bite> bite;
  ASSERT_TRUE(comes_true([&] { return (bite = stop->confirm()).has_value(); }));
  EXPECT_EQ(bite->evidence, fmt::format("process {} ended after SIGINT", child_->id().pid));
  EXPECT_TRUE(comes_true([&] { return child_->news() == 'E'; }));
  EXPECT_EQ(child_->ended_by(), 0);
}

TEST_F(ProcessFaults, AReceiptOfAnotherProcessWithThatPidSignalsNobody) {
  run("server", {"sleep", "100"});
  for (const char* kind : {"process_kill", "process_stop", "process_pause"}) {
    auto fault = make_fault(fault_spec(kind, "server"), surroundings_);
    auto receipt = fault->prepare();
    ASSERT_TRUE(receipt) << why(receipt);
    const std::string written = receipt->dump();
    const std::string ticks = std::to_string(child_->id().start_ticks);
    const auto stranger = nlohmann::json::parse(
        std::string(written).replace(written.find(ticks), ticks.size(), ticks + "1"));
    EXPECT_FALSE(fault->inject(stranger)) << kind;
    EXPECT_TRUE(fault->revert(stranger)) << kind;
    EXPECT_FALSE(fault->confirm()) << kind;
    auto other_boot = nlohmann::json::parse(written);
    auto& process =
        other_boot.contains("process") ? other_boot["process"] : other_boot["processes"][0];
    process["boot_id"] = "another";
    EXPECT_FALSE(fault->inject(other_boot)) << kind;
  }
  EXPECT_EQ(child_->news(), ' ');
  EXPECT_TRUE(is_alive(child_->id()));
}

TEST_F(ProcessFaults, NoReceiptReachesAProcessGroupOrEverybody) {
  for (const int pid : {0, -1, -::getpgrp()}) {
    nlohmann::json process = process_receipt({::getpid(), 0});
    process["pid"] = pid;
    EXPECT_FALSE(HeldProcess::open(process)) << pid;
  }
}

TEST_F(ProcessFaults, APauseStopsTheTreeAndTheRevertOfAStrangerLetsItGoOn) {
  run_tree();
  const auto tree = surroundings_.processes["server"];
  const FaultSpec spec = fault_spec("process_pause", "server");
  auto pause = make_fault(spec, surroundings_);
  const auto receipt = pause->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  EXPECT_FALSE(pause->confirm());
  EXPECT_TRUE(pause->revert(*receipt)) << "without an inject";
  const auto done = pause->inject(*receipt);
  ASSERT_TRUE(done) << why(done);
  std::optional<Bite> bite;
  ASSERT_TRUE(comes_true([&] { return (bite = pause->confirm()).has_value(); }));
  EXPECT_NE(bite->evidence.find("and 1 below it are stopped"), std::string::npos) << bite->evidence;
  EXPECT_EQ(child_->news(), 'T');
  EXPECT_EQ(state_of(tree.at(1)), 'T');

  // As the guardian: nothing but the specification and the receipt, no services.
  const FixedSurroundings nothing;
  auto guardian = make_fault(spec, nothing);
  const auto undone = guardian->revert(*receipt);
  ASSERT_TRUE(undone) << why(undone);
  EXPECT_EQ(child_->news(), 'C');
  EXPECT_TRUE(goes_on(tree.at(1)));
  EXPECT_TRUE(guardian->revert(*receipt));
  EXPECT_TRUE(pause->revert(*receipt));
  EXPECT_FALSE(pause->confirm());
}

TEST_F(ProcessFaults, APauseIsUndoneWhereverItsHolderIsKilled) {
  run_tree();
  const auto tree = surroundings_.processes["server"];
  const FaultSpec spec = fault_spec("process_pause", "server");
  const auto receipt = make_fault(spec, surroundings_)->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  auto guardian = make_fault(spec, surroundings_);
  int stopped_somebody = 0;
  const auto inject = [&] { (void)make_fault(spec, surroundings_)->inject(*receipt); };
  // One kill in 97 places: looking through /proc takes thousands of calls.
  for (int place = 1; killed_at(place, inject); place += 97) {
    stopped_somebody += state_of(tree.at(0)) == 'T' ? 1 : 0;
    const auto undone = guardian->revert(*receipt);
    ASSERT_TRUE(undone) << place << ": " << why(undone);
    for (const ProcessId& process : tree) ASSERT_TRUE(goes_on(process)) << place;
  }
  do_and_die(inject);
  EXPECT_TRUE(comes_true([&] { return state_of(tree.at(0)) == 'T'; }));
  EXPECT_TRUE(guardian->revert(*receipt));
  EXPECT_TRUE(goes_on(tree.at(0)));
  EXPECT_GT(stopped_somebody, 0);
}

TEST_F(ProcessFaults, AProcessThatStoodStillBeforeIsNotContinued) {
  run_tree();
  const auto tree = surroundings_.processes["server"];
  ::kill(tree.at(1).pid, SIGSTOP);
  ASSERT_TRUE(comes_true([&] { return state_of(tree.at(1)) == 'T'; }));
  auto pause = make_fault(fault_spec("process_pause", "server"), surroundings_);
  const auto receipt = pause->prepare();
  ASSERT_TRUE(receipt && pause->inject(*receipt));
  ASSERT_TRUE(comes_true([&] { return state_of(tree.at(0)) == 'T'; }));
  EXPECT_TRUE(pause->revert(*receipt));
  EXPECT_TRUE(goes_on(tree.at(0)));
  EXPECT_EQ(state_of(tree.at(1)), 'T');
}

TEST_F(ProcessFaults, APauseThatSomebodyEndsIsNotConfirmed) {
  run("server", {"sleep", "100"});
  for (const char* by : {"signal", "ptrace"}) {
    auto pause = make_fault(fault_spec("process_pause", "server", {{"by", by}}), surroundings_);
    const auto receipt = pause->prepare();
    ASSERT_TRUE(receipt && pause->inject(*receipt)) << by;
    ASSERT_TRUE(comes_true([&] { return pause->confirm().has_value(); })) << by;
    ::kill(child_->id().pid, SIGCONT);
    if (std::string_view(by) == "signal") {
      ASSERT_TRUE(comes_true([&] { return goes_on(child_->id()); }));
      EXPECT_FALSE(pause->confirm());
    } else {
      EXPECT_TRUE(pause->confirm()) << "nobody else can end it";
    }
    EXPECT_TRUE(pause->revert(*receipt));
    ASSERT_TRUE(comes_true([&] { return goes_on(child_->id()); }));
  }
}

TEST_F(ProcessFaults, NothingIsLeftOfAPauseWhenTheProcessIsGone) {
  run("server", {"sleep", "100"});
  auto pause = make_fault(fault_spec("process_pause", "server"), surroundings_);
  const auto receipt = pause->prepare();
  ASSERT_TRUE(receipt && pause->inject(*receipt));
  child_.reset();
  EXPECT_FALSE(pause->confirm());
  const auto undone = pause->revert(*receipt);
  EXPECT_TRUE(undone) << why(undone);
}

}  // namespace
}  // namespace reprise
