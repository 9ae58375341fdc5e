// What another program prints, both streams, when it is run with these words.
#pragma once

#include <string>
#include <vector>

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace reprise {

inline std::string said_by(std::vector<std::string> words) {
  int pipe[2];
  if (::pipe(pipe) != 0) return "no pipe";
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], 1);
  posix_spawn_file_actions_adddup2(&actions, pipe[1], 2);
  posix_spawn_file_actions_addclose(&actions, pipe[0]);
  posix_spawn_file_actions_addclose(&actions, pipe[1]);
  pid_t child = 0;
  const int failed =
      ::posix_spawnp(&child, arguments[0], &actions, nullptr, arguments.data(), ::environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);
  std::string said = failed ? "cannot run " + words[0] : std::string();
  char bytes[4096];
  for (ssize_t count; (count = ::read(pipe[0], bytes, sizeof bytes)) > 0;) {
    said.append(bytes, static_cast<std::size_t>(count));
  }
  ::close(pipe[0]);
  if (!failed) ::waitpid(child, nullptr, 0);
  return said;
}

}  // namespace reprise
