// process_pause by ptrace, against a service of several threads and processes that counts aloud.
#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/child_process.h"
#include "tests/support/fault_under_test.h"
#include "tests/support/fixed_surroundings.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

// Two threads that count into files of their own, and a child that does so too.
constexpr auto counting = R"(
import os, sys, threading, time
def count(name):
    number = 0
    while True:
        number += 1
        with open(name + '.new', 'w') as file: file.write(str(number))
        os.rename(name + '.new', name)
        time.sleep(0.001)
os.chdir(sys.argv[1])
if os.fork() == 0:
    count('child')
threading.Thread(target=count, args=('thread',), daemon=True).start()
count('main')
)";

class PtracePause : public testing::Test {
 protected:
  PtracePause() {
    surroundings_.processes["server"] = {service_.id()};
    EXPECT_TRUE(comes_true([&] { return counts(); }));
    const auto below = descendants(service_.id().pid);
    EXPECT_EQ(below.size(), 1U);
    surroundings_.processes["server"].push_back(below.at(0));
    child_ = below.at(0);
  }
  ~PtracePause() override {
    if (start_ticks(child_.pid) == child_.start_ticks) ::kill(child_.pid, SIGKILL);
  }

  std::string number(const char* name) const { return folder_.read(name); }
  // Each of them has counted on since.
  bool counts() const {
    for (const char* name : {"main", "thread", "child"}) {
      if (!std::filesystem::exists(folder_.path() / name)) return false;
      const auto before = number(name);
      if (!comes_true([&] { return number(name) != before; })) return false;
    }
    return true;
  }
  bool stands_still() const {
    std::string before, after;
    for (const char* name : {"main", "thread", "child"}) before += number(name) + " ";
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    for (const char* name : {"main", "thread", "child"}) after += number(name) + " ";
    return before == after;
  }

  TemporaryFolder folder_;
  ChildProcess service_{{"python3", "-c", counting, folder_.path().string()}};
  ProcessId child_;
  FixedSurroundings surroundings_;
  FaultSpec spec_ = fault_spec("process_pause", "server", {{"by", "ptrace"}});
};

TEST_F(PtracePause, HoldsEveryThreadAndLetsItGoOn) {
  auto pause = make_fault(spec_, surroundings_);
  const auto receipt = pause->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  EXPECT_TRUE(pause->revert(*receipt)) << "without an inject";
  const auto done = pause->inject(*receipt);
  ASSERT_TRUE(done) << why(done);
  const auto bite = pause->confirm();
  ASSERT_TRUE(bite);
  EXPECT_NE(bite->evidence.find("and 1 below it are held still by ptrace"), std::string::npos)
      << bite->evidence;
  EXPECT_TRUE(stands_still());
  EXPECT_TRUE(pause->revert(*receipt));
  EXPECT_TRUE(counts());
  EXPECT_TRUE(pause->revert(*receipt));
  EXPECT_FALSE(pause->confirm());
  EXPECT_TRUE(counts());
}

TEST_F(PtracePause, EndsWithItsHolderAndNobodyHasToUndoIt) {
  const auto receipt = make_fault(spec_, surroundings_)->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  do_and_die([&] {
    auto pause = make_fault(spec_, surroundings_);
    // Its holder dies at once, so it must have stood still by then.
    if (pause->inject(*receipt) && pause->confirm() && stands_still()) {
      std::ofstream(folder_.path() / "stood still");
    }
  });
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "stood still"));
  EXPECT_TRUE(counts());
  const FixedSurroundings nothing;
  auto stranger = make_fault(spec_, nothing);
  EXPECT_TRUE(stranger->revert(*receipt));
  EXPECT_TRUE(stranger->revert(*receipt));
}

TEST_F(PtracePause, IsUndoneByAStrangerWhileItsHolderLives) {
  auto pause = make_fault(spec_, surroundings_);
  const auto receipt = pause->prepare();
  ASSERT_TRUE(receipt && pause->inject(*receipt));
  const FixedSurroundings nothing;
  EXPECT_TRUE(make_fault(spec_, nothing)->revert(*receipt));
  EXPECT_TRUE(counts());
  EXPECT_FALSE(pause->confirm()) << "the tracer is gone";
}

TEST_F(PtracePause, LeavesTheEndOfAProcessToItsParent) {
  auto pause = make_fault(spec_, surroundings_);
  const auto receipt = pause->prepare();
  ASSERT_TRUE(receipt && pause->inject(*receipt));
  ::kill(service_.id().pid, SIGKILL);
  EXPECT_TRUE(comes_true([&] { return service_.news() == 'E'; }));
  EXPECT_EQ(service_.ended_by(), SIGKILL);
  EXPECT_TRUE(pause->revert(*receipt));
}

TEST_F(PtracePause, OfAServiceThatSomebodyElseTracesIsAnError) {
  ASSERT_EQ(::ptrace(PTRACE_SEIZE, service_.id().pid, nullptr, nullptr), 0);
  auto pause = make_fault(spec_, surroundings_);
  const auto receipt = pause->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  const auto done = pause->inject(*receipt);
  EXPECT_FALSE(done);
  EXPECT_NE(why(done).find("cannot be traced"), std::string::npos);
  EXPECT_TRUE(pause->revert(*receipt));
  EXPECT_TRUE(counts());
}

}  // namespace
}  // namespace reprise
