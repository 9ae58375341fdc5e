// Undoing what a dead worker left: the guardian does it at once, `reprise undo` whenever asked.
//
// Idempotent. Signals only processes that the log names (pid, start time and boot) or that carry
// the drill's mark in their environment. Threads: blocks the caller.
#pragma once

#include <string>
#include <vector>

#include "harness/engine/undo/undo_log.h"

namespace reprise {

struct Undone {
  std::vector<std::string> done;    // what was done, in words; empty when nothing was left
  std::vector<std::string> failed;  // what is still there, and why
};

// Ends the processes, reverts the faults (newest first) and removes the working folder; the log
// itself goes when nothing failed. `redaction` knows the secrets that the log only names, and keeps
// them out of the words.
Undone undo(UndoLog& log, const Redaction& redaction);

// Appends to JOURNAL's sibling (`….guardian.jsonl`), chained to it: what was done and what is left.
void record_undo(const std::filesystem::path& journal, const std::string& who,
                 const std::string& why, const Undone& undone);

}  // namespace reprise
