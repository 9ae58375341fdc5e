// SIGKILL to the program, its guardian and its worker at every step of the undo log and at random
// instants, over every fault kind, in the sandbox and on the host: nothing is left, and nothing of
// others is touched. REPRISE_STORM says how many kills (forty unless told), REPRISE_SEED which.
#include <chrono>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "tests/storm/battlefield.h"
#include "tests/support/in_sandbox.h"

namespace reprise::testing {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

bool comes_true_within(Clock::duration limit, const std::function<bool()>& condition) {
  for (const auto end = Clock::now() + limit; !condition();) {
    if (Clock::now() > end) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

enum class Victim { program, guardian, first, worker, program_and_guardian, everything };
constexpr int victims = 6;
const char* const names[] = {
    "program", "guardian", "first process", "worker", "program and guardian", "everything"};

// Of `reprise run`: the guardian is its child, then come the sandbox's first process (when there
// is one) and the worker.
std::vector<pid_t> pids_of(Victim victim, pid_t program, bool sandboxed, const Battlefield& field) {
  const auto guardian = child_of(program);
  const auto first = guardian ? child_of(*guardian) : std::nullopt;
  const auto worker = first && sandboxed ? child_of(*first) : first;
  switch (victim) {
    case Victim::program: return {program};
    case Victim::guardian: return guardian ? std::vector{*guardian} : std::vector<pid_t>{};
    case Victim::first: return first ? std::vector{*first} : std::vector<pid_t>{};
    case Victim::worker: return worker ? std::vector{*worker} : std::vector<pid_t>{};
    case Victim::program_and_guardian:
      return guardian ? std::vector{program, *guardian} : std::vector{program};
    case Victim::everything: return field.processes();
  }
  return {};
}

struct Kill {
  Battlefield::Scenario scenario;
  Victim victim = Victim::program;
  bool sandboxed = true;
  std::size_t at_line = 0;  // of the undo log; 0: at an instant instead
  std::chrono::milliseconds at{};

  [[nodiscard]] std::string text() const {
    const std::string when = at_line ? fmt::format("line {} of the undo log", at_line)
                                     : fmt::format("{} ms", at.count());
    return fmt::format("{}: {} killed at {}{}", scenario.name, names[static_cast<int>(victim)],
                       when, sandboxed ? "" : ", on the host");
  }
};

// Whether it killed anybody: a drill may have ended before.
bool strike(Battlefield& field, const Kill& kill) {
  const std::string before = field.fingerprint();
  std::vector<std::string> options{"--deadline", "1s"};
  if (!kill.sandboxed) options.insert(options.end(), {"--sandbox", "off"});
  const pid_t program = field.start(kill.scenario, options);
  const auto begun = Clock::now();
  // A drill that ends before is one that nobody killed: it must leave nothing either.
  comes_true_within(10s, [&] {
    if (::kill(program, 0) != 0 || !child_of(program)) return Clock::now() - begun > 1s;
    if (kill.at_line ? field.undo_lines() < kill.at_line : Clock::now() - begun < kill.at) {
      return false;
    }
    // The log begins before the worker does.
    return !pids_of(kill.victim, program, kill.sandboxed, field).empty();
  });
  bool hit = false;
  for (const pid_t pid : pids_of(kill.victim, program, kill.sandboxed, field)) {
    hit = ::kill(pid, SIGKILL) == 0 || hit;
  }
  (void)field.wait(program);
  // With the guardian alive it heals; without, the worker's own end does, or `undo`.
  EXPECT_TRUE(comes_true_within(20s,
                                [&] {
                                  const auto left = field.processes();
                                  return left.empty() || kill.victim == Victim::everything;
                                }))
      << kill.text() << "\n"
      << field.fingerprint();
  // A process that is dying still holds its drill's undo log.
  Finished undone;
  EXPECT_TRUE(comes_true_within(10s, [&] {
    undone = field.undo();
    return undone.code != 0 || undone.out == "Nothing is left of any drill.\n";
  })) << undone.out;
  EXPECT_EQ(undone.code, 0) << kill.text() << undone.out;
  EXPECT_EQ(field.fingerprint(), before) << kill.text();
  return hit;
}

// Every kind of fault in turn, each victim, line and place as often as the others, the rest by
// chance.
Kill drawn(const Battlefield& field, std::size_t nth, std::mt19937_64& random) {
  auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  const auto& scenarios = field.scenarios();
  Kill kill;
  kill.scenario = scenarios[nth % scenarios.size()];
  kill.victim = static_cast<Victim>((nth + nth / scenarios.size()) % victims);
  kill.sandboxed = nth % 4 != 0 && kill.scenario.may_be_sandboxed();
  if (nth / 4 % 2 != 0) kill.at_line = 1 + below(5);
  kill.at = std::chrono::milliseconds(below(1500));
  return kill;
}

int number(const char* variable, int otherwise) {
  const char* given = std::getenv(variable);
  return given && *given ? std::atoi(given) : otherwise;
}

constexpr int parts = 4;  // so that ctest can run them beside each other

class Storm : public ::testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    ::setenv("REPRISE_PROGRAM", REPRISE_SOURCE_DIR "/build/release/reprise", /*overwrite=*/0);
  }
};

TEST_P(Storm, LeavesNothingBehind) {
  in_sandbox([this] {
    Battlefield field;
    std::mt19937_64 random(static_cast<unsigned>(number("REPRISE_SEED", 1) * parts + GetParam()));
    for (int i = 0; i < number("REPRISE_STORM", 40) / parts; ++i) {
      Kill kill = drawn(field, static_cast<std::size_t>(i * parts + GetParam()), random);
      bool hit = strike(field, kill);
      for (int again = 0; !hit && again < 3; ++again) {
        kill.at_line = 1;  // the worker is at work
        hit = strike(field, kill);
      }
      EXPECT_TRUE(hit) << kill.text() << ": nobody was there to be killed";
      if (::testing::Test::HasFailure()) break;
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Parts, Storm, ::testing::Range(0, parts));

TEST_F(Storm, LeavesNothingBehindWhenNobodyIsKilled) {
  in_sandbox([] {
    Battlefield field;
    const std::string before = field.fingerprint();
    for (const auto& scenario : field.scenarios()) {
      const Finished done = field.wait(field.start(scenario, {}));
      EXPECT_NE(done.code, 4) << scenario.name << done.out;
      EXPECT_NE(done.code, 2) << scenario.name << done.err;
      EXPECT_EQ(field.fingerprint(), before) << scenario.name;
    }
  });
}

TEST_F(Storm, AStoppedDrillIsHealedAtItsDeadline) {
  in_sandbox([] {
    Battlefield field;
    const std::string before = field.fingerprint();
    for (const bool sandboxed : {true, false}) {
      std::vector<std::string> options{"--deadline", "1s"};
      if (!sandboxed) options.insert(options.end(), {"--sandbox", "off"});
      const pid_t program = field.start({"field", "file-deny"}, options);
      ASSERT_TRUE(comes_true_within(10s, [&] { return field.undo_lines() >= 4; }));
      const auto worker = pids_of(Victim::worker, program, sandboxed, field);
      ASSERT_EQ(worker.size(), 1U);
      ::kill(worker.front(), SIGSTOP);
      const Finished done = field.wait(program);
      EXPECT_EQ(done.code, 3) << done.out;
      EXPECT_EQ(field.fingerprint(), before);
    }
  });
}

// The comparison above would see it.
TEST_F(Storm, SeesWhatIsLeft) {
  in_sandbox([] {
    Battlefield field;
    const std::string before = field.fingerprint();
    const pid_t program = field.start({"field", "process-pause"}, {"--sandbox", "off"});
    ASSERT_TRUE(comes_true_within(10s, [&] { return field.undo_lines() >= 3; }));
    EXPECT_NE(field.fingerprint(), before);
    for (const pid_t pid : field.processes()) ::kill(pid, SIGKILL);
    (void)field.wait(program);
    EXPECT_NE(field.fingerprint(), before);
    (void)field.undo();
    EXPECT_EQ(field.fingerprint(), before);
  });
}

}  // namespace
}  // namespace reprise::testing
