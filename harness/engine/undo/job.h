// What the command line hands to a guardian, and the guardian to its worker: one drill to run.
//
// Ownership: plain values; the descriptors belong to whoever forked. Threads: none of its own.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/journal/record.h"
#include "harness/model/scenario/scenario.h"
#include "harness/model/secrets/redaction.h"

namespace reprise {

struct Job {
  const Plan* plan = nullptr;            // outlives the job
  const Scenario* scenario = nullptr;    // likewise
  const Redaction* redaction = nullptr;  // likewise; of everything that the drill writes
  nlohmann::json file_hashes;            // name -> SHA-256
  std::string system_hash;               // as the run began; empty: the plan has no folder
  std::vector<Awaited> awaited;          // what the recover phase waits for
  std::vector<Awaited> at_the_end;       // and what must hold of the system when it ends
  std::filesystem::path journal;
  std::filesystem::path folder;  // the drill's working folder; made and removed by the guardian
  std::string mark;              // REPRISE_DRILL in its processes' environment
  bool sandboxed = false;
  std::string sandbox;  // for the record: which namespaces, or "none: " and why
  // A worker that gives no sign of life for so long is stopped or stuck; it does every 100 ms.
  Duration deadline = std::chrono::seconds(5);
  std::uint64_t seed = 0;
  int repeat = 0;
  std::vector<EarlierAttempt> earlier;  // what this one is drilled again after
  std::string operator_name;
  std::string command;        // the command line, for the record
  bool rehearsal = false;     // the operator's Enter heals
  bool attended = false;      // somebody can answer on `answers`
  int answers = -1;           // read end: the operator's lines; closed when reprise died
  std::vector<int> not_ours;  // descriptors of other drills, closed in the guardian
};

// "PLAN/SCENARIO", or "PLAN/SCENARIO#3" for a repeat.
[[nodiscard]] std::string drill_name(const Job& job);

}  // namespace reprise
