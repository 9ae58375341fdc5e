// Starts programs: services, probes' commands, the browser, what a fault runs. All start here.
//
// Ownership: the caller reaps the process. Threads: any.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

#include "harness/model/error.h"

namespace reprise {

struct Program {
  std::vector<std::string> command;      // argument vector; a bare name is looked for in PATH
  std::vector<std::string> environment;  // NAME=value, all of it; the last of a name wins
  std::filesystem::path folder;          // empty: ours
  // The program's number -> ours. 0 to 2 are /dev/null by default; no other is inherited.
  std::map<int, int> descriptors;
  bool session = false;       // it leads a session of its own; else a process group
  bool dies_with_us = false;  // killed when the thread that started it ends
};

// Signals are as at boot. A program that cannot be executed is an error here, not an exit code
// later.
[[nodiscard]] Result<pid_t> start(const Program& program);

// Our own environment, with these assignments in the place of ours.
[[nodiscard]] std::vector<std::string> our_environment_with(const std::vector<std::string>& over);

}  // namespace reprise
