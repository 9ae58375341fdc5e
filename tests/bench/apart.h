// Work in a process of its own, so that its peak memory is its own.
//
// Threads: none may run in the caller.
#pragma once

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace reprise::bench {

// What `work` returns, which is plain data; a default one when the process died.
template <class Work>
auto apart(Work work) {
  using Answer = decltype(work());
  Answer answer{};
  int pipe[2];
  if (::pipe(pipe) != 0) return answer;
  if (::fork() == 0) {
    const Answer done = work();
    (void)!::write(pipe[1], &done, sizeof done);
    ::_exit(0);
  }
  ::close(pipe[1]);
  if (::read(pipe[0], &answer, sizeof answer) != sizeof answer) answer = Answer{};
  ::close(pipe[0]);
  ::wait(nullptr);
  return answer;
}

// The most memory that this process has had.
inline double peak_mib() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

}  // namespace reprise::bench
