#include "harness/engine/services/process_table.h"

#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "harness/engine/site/whole_file.h"
#include "harness/model/time.h"

namespace reprise {
namespace {

// Of pidfs, where a pidfd's inode number is the process's own (linux/magic.h of newer kernels).
constexpr long pidfs_magic = 0x50494446;

constexpr int most_looks = 11;  // a millisecond apart, at environments that are empty

// Empty when the process has ended.
std::string read_proc(pid_t pid, const char* file) {
  return read_whole(fmt::format("/proc/{}/{}", pid, file)).value_or("");
}

bool has_program(pid_t pid) {
  std::error_code error;
  return !std::filesystem::read_symlink(fmt::format("/proc/{}/exe", pid), error).empty();
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
  struct statfs system{};
  struct stat file{};
  const bool known =
      ::fstatfs(pidfd, &system) == 0 && system.f_type == pidfs_magic && ::fstat(pidfd, &file) == 0;
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
  auto unread = every_pid();
  for (int look = 0; look < most_looks && !unread.empty(); ++look) {
    if (look > 0) std::this_thread::sleep_for(1ms);
    // While a process executes another program it has, for an instant, no environment at all.
    // Whoever is without for good (a kernel's thread, a zombie) has no program either.
    std::erase_if(unread, [&](pid_t pid) {
      const std::string environment = read_proc(pid, "environ");
      if (environment.empty()) return !has_program(pid);
      if (('\0' + environment).find('\0' + assignment + '\0') != std::string::npos) {
        if (const auto start = start_ticks(pid)) marked.push_back({pid, *start});
      }
      return true;
    });
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
