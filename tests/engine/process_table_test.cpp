// Processes end while they are being read about.
#include "harness/engine/process_table.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace reprise {
namespace {

TEST(ProcessTable, IsReadWhileProcessesComeAndGo) {
  std::atomic<bool> over{false};
  std::thread crowd([&] {
    while (!over) {
      const pid_t pid = ::fork();
      if (pid == 0) ::_exit(0);
      ::waitpid(pid, nullptr, 0);
    }
  });
  EXPECT_NO_THROW({
    for (int round = 0; round < 500; ++round) {
      (void)descendants(::getpid());
      (void)processes_marked("REPRISE_DRILL=nobody");
    }
  });
  over = true;
  crowd.join();
}

}  // namespace
}  // namespace reprise
