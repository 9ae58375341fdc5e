// Processes that a test starts, and ways for a test to wait and to be killed.
//
// Ownership: a ChildProcess is killed and reaped with the object, and by the kernel should the test
// itself be killed. Threads: the one that started it.
#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/engine/site/surroundings.h"
#include "injectors/processes/held_process.h"

namespace reprise {

// Waits for something that must come true; false when it has not within ten seconds.
inline bool comes_true(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

class ChildProcess {
 public:
  explicit ChildProcess(std::vector<std::string> arguments) {
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      // Children that outlive it must not hold open what the test's own reader waits for.
      const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
      for (const int stream : {0, 1, 2}) ::dup2(nowhere, stream);
      ::execvp(pointers[0], pointers.data());
      ::_exit(127);
    }
    start_ticks_ = read_process_state(pid_).value_or(ProcessState{}).start_ticks;
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess() {
    if (reaped_) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  [[nodiscard]] ProcessId id() const { return {pid_, start_ticks_}; }
  // What the parent is told: 'T' stopped, 'C' continued, 'E' ended, ' ' nothing new.
  char news() {
    int status = 0;
    const bool told =
        !reaped_ && ::waitpid(pid_, &status, WNOHANG | WUNTRACED | WCONTINUED) == pid_;
    if (!told) return ' ';
    if (WIFSTOPPED(status)) return 'T';
    if (WIFCONTINUED(status)) return 'C';
    reaped_ = true;
    signal_ = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return 'E';
  }
  [[nodiscard]] int ended_by() const { return signal_; }

 private:
  pid_t pid_ = 0;
  std::uint64_t start_ticks_ = 0;
  bool reaped_ = false;
  int signal_ = 0;
};

// Does `work` in a process of its own that is gone, as after kill -9, once the work is done.
inline void do_and_die(const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    work();
    ::kill(::getpid(), SIGKILL);
  }
  ::waitpid(child, nullptr, 0);
}

// Does `work` in a process of its own that is killed at its n-th entry to or return from the
// kernel. False when the work was done before that, so a loop over n kills it everywhere.
inline bool killed_at(int n, const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    ::raise(SIGSTOP);
    work();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  for (int stop = 0; stop < n; ++stop) {
    ::ptrace(PTRACE_SYSCALL, child, nullptr, nullptr);
    ::waitpid(child, &status, 0);
    if (WIFEXITED(status) || WIFSIGNALED(status)) return false;
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, &status, 0);
  return true;
}

}  // namespace reprise
