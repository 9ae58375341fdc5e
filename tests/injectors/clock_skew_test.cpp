// clock_skew against a program that writes down what it takes for the time.
#include <ctime>

#include <gtest/gtest.h>

#include "injectors/wrong_clock/skewed_clock.h"
#include "tests/support/child_process.h"
#include "tests/support/fault_under_test.h"
#include "tests/support/fixed_surroundings.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

// The date and the time since boot, a line each time, as long as it runs.
constexpr const char* clerk = R"(
import sys, time
while True:
    with open(sys.argv[1], 'a') as out: out.write('%.3f %.3f\n' % (time.time(), time.monotonic()))
    time.sleep(0.01)
)";

// Waits of 100 ms for a date, each by another way: how long they took, a line each.
constexpr const char* waiter = R"(
import ctypes, struct, sys, time
libc = ctypes.CDLL(None)
semaphore, mutex, lock, condition = [ctypes.create_string_buffer(128) for _ in range(4)]
libc.sem_init(semaphore, 0, 0)
libc.pthread_mutex_lock(mutex)
libc.pthread_rwlock_rdlock(lock)
def deadline():
    until = time.time() + 0.1
    return struct.pack('qq', int(until), int(until % 1 * 1e9))
waits = [
    lambda: libc.sem_timedwait(semaphore, deadline()),
    lambda: libc.pthread_cond_timedwait(condition, mutex, deadline()),
    lambda: libc.pthread_rwlock_timedwrlock(lock, deadline()),
    lambda: libc.clock_nanosleep(0, 1, deadline(), None),
    lambda: time.sleep(0.1),
]
with open(sys.argv[1], 'a') as out:
    for wait in waits:
        begun = time.monotonic()
        wait()
        out.write('%.3f\n' % (time.monotonic() - begun))
    out.write('over\n')
time.sleep(100)
)";

class ClockSkew : public testing::Test {
 protected:
  ClockSkew() {
    surroundings_.root = folder_.path();
    auto installed = SkewedClock::install("server", {surroundings_, folder_.path()});
    if (!installed) throw std::runtime_error(installed.error().text());
    clock_ = std::move(*installed);
    surroundings_.installed = clock_.get();
  }

  // The words, with the environment that the service is started with.
  [[nodiscard]] std::vector<std::string> with_clock(std::vector<std::string> words) const {
    auto assignments = clock_->environment("server");
    words.insert(words.begin(), assignments.begin(), assignments.end());
    words.insert(words.begin(), "env");
    return words;
  }
  void start(std::vector<std::string> words) {
    service_ = std::make_unique<ChildProcess>(with_clock(std::move(words)));
    surroundings_.processes["server"] = {service_->id()};
  }
  void start_clerk() { start({"python3", "-c", clerk, log()}); }
  [[nodiscard]] std::string log() const { return (folder_.path() / "log").string(); }

  // By how many seconds the clerk's next line is wrong; not a number when there is none.
  [[nodiscard]] double wrong_by() const {
    const std::size_t before = folder_.read("log").size();
    // The line under way may have been begun earlier.
    if (!comes_true([&] { return lines_after(before) >= 3; })) return NAN;
    std::istringstream lines(folder_.read("log").substr(before));
    std::string line;
    std::getline(lines, line);
    double date = 0, since_boot = 0;
    lines >> date >> since_boot;
    timespec now{}, monotonic{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    ::clock_gettime(CLOCK_MONOTONIC, &monotonic);
    const auto seconds = [](const timespec& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
    };
    return (date - since_boot) - (seconds(now) - seconds(monotonic));
  }
  [[nodiscard]] long lines_after(std::size_t offset) const {
    const std::string text = folder_.read("log");
    return std::count(text.begin() + static_cast<std::ptrdiff_t>(offset), text.end(), '\n');
  }
  static FaultSpec spec(const std::string& by = "+1h") {
    return fault_spec("clock_skew", "server", {{"by", by}});
  }

  TemporaryFolder folder_;
  FixedSurroundings surroundings_;
  std::unique_ptr<Instrument> clock_;
  std::unique_ptr<ChildProcess> service_;
};

TEST_F(ClockSkew, IsSeenByTheServiceUntilAStrangerRevertsIt) {
  start_clerk();
  EXPECT_NEAR(wrong_by(), 0, 0.1);
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  EXPECT_NEAR(wrong_by(), 0, 0.1) << "prepare touches nothing";
  EXPECT_TRUE(fault->revert(*receipt)) << "without an inject";
  EXPECT_FALSE(fault->confirm());

  const Instant before = surroundings_.now();
  const auto done = fault->inject(*receipt);
  ASSERT_TRUE(done) << why(done);
  EXPECT_NEAR(wrong_by(), 3600, 0.1);
  const auto bite = fault->confirm();
  ASSERT_TRUE(bite);
  EXPECT_NE(bite->evidence.find("of the clock were 1h ahead"), std::string::npos) << bite->evidence;
  EXPECT_GE(bite->at, before);
  EXPECT_LE(bite->at, surroundings_.now());

  const FixedSurroundings nothing;
  auto guardian = make_fault(spec(), nothing);
  const auto undone = guardian->revert(nlohmann::json::parse(receipt->dump()));
  ASSERT_TRUE(undone) << why(undone);
  EXPECT_NEAR(wrong_by(), 0, 0.1);
  EXPECT_TRUE(guardian->revert(*receipt));
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_FALSE(fault->confirm());
  EXPECT_NEAR(wrong_by(), 0, 0.1);
}

TEST_F(ClockSkew, MayBeBehindByLessThanASecond) {
  start_clerk();
  auto fault = make_fault(spec("-750ms"), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  EXPECT_NEAR(wrong_by(), -0.75, 0.1);
  const auto bite = fault->confirm();
  ASSERT_TRUE(bite);
  EXPECT_NE(bite->evidence.find("750ms behind"), std::string::npos) << bite->evidence;
  EXPECT_TRUE(fault->revert(*receipt));
}

TEST_F(ClockSkew, LastsWhenTheServiceIsStartedAnew) {
  start_clerk();
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  start_clerk();
  EXPECT_NEAR(wrong_by(), 3600, 0.1);
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_NEAR(wrong_by(), 0, 0.1);
}

TEST_F(ClockSkew, LeavesEveryWaitAsLongAsItWas) {
  for (const char* by : {"+1h", "-1h"}) {
    auto fault = make_fault(spec(by), surroundings_);
    const auto receipt = fault->prepare();
    ASSERT_TRUE(receipt && fault->inject(*receipt));
    folder_.write("log", "");
    start({"python3", "-c", waiter, log()});
    ASSERT_TRUE(comes_true([&] { return folder_.read("log").ends_with("over\n"); })) << by;
    std::istringstream lines(folder_.read("log"));
    int waits = 0;
    for (double took; lines >> took; ++waits) EXPECT_GT(took, 0.09) << by << ", wait " << waits;
    EXPECT_EQ(waits, 5);
    EXPECT_TRUE(fault->revert(*receipt));
  }
}

TEST_F(ClockSkew, IsUndoneWhereverItsHolderIsKilled) {
  start_clerk();
  EXPECT_NEAR(wrong_by(), 0, 0.1);
  const auto receipt = make_fault(spec(), surroundings_)->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  auto guardian = make_fault(spec(), surroundings_);
  const auto inject = [&] {
    auto fault = make_fault(spec(), surroundings_);
    (void)fault->inject(*receipt);
    (void)::getppid();  // one more place to be killed at, with the clock wrong
  };
  const auto ahead = [&] {
    return MappedClock::open(receipt->at("clock").get<std::string>()).value()->page().ahead.load();
  };
  int skewed = 0;
  for (int place = 1; killed_at(place, inject); ++place) {
    skewed += ahead() != 0 ? 1 : 0;
    const auto undone = guardian->revert(*receipt);
    ASSERT_TRUE(undone) << place << ": " << why(undone);
    ASSERT_EQ(ahead(), 0) << place;
  }
  EXPECT_GT(skewed, 0);
  EXPECT_NE(ahead(), 0) << "the last one was not killed";
  EXPECT_TRUE(guardian->revert(*receipt));
  EXPECT_NEAR(wrong_by(), 0, 0.1);
}

TEST_F(ClockSkew, OfAProgramThatClearsItsEnvironmentIsNotConfirmed) {
  start({"env", "-i", "/usr/bin/env", "PATH=/usr/bin:/bin", "python3", "-c", clerk, log()});
  EXPECT_NEAR(wrong_by(), 0, 0.1);
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  EXPECT_NEAR(wrong_by(), 0, 0.1);
  EXPECT_FALSE(fault->confirm());
  EXPECT_TRUE(fault->revert(*receipt));
}

TEST_F(ClockSkew, OfAProgramThatNeverAsksForTheTimeIsNotConfirmed) {
  start({"sleep", "100"});
  ASSERT_TRUE(comes_true([&] {
    std::ifstream maps(fmt::format("/proc/{}/maps", service_->id().pid));
    const std::string text((std::istreambuf_iterator<char>(maps)), {});
    return text.find("/sleep") != text.npos && text.find("clock-server.so") != text.npos;
  }));
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  EXPECT_FALSE(fault->confirm());
  EXPECT_TRUE(fault->revert(*receipt));
}

TEST_F(ClockSkew, IsNotSetWrongTwice) {
  auto fault = make_fault(spec(), surroundings_);
  auto other = make_fault(spec("-2h"), surroundings_);
  const auto receipt = fault->prepare();
  const auto another = other->prepare();
  ASSERT_TRUE(receipt && another && fault->inject(*receipt));
  const auto refused = other->inject(*another);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().what.find("wrong already"), std::string::npos) << why(refused);
  EXPECT_TRUE(other->revert(*another));
  start_clerk();
  EXPECT_NEAR(wrong_by(), 3600, 0.1) << "another fault's";
  EXPECT_TRUE(fault->revert(*receipt));
}

TEST_F(ClockSkew, TouchesNoFileThatIsNoClock) {
  folder_.write("other", std::string(sizeof(ClockPage), 'x'));
  auto fault = make_fault(spec(), surroundings_);
  auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  (*receipt)["clock"] = (folder_.path() / "other").string();
  EXPECT_FALSE(fault->inject(*receipt));
  EXPECT_FALSE(fault->revert(*receipt));
  EXPECT_EQ(folder_.read("other"), std::string(sizeof(ClockPage), 'x'));
  (*receipt)["clock"] = (folder_.path() / "gone").string();
  EXPECT_TRUE(fault->revert(*receipt)) << "gone with the drill's folder";
}

TEST_F(ClockSkew, NeedsAFolderFromWhichALibraryIsLoaded) {
  const auto folder = folder_.path() / "with a blank";
  std::filesystem::create_directory(folder);
  const auto installed = SkewedClock::install("server", {surroundings_, folder});
  ASSERT_FALSE(installed);
  EXPECT_NE(installed.error().what.find("blank"), std::string::npos) << why(installed);
  EXPECT_FALSE(installed.error().remedy.empty());
}

TEST_F(ClockSkew, WithoutAnEffectOrASignIsRefused) {
  const FaultKind& kind = *Registry<FaultKind>::find("clock_skew");
  EXPECT_FALSE(kind.make(spec("+0s"), surroundings_));
  for (const char* by : {"1h", "+1", "+", "-1 h", "+1parsec", "1h+"}) {
    EXPECT_FALSE(kind.options.check(nlohmann::json{{"by", by}}).empty()) << by;
  }
}

}  // namespace
}  // namespace reprise
