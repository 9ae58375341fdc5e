#include "harness/engine/undo/undo.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/engine/injector.h"
#include "harness/engine/services/process_table.h"
#include "harness/engine/site/bare_surroundings.h"
#include "harness/engine/site/whole_file.h"
#include "harness/journal/journal.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

constexpr int wait_for_death_ms = 2000;

// True when the process is gone at the end; false when it could not be ended.
bool end_process(const ProcessId& process, Undone& undone) {
  const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0));
  if (pidfd < 0) return true;
  bool gone = true;
  // The pidfd is open: if the start time still fits, it is our process and stays ours.
  if (start_ticks(process.pid) == process.start_ticks) {
    ::syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, nullptr, 0);
    pollfd waiting{pidfd, POLLIN, 0};
    gone = ::poll(&waiting, 1, wait_for_death_ms) == 1;
    if (gone) undone.done.push_back(fmt::format("ended process {}", process.pid));
  }
  ::close(pidfd);
  return gone;
}

void end_processes(const Residue& residue, Undone& undone) {
  if (residue.boot_id != boot_id()) return;  // another run of the machine: all gone
  std::vector<ProcessId> processes = residue.processes;
  std::ranges::move(processes_marked("REPRISE_DRILL=" + residue.mark),
                    std::back_inserter(processes));
  for (const ProcessId& process : processes) {
    if (!end_process(process, undone)) {
      undone.failed.push_back(fmt::format("process {} does not end", process.pid));
    }
  }
}

Result<void> revert(const UndoEntry& entry, const Surroundings& surroundings,
                    const Redaction& redaction) {
  const FaultKind* kind = Registry<FaultKind>::find(entry.fault.kind);
  if (!kind) return failure("this program knows no such fault");
  const auto receipt = redaction.unsealed(entry.receipt);
  if (!receipt) return std::unexpected(receipt.error());
  auto with = redaction.unsealed(entry.fault.with);
  if (!with) return std::unexpected(with.error());
  FaultSpec fault = entry.fault;
  fault.with = std::move(*with);
  auto injector = kind->make(fault, surroundings);
  if (!injector) return std::unexpected(injector.error());
  return (*injector)->revert(*receipt);
}

void revert_faults(const Residue& residue, UndoLog& log, const Redaction& redaction,
                   Undone& undone) {
  const BareSurroundings surroundings(residue.folder / "system");
  for (auto entry = residue.faults.rbegin(); entry != residue.faults.rend(); ++entry) {
    const std::string into = entry->fault.into.empty() ? "" : " into " + entry->fault.into;
    const std::string what = entry->fault.kind + into;
    const auto reverted = revert(*entry, surroundings, redaction);
    if (reverted) {
      (void)log.done(entry->number);
      undone.done.push_back("reverted " + what);
    } else if (entry->own) {
      undone.done.push_back(fmt::format("{} ends with its own target", what));
    } else {
      undone.failed.push_back(redaction.text(fmt::format("{}: {}", what, reverted.error().text())));
    }
  }
}

std::string whole_lines(const std::filesystem::path& path) {
  std::string text = read_whole(path).value_or("");
  text.resize(text.rfind('\n') + 1);
  return text;
}

std::string last_line(const std::string& lines) {
  if (lines.empty()) return {};
  const auto before = lines.rfind('\n', lines.size() - 2);
  const auto begin = before == std::string::npos ? 0 : before + 1;
  return lines.substr(begin, lines.size() - 1 - begin);
}

}  // namespace

Undone undo(UndoLog& log, const Redaction& redaction) {
  Undone undone;
  auto residue = log.pending();
  if (!residue) {
    undone.failed.push_back(residue.error().text());
    return undone;
  }
  // A database fault is reverted by talking to its server, so the processes end last.
  revert_faults(*residue, log, redaction, undone);
  end_processes(*residue, undone);
  if (!undone.failed.empty()) return undone;
  std::error_code error;
  if (std::filesystem::remove_all(residue->folder, error) > 0) {
    undone.done.push_back("removed the working folder");
  }
  if (error) {
    undone.failed.push_back(fmt::format("{}: {}", residue->folder.string(), error.message()));
    return undone;
  }
  log.remove();
  return undone;
}

void record_undo(const std::filesystem::path& journal, const std::string& who,
                 const std::string& why, const Undone& undone) {
  auto sibling = journal;
  sibling.replace_extension(".guardian.jsonl");
  const std::string earlier = whole_lines(sibling);
  const std::string last = last_line(earlier.empty() ? whole_lines(journal) : earlier);
  std::ofstream file(sibling, std::ios::binary | std::ios::app);
  std::uint64_t number = std::ranges::count(earlier, '\n');
  std::string previous = sha256(last);
  auto write = [&](std::string_view event, nlohmann::json fields) {
    fields["n"] = number++;
    fields["utc"] = format_utc(std::chrono::system_clock::now());
    fields["event"] = event;
    fields["prev"] = previous;
    const auto replace = nlohmann::json::error_handler_t::replace;
    const std::string line = fields.dump(-1, ' ', false, replace);
    previous = sha256(line);
    file << line << '\n';
  };
  if (earlier.empty()) {
    write("guardian", {{"journal", journal.filename().string()}, {"head", sha256(last)}});
  }
  write("undo", {{"by", who}, {"why", why}, {"done", undone.done}});
  if (undone.failed.empty()) {
    write("clean", nlohmann::json::object());
  } else {
    write("residue", {{"what", undone.failed}});
  }
}

}  // namespace reprise
