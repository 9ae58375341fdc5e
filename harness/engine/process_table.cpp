#include "harness/engine/process_table.h"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

namespace reprise {
namespace {

struct Stat {
  pid_t parent = 0;
  std::uint64_t start = 0;
};

std::string read_proc(pid_t pid, const char* file) {
  std::ifstream stream(fmt::format("/proc/{}/{}", pid, file), std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::optional<Stat> read_stat(pid_t pid) {
  const std::string text = read_proc(pid, "stat");
  // The second field, the name, may hold anything but ends with the last parenthesis.
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(text.substr(name_end + 1));
  std::string field;
  Stat stat;
  for (int number = 3; rest >> field && number <= 22; ++number) {
    const char* end = field.data() + field.size();
    if (number == 4) std::from_chars(field.data(), end, stat.parent);
    if (number == 22) std::from_chars(field.data(), end, stat.start);
  }
  return stat;
}

std::vector<pid_t> every_pid() {
  std::vector<pid_t> pids;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename();
    pid_t pid = 0;
    const char* end = name.data() + name.size();
    if (std::from_chars(name.data(), end, pid).ptr == end) pids.push_back(pid);
  }
  return pids;
}

}  // namespace

std::optional<std::uint64_t> start_ticks(pid_t pid) {
  const auto stat = read_stat(pid);
  return stat ? std::optional(stat->start) : std::nullopt;
}

std::vector<ProcessId> processes_marked(const std::string& assignment) {
  std::vector<ProcessId> marked;
  for (const pid_t pid : every_pid()) {
    const std::string environment = '\0' + read_proc(pid, "environ");
    if (environment.find('\0' + assignment + '\0') == std::string::npos) continue;
    if (const auto start = start_ticks(pid)) marked.push_back({pid, *start});
  }
  return marked;
}

std::vector<ProcessId> descendants_of(pid_t pid) {
  std::multimap<pid_t, ProcessId> children;
  for (const pid_t candidate : every_pid()) {
    if (const auto stat = read_stat(candidate)) {
      children.insert({stat->parent, {candidate, stat->start}});
    }
  }
  std::vector<ProcessId> found;
  std::vector<pid_t> parents{pid};
  for (std::size_t i = 0; i < parents.size(); ++i) {
    const auto [first, last] = children.equal_range(parents[i]);
    for (auto child = first; child != last; ++child) {
      found.push_back(child->second);
      parents.push_back(child->second.pid);
    }
  }
  return found;
}

}  // namespace reprise
