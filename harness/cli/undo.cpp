#include <CLI/CLI.hpp>

#include "harness/cli/secrecy.h"
#include "harness/cli/verbs.h"
#include "harness/engine/undo/undo.h"

namespace reprise {
namespace {

int undo_all() {
  const auto logs = find_undo_logs();
  if (logs.running) fmt::print("{} drill(s) are running and left alone.\n", logs.running);
  if (logs.residue.empty()) {
    if (!logs.running) fmt::print("Nothing is left of any drill.\n");
    return 0;
  }
  bool residue = false;
  for (const auto& path : logs.residue) {
    auto log = UndoLog::take_over(path);
    if (!log) continue;  // another `undo` was faster
    const auto before = log->pending();
    const Redaction redaction = redaction_of_folder(before ? before->plan : "");
    const Undone undone = undo(*log, redaction);
    fmt::print("{}\n", before ? before->drill : path.string());
    for (const auto& what : undone.done) fmt::print("  {}\n", what);
    for (const auto& what : undone.failed) fmt::print("  STILL THERE: {}\n", what);
    residue = residue || !undone.failed.empty();
    if (before && std::filesystem::exists(before->journal)) {
      record_undo(before->journal, "reprise undo", "the drill and its guardian had died", undone);
    }
  }
  return residue ? 4 : 0;
}

}  // namespace

void add_undo(CLI::App& app, int& code) {
  auto* verb = app.add_subcommand("undo", "Undo what drills that died have left behind");
  verb->footer(
      "Replays the undo logs that no running drill holds, newest entry first, and records in the\n"
      "sibling of each journal what it did. Running it again does no harm.\n"
      "Example:\n"
      "  reprise undo                             after a crash or a power cut; 4: not all undone");
  verb->callback([&code] { code = undo_all(); });
}

}  // namespace reprise
