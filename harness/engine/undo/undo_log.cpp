#include "harness/engine/undo/undo_log.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "harness/engine/site/whole_file.h"

namespace reprise {
namespace {

void take_in(const nlohmann::json& line, Residue& residue) {
  const auto what = line.at("do").get<std::string>();
  if (what == "drill") {
    residue.drill = line.at("drill");
    residue.folder = line.at("folder").get<std::string>();
    residue.journal = line.at("journal").get<std::string>();
    residue.plan = line.value("plan", "");
    residue.boot_id = line.at("boot_id");
    residue.mark = line.at("mark");
  } else if (what == "process") {
    residue.processes.push_back({line.at("pid"), line.at("start_ticks")});
  } else if (what == "fault") {
    UndoEntry entry{line.at("number"), {}, line.at("receipt"), line.at("own")};
    entry.fault.id = line.at("id");
    entry.fault.kind = line.at("kind");
    entry.fault.into = line.at("into");
    entry.fault.with = line.at("with");
    residue.faults.push_back(std::move(entry));
  } else if (what == "done") {
    const std::uint64_t number = line.at("number");
    std::erase_if(residue.faults, [&](const UndoEntry& entry) { return entry.number == number; });
  }
}

}  // namespace

std::filesystem::path UndoLog::folder() {
  const char* chosen = std::getenv("REPRISE_STATE_DIR");
  if (chosen && *chosen) return std::filesystem::path(chosen) / "undo";
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state && *state) return std::filesystem::path(state) / "reprise" / "undo";
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home && *home ? home : "/tmp") / ".local/state/reprise/undo";
}

UndoLog::UndoLog(int descriptor, std::filesystem::path path)
    : descriptor_(descriptor), path_(std::move(path)) {}

UndoLog::UndoLog(UndoLog&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      next_(other.next_),
      redaction_(other.redaction_),
      path_(std::move(other.path_)) {}

UndoLog& UndoLog::operator=(UndoLog&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(next_, other.next_);
  std::swap(redaction_, other.redaction_);
  std::swap(path_, other.path_);
  return *this;
}

UndoLog::~UndoLog() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<UndoLog> UndoLog::create(const Residue& header) {
  std::error_code error;
  std::filesystem::create_directories(header.log.parent_path(), error);
  const int descriptor =
      ::open(header.log.c_str(), O_CREAT | O_EXCL | O_RDWR | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return failure("the undo log {} cannot be created: {}", header.log.string(),
                   std::strerror(errno));
  }
  UndoLog log(descriptor, header.log);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    return failure("the undo log {} cannot be locked: {}", header.log.string(),
                   std::strerror(errno));
  }
  const nlohmann::json line{{"do", "drill"},
                            {"drill", header.drill},
                            {"folder", header.folder.string()},
                            {"journal", header.journal.string()},
                            {"plan", header.plan.string()},
                            {"boot_id", header.boot_id},
                            {"mark", header.mark}};
  if (auto written = log.append(line, true); !written) return std::unexpected(written.error());
  return log;
}

Result<UndoLog> UndoLog::take_over(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC);
  if (descriptor < 0) {
    return failure("the undo log {} cannot be opened: {}", path.string(), std::strerror(errno));
  }
  UndoLog log(descriptor, path);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    return failure("the undo log {} belongs to a drill that is running", path.string());
  }
  return log;
}

Result<void> UndoLog::append(const nlohmann::json& line, bool sync) {
  const auto replace = nlohmann::json::error_handler_t::replace;
  const std::string text = line.dump(-1, ' ', false, replace) + "\n";
  if (::write(descriptor_, text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      (sync && ::fdatasync(descriptor_) != 0)) {
    return failure("the undo log {} cannot be written: {}", path_.string(), std::strerror(errno));
  }
  return {};
}

Result<std::uint64_t> UndoLog::arm(const FaultSpec& fault, const nlohmann::json& receipt,
                                   bool own) {
  const std::uint64_t number = next_;
  const auto kept = [this](const nlohmann::json& value) {
    return redaction_ ? redaction_->sealed(value) : value;
  };
  const nlohmann::json line{{"do", "fault"},
                            {"number", number},
                            {"id", fault.id},
                            {"kind", fault.kind},
                            {"into", fault.into},
                            {"with", kept(fault.with)},
                            {"receipt", kept(receipt)},
                            {"own", own}};
  if (auto written = append(line, true); !written) return std::unexpected(written.error());
  ++next_;
  return number;
}

Result<void> UndoLog::done(std::uint64_t number) {
  return append({{"do", "done"}, {"number", number}}, false);
}

void UndoLog::started(const ProcessId& process) {
  // Not synced: after a power loss there are no processes to find.
  (void)append({{"do", "process"}, {"pid", process.pid}, {"start_ticks", process.start_ticks}},
               false);
}

Result<Residue> UndoLog::pending() const {
  Residue residue;
  residue.log = path_;
  std::istringstream lines(read_whole(path_).value_or(""));
  for (std::string line; std::getline(lines, line);) {
    try {
      take_in(nlohmann::json::parse(line), residue);
    } catch (const nlohmann::json::exception&) {
      // A torn last line was never synced, so its act was never begun; anything else is damage.
      if (!lines.eof()) return failure("the undo log {} has a damaged line", path_.string());
    }
  }
  return residue;
}

void UndoLog::remove() {
  std::error_code error;
  std::filesystem::remove(path_, error);
}

UndoLogs find_undo_logs() {
  UndoLogs logs;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(UndoLog::folder(), error)) {
    if (entry.path().extension() != ".jsonl") continue;
    if (UndoLog::take_over(entry.path())) {
      logs.residue.push_back(entry.path());
    } else {
      ++logs.running;
    }
  }
  std::ranges::sort(logs.residue);
  return logs;
}

}  // namespace reprise
