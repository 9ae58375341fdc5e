#include "harness/engine/site/fingerprint.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <sys/stat.h>

#include "harness/engine/services/process_table.h"
#include "harness/engine/site/whole_file.h"
#include "harness/journal/journal.h"

namespace reprise {
namespace {

constexpr std::uintmax_t most_hashed = 16 << 20;  // bytes; more is not read for a drill

std::string content_of(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error || size > most_hashed) return "not read";
  const auto bytes = read_whole(path);
  if (!bytes) return "not read";
  return fmt::format("{} bytes, SHA-256 {:.16}", bytes->size(), sha256(*bytes));
}

nlohmann::json look_at_file(const std::string& path, Nature nature) {
  struct stat file{};
  if (::lstat(path.c_str(), &file) != 0) return {{"kind", "none"}};
  const char* kind = S_ISDIR(file.st_mode) ? "folder" : S_ISREG(file.st_mode) ? "file" : "other";
  nlohmann::json seen{{"kind", kind},
                      {"inode", std::to_string(file.st_ino)},
                      {"mode", fmt::format("{:04o}", file.st_mode & 07777)},
                      {"owner", fmt::format("{}:{}", file.st_uid, file.st_gid)}};
  if (nature == Nature::event && S_ISREG(file.st_mode)) seen["content"] = content_of(path);
  return seen;
}

// Mount points at the path, the lowest first: "tmpfs size=64k".
std::string look_at_mounts(const std::string& path) {
  std::ifstream lines("/proc/self/mountinfo");
  std::vector<std::string> mounts;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string skipped, where, type, source, options;
    words >> skipped >> skipped >> skipped >> skipped >> where;
    const auto dash = line.find(" - ");
    if (where != path || dash == line.npos) continue;
    std::istringstream rest(line.substr(dash + 3));
    rest >> type >> source >> options;
    mounts.push_back(fmt::format("{} {}", type, options));
  }
  return mounts.empty() ? "none" : fmt::format("{}", fmt::join(mounts, ", then "));
}

std::string line_of(const std::string& path, const std::string& begin) {
  std::ifstream lines(path);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(begin)) return line;
  }
  return {};
}

// Nothing when it has ended.
nlohmann::json look_at_process(const ProcessId& process) {
  if (start_ticks(process.pid) != process.start_ticks) return nullptr;
  const std::string folder = fmt::format("/proc/{}/", process.pid);
  const bool stopped = line_of(folder + "status", "State:").find("T (") != std::string::npos;
  std::istringstream limit(line_of(folder + "limits", "Max open files"));
  std::string word, soft, hard;
  limit >> word >> word >> word >> soft >> hard;
  return {{"state", stopped ? "stopped" : "going"}, {"open files", soft + "/" + hard}};
}

// `about` begins each difference.
void compare(const std::string& about, const nlohmann::json& before, const nlohmann::json& now,
             std::vector<std::string>& differences) {
  for (const auto& [what, value] : before.items()) {
    const auto was = value.get<std::string>();
    const std::string is = now.value(what, "none");
    if (is != was) differences.push_back(fmt::format("{}{} was {}, is {}", about, what, was, is));
  }
}

}  // namespace

nlohmann::json fingerprint(const Surroundings& surroundings, Target target, const std::string& into,
                           Nature nature) {
  nlohmann::json seen = nlohmann::json::object();
  if (target == Target::file) {
    if (const auto path = surroundings.file(into)) {
      seen["file"] = {{"path", path->string()}, {"was", look_at_file(path->string(), nature)}};
    }
  } else if (target == Target::disk) {
    if (const auto path = surroundings.disk(into)) {
      seen["disk"] = {{"path", path->string()}, {"was", {{"mounts", look_at_mounts(*path)}}}};
    }
  } else if (target == Target::service) {
    for (const ProcessId& process : surroundings.process_tree(into)) {
      auto was = look_at_process(process);
      if (was.is_null()) continue;
      seen["processes"].push_back(
          {{"pid", process.pid}, {"start_ticks", process.start_ticks}, {"was", std::move(was)}});
    }
  }
  return seen;
}

std::vector<std::string> differences(const nlohmann::json& before, Nature nature) {
  std::vector<std::string> found;
  if (before.contains("file")) {
    const std::string path = before.at("file").at("path");
    auto was = before.at("file").at("was");
    const auto now = look_at_file(path, nature);
    // Another file by the same name is one that the system has made itself.
    const bool rebuilt = now.at("kind") == "file" && now.at("inode") != was.value("inode", "");
    was.erase("inode");
    if (nature == Nature::event || !rebuilt) compare(path + ": ", was, now, found);
  }
  if (before.contains("disk")) {
    const std::string path = before.at("disk").at("path");
    compare(path + ": ", before.at("disk").at("was"), {{"mounts", look_at_mounts(path)}}, found);
  }
  for (const auto& process : before.value("processes", nlohmann::json::array())) {
    const auto now = look_at_process({process.at("pid"), process.at("start_ticks")});
    if (now.is_null()) continue;
    auto was = process.at("was");
    // Another fault's doing, and healed since.
    if (was.at("state") == "stopped") was.erase("state");
    compare(fmt::format("process {}: ", process.at("pid").get<int>()), was, now, found);
  }
  return found;
}

std::vector<std::string> differences_of_states(const nlohmann::json& before,
                                               const nlohmann::json& now) {
  std::vector<std::string> found;
  auto known = before;
  known.update(now);
  compare("", before, known, found);
  return found;
}

}  // namespace reprise
