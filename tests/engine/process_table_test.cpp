// Processes end while they are being read about.
#include "harness/engine/services/process_table.h"

#include <atomic>
#include <csignal>
#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/child_process.h"
#include "tests/support/temporary_folder.h"

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

TEST(ProcessTable, FindsAMarkedProcessWhileItExecutesAnotherProgram) {
  const TemporaryFolder folder;
  folder.write("again", "#!/bin/sh\nexec \"$0\"\n");
  const std::string script = folder.path() / "again";
  ::chmod(script.c_str(), 0755);
  const pid_t pid = ::fork();
  if (pid == 0) {
    char mark[] = "REPRISE_DRILL=again and again";
    char* words[] = {const_cast<char*>(script.c_str()), nullptr};
    char* environment[] = {mark, nullptr};
    ::execve(words[0], words, environment);
    ::_exit(127);
  }
  const auto found = [] { return !processes_marked("REPRISE_DRILL=again and again").empty(); };
  ASSERT_TRUE(comes_true(found));
  int missed = 0;
  for (int look = 0; look < 500; ++look) missed += found() ? 0 : 1;
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
  EXPECT_EQ(missed, 0);
}

}  // namespace
}  // namespace reprise
