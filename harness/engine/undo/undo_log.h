// What must be undone, on disk before it is done: one file a drill, locked by its owner.
//
// An entry is written and synced before anything is touched, and marked done after its revert
// succeeded. A file that nobody holds locked is the residue of a drill that died: `run` refuses
// to start over it and `undo` replays it, newest first. A locked one is a live drill, left alone.
//
// Lines: {"do": "drill"|"process"|"fault"|"done", …}; mode 0600. A secret that an undo needs stands
// as the name of its place in the plan (Redaction::sealed); whoever undoes looks it up there anew.
// Ownership: the lock lives as long as any copy of the descriptor (guardian and worker share it).
// Threads: one at a time.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/engine/site/surroundings.h"
#include "harness/model/scenario/scenario.h"
#include "harness/model/secrets/redaction.h"

namespace reprise {

struct UndoEntry {
  std::uint64_t number = 0;
  FaultSpec fault;  // as far as an undo needs it: id, kind, into, with
  nlohmann::json receipt;
  bool own = false;  // its target dies with the drill, so ending that heals it too
};

// What the file of one drill still asks for.
struct Residue {
  std::filesystem::path log;
  std::string drill;             // PLAN/SCENARIO
  std::filesystem::path folder;  // the drill's working folder
  std::filesystem::path journal;
  std::filesystem::path plan;        // the plan's folder, for the secrets that an undo needs
  std::string boot_id;               // of the machine's run that wrote it
  std::string mark;                  // REPRISE_DRILL of its processes
  std::vector<UndoEntry> faults;     // not done, oldest first
  std::vector<ProcessId> processes;  // every one that was ever started
};

class UndoLog {
 public:
  // `$REPRISE_STATE_DIR`, `$XDG_STATE_HOME/reprise` or `~/.local/state/reprise`, then "/undo".
  [[nodiscard]] static std::filesystem::path folder();

  // Creates, locks and syncs the file.
  static Result<UndoLog> create(const Residue& header);
  // Takes over the file of a dead drill; an error when it is locked.
  static Result<UndoLog> take_over(const std::filesystem::path& path);

  UndoLog(UndoLog&&) noexcept;
  UndoLog& operator=(UndoLog&&) noexcept;
  ~UndoLog();

  // Synced when it returns. Gives the entry's number.
  Result<std::uint64_t> arm(const FaultSpec& fault, const nlohmann::json& receipt, bool own);
  Result<void> done(std::uint64_t number);
  void started(const ProcessId& process);
  // The redaction outlives the log.
  void hide(const Redaction& redaction) { redaction_ = &redaction; }

  [[nodiscard]] Result<Residue> pending() const;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // The drill left nothing: the file goes.
  void remove();

 private:
  UndoLog(int descriptor, std::filesystem::path path);
  Result<void> append(const nlohmann::json& line, bool sync);

  int descriptor_ = -1;
  std::uint64_t next_ = 0;
  const Redaction* redaction_ = nullptr;
  std::filesystem::path path_;
};

struct UndoLogs {
  std::vector<std::filesystem::path> residue;  // of drills that died
  std::size_t running = 0;                     // locked: of drills that live
};
[[nodiscard]] UndoLogs find_undo_logs();

}  // namespace reprise
