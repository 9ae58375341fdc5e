// Programs that a test asks for an opinion: xmllint, Chromium.
//
// Ownership: none. Threads: one at a time.
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cstdlib>
#include <string>
#include <vector>

extern char** environ;

namespace reprise::testing {

struct Ran {
  int code = -1;       // -1: could not be started, or was ended by a signal
  std::string output;  // both streams
};

// The first of those that can be executed, looked for on the PATH; empty when there is none.
inline std::string found(const std::vector<std::string>& names) {
  const char* path = std::getenv("PATH");
  const std::string folders = path ? path : "/usr/bin:/bin";
  for (const std::string& name : names) {
    for (std::size_t from = 0; from <= folders.size();) {
      const std::size_t to = std::min(folders.find(':', from), folders.size());
      const std::string candidate = folders.substr(from, to - from) + "/" + name;
      if (::access(candidate.c_str(), X_OK) == 0) return candidate;
      from = to + 1;
    }
  }
  return {};
}

inline Ran run_program(std::vector<std::string> words) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return {};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  pid_t pid = 0;
  const int failed = ::posix_spawn(&pid, pointers[0], &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  Ran ran;
  char bytes[4096];
  for (ssize_t count; !failed && (count = ::read(ends[0], bytes, sizeof bytes)) > 0;) {
    ran.output.append(bytes, static_cast<std::size_t>(count));
  }
  ::close(ends[0]);
  int status = 0;
  if (!failed && ::waitpid(pid, &status, 0) == pid && WIFEXITED(status)) {
    ran.code = WEXITSTATUS(status);
  }
  return ran;
}

}  // namespace reprise::testing
