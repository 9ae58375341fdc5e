// Runs jobs, some at a time, each under its own guardian, and follows their journals for whoever
// watches. SIGINT and SIGTERM are passed on; every drill then heals and ends in order.
//
// Threads: the main thread, and no other may exist while guardians are forked from it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "harness/engine/undo/job.h"
#include "harness/judge/report.h"

namespace reprise {

struct Conducted {
  Run run;               // judged; a drill without a readable journal is inconclusive
  int signal = 0;        // SIGINT or SIGTERM when interrupted
  bool residue = false;  // a guardian could not undo something

  // What the command ends with, whatever the verdicts; nothing when they decide.
  [[nodiscard]] std::optional<int> exit_code() const;
};

struct Pace {
  std::size_t at_once = 1;
  std::size_t again = 0;  // so often what was inconclusive is drilled again
};

// Judged drills of an interrupted run are those that had begun.
[[nodiscard]] Conducted conduct(const std::vector<Job>& jobs, Pace pace, LiveView& view);

}  // namespace reprise
