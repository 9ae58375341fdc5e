// Which processes belong to a service, and signalling them and no other.
//
// Threads: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/engine/site/surroundings.h"

namespace reprise {

// Assignments in the environment of everything a drill starts; children inherit them, also those
// that leave their parent and their session.
[[nodiscard]] std::string drill_mark(std::string_view drill_id);
[[nodiscard]] std::string service_mark(std::string_view drill_id, std::string_view service);

struct Family {
  std::optional<ProcessId> first;  // leader of its own session
  std::string mark;                // NAME=value in every member's environment
};

// The first process, everything of its session, everything that carries the mark, and all their
// descendants, parents first; never this process. What has ended and is not yet reaped may be
// among them.
[[nodiscard]] std::vector<ProcessId> members(const Family& family);

// Living processes of the drill that belong to nothing: they neither descend from this process nor
// carry the drill's mark, nor descend from one that does. A daemon that left its service and wrote
// over its environment is one. "NAME (PID)" each; call it from the process that started the drill's
// services, whose own parent gets every orphan.
[[nodiscard]] std::vector<std::string> strays(std::string_view drill_id);

// A process that is signalled as itself: a pid that was given to another is nobody.
class ProcessHandle {
 public:
  // Refers to nothing when that process is gone.
  explicit ProcessHandle(const ProcessId& process);
  ProcessHandle(ProcessHandle&& other) noexcept;
  ProcessHandle& operator=(ProcessHandle&& other) noexcept;
  ~ProcessHandle();

  // False for a zombie too.
  [[nodiscard]] bool alive() const;
  void signal(int number) const;
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
  int descriptor_ = -1;
};

// SIGKILL to every living member. How many there were.
std::size_t kill_members(const Family& family);

// The same again and again until none is left or `limit` is over; blocks. Whether none is left.
bool extinguish(const Family& family, std::chrono::milliseconds limit);

}  // namespace reprise
