// A plan that can be broken in every way, and what the machine looks like beside it.
//
// Lives in a namespace of its own that is seeded with things that belong to others: a packet filter
// table, a queueing discipline, a mount, a process, a file. Nothing of theirs may ever change.
// Ownership: the folder and the foreign process go with the object. Threads: none.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "tests/support/program.h"

namespace reprise::testing {

class Battlefield {
 public:
  Battlefield();
  ~Battlefield();
  Battlefield(const Battlefield&) = delete;
  Battlefield& operator=(const Battlefield&) = delete;

  // One a fault kind (and variant) that needs no database; their names.
  [[nodiscard]] const std::vector<std::string>& scenarios() const { return scenarios_; }

  // Starts a drill; the program's pid.
  pid_t start(const std::string& scenario, const std::vector<std::string>& options);
  Finished wait(pid_t program) { return place_.wait(program); }
  // `reprise undo`.
  Finished undo() { return place_.run({"undo"}); }

  // Lines of the one undo log there is, 0 without one.
  [[nodiscard]] std::size_t undo_lines() const;
  // Every process of a drill here: the program, its guardian, worker, services and helpers.
  [[nodiscard]] std::vector<pid_t> processes() const;
  // Rules, queueing disciplines, mounts, the foreign process and file, and everything that a drill
  // may leave: folders, undo logs, processes.
  [[nodiscard]] std::string fingerprint() const;
  [[nodiscard]] std::filesystem::path journal(const std::string& scenario) const;

 private:
  void seed();
  void write_plan();

  Workplace place_;
  std::vector<std::string> scenarios_;
  pid_t foreign_ = -1;
};

// The one child of a process, when it has one.
[[nodiscard]] std::optional<pid_t> child_of(pid_t parent);

}  // namespace reprise::testing
