// From loaded scenarios to jobs: repeats, seeds, folders, journals.
//
// Ownership: values; the plans outlive the jobs. Threads: the main thread.
#pragma once

#include <map>
#include <optional>
#include <random>
#include <vector>

#include "harness/engine/site/out_folder.h"
#include "harness/engine/undo/job.h"
#include "harness/engine/undo/sandbox.h"
#include "harness/judge/report.h"
#include "harness/model/scenario/scenario.h"

namespace reprise {

struct JobOptions {
  std::filesystem::path out;  // journals go to out/journals/PLAN/SCENARIO.jsonl
  std::optional<int> repeat;  // instead of each scenario's own
  std::uint64_t seed = 0;
  std::string operator_name;
  std::string command;
  bool attended = false;
  bool rehearsal = false;
  SandboxWish sandbox = SandboxWish::automatic;
  std::string deadline = "5s";  // as a person writes it
};

// At one drill, the first included.
inline constexpr int most_attempts = 10;

// Makes and locks the folder that the run writes to, for as long as the answer lives. Refuses one
// that another run writes to, and one that would change the system of a plan.
[[nodiscard]] Result<OutFolder> claim_out(const std::vector<LoadedPlan>& plans,
                                          const std::filesystem::path& out);

// auto, required, off: as in `--sandbox`.
[[nodiscard]] const std::map<std::string, SandboxWish>& sandbox_wishes();

// The plans and the redaction must outlive the jobs. Makes the journals' folders and removes the
// journals that the new ones replace; an error when it cannot.
[[nodiscard]] Result<std::vector<Job>> make_jobs(std::vector<LoadedPlan>& plans,
                                                 const JobOptions& options,
                                                 const Redaction& redaction);

// The same drill once more, after one that was inconclusive, with a journal of its own beside:
// SCENARIO.again-1.jsonl, SCENARIO.again-2.jsonl, …
[[nodiscard]] Job next_attempt(const Job& job, const Drill& inconclusive);

// Refuses to start over the residue of a drill that died: tells it and returns false.
[[nodiscard]] bool nothing_left_behind();

[[nodiscard]] std::uint64_t random_seed();

}  // namespace reprise
