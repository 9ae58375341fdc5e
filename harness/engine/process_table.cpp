#include "harness/engine/process_table.h"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace reprise {
namespace {

// Of pidfs, where a pidfd's inode number is the process's own (linux/magic.h of newer kernels).
constexpr long pidfs_magic = 0x50494446;

// Empty when the process ends meanwhile: reading then fails, which a stream turns into a state and
// its iterators would throw.
std::string read_proc(pid_t pid, const char* file) {
  std::ostringstream text;
  text << std::ifstream(fmt::format("/proc/{}/{}", pid, file), std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace

std::optional<ProcessState> read_process_state(pid_t pid) {
  const std::string text = read_proc(pid, "stat");
  // The second field, the name, may hold anything but ends with the last parenthesis.
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text.substr(name_end + 1));
  ProcessState read;
  fields >> read.state >> read.parent;
  std::string skipped;
  for (int field = 5; field < 22; ++field) fields >> skipped;
  fields >> read.start_ticks;
  if (!fields) return std::nullopt;
  return read;
}

std::optional<std::uint64_t> start_ticks(pid_t pid) {
  const auto state = read_process_state(pid);
  return state ? std::optional(state->start_ticks) : std::nullopt;
}

std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

std::uint64_t identity_of(int pidfd) {
  struct statfs system {};
  struct stat file {};
  const bool known = ::fstatfs(pidfd, &system) == 0 && system.f_type == pidfs_magic &&
                     ::fstat(pidfd, &file) == 0;
  return known ? file.st_ino : 0;
}

std::uint64_t process_identity(const ProcessId& process) {
  const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0));
  if (pidfd < 0) return 0;
  const std::uint64_t identity =
      start_ticks(process.pid) == process.start_ticks ? identity_of(pidfd) : 0;
  ::close(pidfd);
  return identity;
}

std::vector<pid_t> every_pid() {
  std::vector<pid_t> pids;
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator("/proc", error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename();
    pid_t pid = 0;
    const char* end = name.data() + name.size();
    if (std::from_chars(name.data(), end, pid).ptr == end) pids.push_back(pid);
  }
  return pids;
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

std::vector<ProcessId> descendants(pid_t root) {
  std::multimap<pid_t, ProcessId> children;
  for (const pid_t pid : every_pid()) {
    const auto state = read_process_state(pid);
    if (!state || state->state == 'Z') continue;
    children.insert({state->parent, {pid, state->start_ticks}});
  }
  std::vector<ProcessId> found;
  std::vector<pid_t> parents{root};
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
