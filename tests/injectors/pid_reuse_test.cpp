// A pid that was given to somebody else, ten thousand times within the same tick of the clock: the
// stranger is never signalled.
#include <array>
#include <csignal>
#include <fstream>

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "injectors/processes/held_process.h"
#include "tests/support/in_sandbox.h"

namespace reprise {
namespace {

constexpr int times = 10'000;

// A process that shares this one's memory: copying a sanitized one so often would take minutes.
pid_t start_sleeper() {
  alignas(16) static std::array<char, 16 * 1024> stack;
  const auto sleep = [](void*) {
    while (true) ::pause();
    return 0;
  };
  return ::clone(sleep, stack.data() + stack.size(), CLONE_VM | SIGCHLD, nullptr);
}

void end(pid_t pid) {
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}

TEST(PidReuse, NeverLeadsASignalToAStranger) {
  in_sandbox([] {
    int reused = 0;
    for (int i = 0; i < times; ++i) {
      const pid_t ours = start_sleeper();
      const auto receipt = process_receipt({ours, start_ticks(ours).value()});
      end(ours);
      // Of this sandbox's own pid namespace: the next process gets the same number.
      std::ofstream("/proc/sys/kernel/ns_last_pid") << ours - 1 << std::flush;
      const pid_t stranger = start_sleeper();
      reused += stranger == ours ? 1 : 0;
      const auto held = HeldProcess::open(receipt);
      ASSERT_TRUE(held);
      ASSERT_FALSE(held->has_value()) << "process " << stranger << " was taken for another";
      end(stranger);
    }
    EXPECT_GT(reused, times * 9 / 10);
  });
}

TEST(PidReuse, IsToldFromTheProcessThatWasMeant) {
  const pid_t ours = start_sleeper();
  const auto held = HeldProcess::open(process_receipt({ours, start_ticks(ours).value()}));
  ASSERT_TRUE(held && held->has_value());
  EXPECT_EQ((*held)->pid(), ours);
  end(ours);
}

}  // namespace
}  // namespace reprise
