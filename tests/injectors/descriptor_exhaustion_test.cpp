// descriptor_exhaustion against a program that opens a descriptor whenever it is told to.
#include <filesystem>

#include <gtest/gtest.h>

#include <sys/resource.h>

#include "tests/support/child_process.h"
#include "tests/support/fault_under_test.h"
#include "tests/support/fixed_surroundings.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

// Opens /dev/null whenever a signal comes and keeps it open, and says how it went: one line each.
// With SIGUSR2 it has a child that does the same.
constexpr const char* opener = R"(
import os, resource, signal, sys, time
kept = []
def note(name, text):
    with os.fdopen(log, 'a', closefd=False) as out: out.write(name + text + '\n')
def open_one(*_):
    try: kept.append(os.open('/dev/null', os.O_RDONLY)); note(who, 'opened')
    except OSError as error: note(who, 'refused %d' % error.errno)
def bear(*_):
    global who
    if os.fork() == 0: who = 'child '
    note(who, 'here')
who = ''
log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
signal.signal(signal.SIGUSR1, open_one)
signal.signal(signal.SIGUSR2, bear)
signal.signal(signal.SIGHUP, lambda *_: (
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, 300)), note(who, 'raised')))
note(who, 'ready')
while True: time.sleep(100)
)";

class DescriptorExhaustion : public testing::Test {
 protected:
  void SetUp() override {
    const std::string log = (folder_.path() / "log").string();
    service_ =
        std::make_unique<ChildProcess>(std::vector<std::string>{"python3", "-c", opener, log});
    surroundings_.processes["server"] = {service_->id()};
    ASSERT_TRUE(comes_true([&] { return log_ends_with("ready\n"); }));
  }
  void TearDown() override {
    for (const ProcessId& child : descendants(service_->id().pid)) ::kill(child.pid, SIGKILL);
  }
  [[nodiscard]] bool log_ends_with(const std::string& end) const {
    return folder_.read("log").ends_with(end);
  }
  // What the process says when it is told to open one more.
  [[nodiscard]] std::string opens_one(pid_t pid) const {
    const std::string before = folder_.read("log");
    ::kill(pid, SIGUSR1);
    if (!comes_true([&] {
          const std::string now = folder_.read("log");
          return now.size() > before.size() && now.ends_with('\n');
        })) {
      return "nothing";
    }
    return folder_.read("log").substr(before.size());
  }
  static rlimit limit_of(pid_t pid) {
    rlimit limit{};
    ::prlimit(pid, RLIMIT_NOFILE, nullptr, &limit);
    return limit;
  }
  [[nodiscard]] pid_t pid() const { return service_->id().pid; }
  static FaultSpec spec(int spare = 0) {
    return fault_spec("descriptor_exhaustion", "server", {{"spare", spare}});
  }

  TemporaryFolder folder_;
  FixedSurroundings surroundings_;
  std::unique_ptr<ChildProcess> service_;
  const std::string refused_ = fmt::format("refused {}\n", EMFILE);
};

TEST_F(DescriptorExhaustion, LeavesNothingToOpenUntilAStrangerRevertsIt) {
  const rlimit before = limit_of(pid());
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  EXPECT_EQ(limit_of(pid()).rlim_cur, before.rlim_cur) << "prepare touches nothing";
  EXPECT_TRUE(fault->revert(*receipt)) << "without an inject";
  EXPECT_FALSE(fault->confirm());
  EXPECT_EQ(opens_one(pid()), "opened\n");

  const auto again = fault->prepare();
  ASSERT_TRUE(again) << why(again);
  const auto done = fault->inject(*again);
  ASSERT_TRUE(done) << why(done);
  EXPECT_EQ(opens_one(pid()), refused_);
  EXPECT_EQ(limit_of(pid()).rlim_max, before.rlim_max);
  const auto bite = fault->confirm();
  ASSERT_TRUE(bite);
  // How many are open depends on what the test itself has inherited.
  const std::string expected = fmt::format(
      " descriptors open and none left below its limit of {}, "
      "formerly {}",
      limit_of(pid()).rlim_cur, before.rlim_cur);
  EXPECT_EQ(bite->evidence.find(fmt::format("process {} has ", pid())), 0U) << bite->evidence;
  EXPECT_NE(bite->evidence.find(expected), std::string::npos) << bite->evidence;

  const FixedSurroundings nothing;
  auto guardian = make_fault(spec(), nothing);
  const auto undone = guardian->revert(nlohmann::json::parse(again->dump()));
  ASSERT_TRUE(undone) << why(undone);
  EXPECT_EQ(limit_of(pid()).rlim_cur, before.rlim_cur);
  EXPECT_EQ(opens_one(pid()), "opened\n");
  EXPECT_FALSE(fault->confirm());
  EXPECT_TRUE(guardian->revert(*again));
  EXPECT_TRUE(fault->revert(*again));
  EXPECT_EQ(limit_of(pid()).rlim_cur, before.rlim_cur);
}

TEST_F(DescriptorExhaustion, BitesOnlyWhenTheSpareOnesAreUsedUp) {
  auto fault = make_fault(spec(2), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  EXPECT_FALSE(fault->confirm());
  EXPECT_EQ(opens_one(pid()), "opened\n");
  EXPECT_FALSE(fault->confirm());
  EXPECT_EQ(opens_one(pid()), "opened\n");
  EXPECT_TRUE(fault->confirm());
  EXPECT_EQ(opens_one(pid()), refused_);
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_EQ(opens_one(pid()), "opened\n");
}

TEST_F(DescriptorExhaustion, IsUndoneAfterItsHolderWasKilled) {
  const rlimit before = limit_of(pid());
  const auto receipt = make_fault(spec(), surroundings_)->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  auto guardian = make_fault(spec(), surroundings_);
  const auto inject = [&] { (void)make_fault(spec(), surroundings_)->inject(*receipt); };
  int limited = 0;
  for (int place = 1; killed_at(place, inject); ++place) {
    limited += limit_of(pid()).rlim_cur == before.rlim_cur ? 0 : 1;
    const auto undone = guardian->revert(*receipt);
    ASSERT_TRUE(undone) << place << ": " << why(undone);
    ASSERT_EQ(limit_of(pid()).rlim_cur, before.rlim_cur) << place;
  }
  EXPECT_GT(limited, 0);
  do_and_die(inject);
  EXPECT_EQ(opens_one(pid()), refused_);
  EXPECT_TRUE(guardian->revert(*receipt));
  EXPECT_EQ(limit_of(pid()).rlim_cur, before.rlim_cur);
}

TEST_F(DescriptorExhaustion, IsTakenFromAChildThatWasBornMeanwhile) {
  const rlimit before = limit_of(pid());
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  ::kill(pid(), SIGUSR2);
  ASSERT_TRUE(
      comes_true([&] { return folder_.read("log").find("child here\n") != std::string::npos; }));
  const auto children = descendants(pid());
  ASSERT_EQ(children.size(), 1U);
  EXPECT_NE(limit_of(children.front().pid).rlim_cur, before.rlim_cur);
  EXPECT_TRUE(make_fault(spec(), surroundings_)->revert(*receipt));
  EXPECT_EQ(limit_of(children.front().pid).rlim_cur, before.rlim_cur);
}

TEST_F(DescriptorExhaustion, OfAProcessThatRaisesItsOwnLimitIsNotConfirmedAndLeavesItAlone) {
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  ASSERT_TRUE(fault->confirm());
  ::kill(pid(), SIGHUP);
  ASSERT_TRUE(comes_true([&] { return log_ends_with("raised\n"); }));
  EXPECT_FALSE(fault->confirm());
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_EQ(limit_of(pid()).rlim_cur, 200U) << "its own choice stays";
}

TEST_F(DescriptorExhaustion, NeverTouchesWhoHasTheNumberOfAProcessThatIsGone) {
  const rlimit before = limit_of(pid());
  auto fault = make_fault(spec(), surroundings_);
  auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  auto& process = receipt->at("processes").at(0);
  process["start_ticks"] = process.at("start_ticks").get<std::uint64_t>() + 1;
  EXPECT_FALSE(fault->inject(*receipt));
  EXPECT_FALSE(fault->confirm());
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_EQ(limit_of(pid()).rlim_cur, before.rlim_cur);
}

TEST_F(DescriptorExhaustion, NothingIsLeftWhenTheProcessIsGone) {
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  service_ = std::make_unique<ChildProcess>(std::vector<std::string>{"sleep", "100"});
  EXPECT_FALSE(fault->confirm());
  EXPECT_TRUE(fault->revert(*receipt));
}

TEST_F(DescriptorExhaustion, OfMoreThanItMayOpenAnywayIsRefused) {
  const auto receipt = make_fault(spec(1'000'000), surroundings_)->prepare();
  ASSERT_FALSE(receipt);
  EXPECT_NE(receipt.error().what.find("as it is"), std::string::npos) << why(receipt);
}

}  // namespace
}  // namespace reprise
