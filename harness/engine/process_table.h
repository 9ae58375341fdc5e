// What /proc says of processes. A pid alone names nobody for long: with the start time it does.
//
// Threads: any; every call looks anew.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/engine/surroundings.h"

namespace reprise {

// Clock ticks between boot and the process's start (field 22 of /proc/PID/stat); nothing when it
// is gone.
[[nodiscard]] std::optional<std::uint64_t> start_ticks(pid_t pid);

// Processes whose environment at their start held exactly NAME=value. Only our own user's are
// readable, as a rule; zombies have none.
[[nodiscard]] std::vector<ProcessId> processes_marked(const std::string& assignment);

// Children, their children, and so on; parents first.
[[nodiscard]] std::vector<ProcessId> descendants_of(pid_t pid);

}  // namespace reprise
