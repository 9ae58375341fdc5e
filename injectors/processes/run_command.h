// Runs one of the user's own commands to its end: an argument vector, never a shell.
//
// Ownership: the child belongs to the call and is gone when it returns; one that outlasts its time
// is killed together with its process group. Threads: any; the caller waits.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/model/error.h"
#include "harness/model/time.h"

namespace reprise {

struct CommandOutcome {
  int exit = -1;       // valid when `signal` is 0
  int signal = 0;      // that ended it
  bool late = false;   // it was killed because its time was over
  std::string output;  // both streams, the first 4 KiB

  [[nodiscard]] bool succeeded() const { return exit == 0 && signal == 0 && !late; }
  // "ended with 3", "was killed by signal 9", "took longer than 5s"; and what it said last.
  [[nodiscard]] std::string text(Duration within) const;
};

// `environment` (NAME=value) is added to our own and wins. An error when it could not be started.
[[nodiscard]] Result<CommandOutcome> run_command(const std::vector<std::string>& arguments,
                                                 const std::filesystem::path& folder,
                                                 const std::vector<std::string>& environment,
                                                 Duration within);

}  // namespace reprise
