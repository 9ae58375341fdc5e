// The built program, started by a benchmark with its standard output thrown away.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

namespace reprise::bench {

// The process started, whom the caller waits for; -1 when there is no such program.
inline pid_t start_program(std::vector<std::string> words) {
  words.insert(words.begin(), std::filesystem::path(REPRISE_BINARY_DIR) / "reprise");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
  pid_t pid = -1;
  posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return pid;
}

}  // namespace reprise::bench
