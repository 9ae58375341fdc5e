// What /proc says of processes. A pid alone names nobody for long: with the start time it does, and
// with the kernel's own number for the process (Linux 6.9) it does for ever.
//
// Threads: any; every call looks anew.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/engine/site/surroundings.h"

namespace reprise {

// State letter (R, S, D, T, Z, …), parent, and clock ticks from boot to the process's start.
struct ProcessState {
  char state = '?';
  pid_t parent = 0;
  std::uint64_t start_ticks = 0;
};
// Nothing when it is gone.
[[nodiscard]] std::optional<ProcessState> read_process_state(pid_t pid);
[[nodiscard]] std::optional<std::uint64_t> start_ticks(pid_t pid);

// The machine's run: pids and start times mean something within one only.
[[nodiscard]] std::string boot_id();

// The kernel's number for what a pidfd holds, never given twice within a run of the machine; 0
// where the kernel has none.
[[nodiscard]] std::uint64_t identity_of(int pidfd);
[[nodiscard]] std::uint64_t process_identity(const ProcessId& process);

// Every process that can be seen, in no order.
[[nodiscard]] std::vector<pid_t> every_pid();

// Processes whose environment at their start held exactly NAME=value. Only our own user's are
// readable, as a rule; zombies have none.
[[nodiscard]] std::vector<ProcessId> processes_marked(const std::string& assignment);

// Living children, their children, and so on; parents first.
[[nodiscard]] std::vector<ProcessId> descendants(pid_t root);

}  // namespace reprise
