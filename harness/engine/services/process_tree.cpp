#include "harness/engine/services/process_tree.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <thread>
#include <utility>

#include "harness/engine/services/process_table.h"

namespace reprise {
namespace {

std::vector<ProcessId> session_members(pid_t leader) {
  std::vector<ProcessId> found;
  for (const pid_t pid : every_pid()) {
    if (::getsid(pid) != leader) continue;
    if (const auto start = start_ticks(pid)) found.push_back({pid, *start});
  }
  return found;
}

}  // namespace

std::string drill_mark(std::string_view drill_id) {
  return fmt::format("REPRISE_DRILL={}", drill_id);
}

std::string service_mark(std::string_view drill_id, std::string_view service) {
  return fmt::format("REPRISE_SERVICE={}/{}", drill_id, service);
}

std::vector<ProcessId> members(const Family& family) {
  std::vector<ProcessId> found;
  std::set<pid_t> known{::getpid()};
  auto add = [&](const std::vector<ProcessId>& more) {
    for (const auto& process : more) {
      if (known.insert(process.pid).second) found.push_back(process);
    }
  };
  // The session's number means this session only while its leader keeps it taken.
  if (family.first && start_ticks(family.first->pid) == family.first->start_ticks) {
    add({*family.first});
    add(descendants(family.first->pid));
    add(session_members(family.first->pid));
  }
  const std::size_t own = found.size();
  add(processes_marked(family.mark));
  for (std::size_t i = own; i < found.size(); ++i) add(descendants(found[i].pid));
  return found;
}

std::vector<std::string> strays(std::string_view drill_id) {
  std::set<pid_t> known{::getpid()};
  const auto know = [&](const std::vector<ProcessId>& more) {
    for (const ProcessId& process : more) known.insert(process.pid);
  };
  know(descendants(::getpid()));
  for (const ProcessId& marked : processes_marked(drill_mark(drill_id))) {
    known.insert(marked.pid);
    know(descendants(marked.pid));
  }
  std::vector<std::string> out;
  for (const ProcessId& process : descendants(::getppid())) {
    const auto state = read_process_state(process.pid);
    if (known.contains(process.pid) || !state || state->state == 'Z') continue;
    std::ifstream comm(fmt::format("/proc/{}/comm", process.pid));
    std::string name;
    std::getline(comm, name);
    if (!name.empty()) out.push_back(fmt::format("{} ({})", name, process.pid));
  }
  return out;
}

ProcessHandle::ProcessHandle(const ProcessId& process) : pid_(process.pid) {
  descriptor_ = static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0));
  // Looked at after opening: from now on the descriptor cannot mean another process.
  if (descriptor_ >= 0 && start_ticks(process.pid) != process.start_ticks) {
    ::close(descriptor_);
    descriptor_ = -1;
  }
}

ProcessHandle::ProcessHandle(ProcessHandle&& other) noexcept
    : pid_(other.pid_), descriptor_(std::exchange(other.descriptor_, -1)) {}

ProcessHandle& ProcessHandle::operator=(ProcessHandle&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

ProcessHandle::~ProcessHandle() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool ProcessHandle::alive() const {
  if (descriptor_ < 0) return false;
  pollfd ended{descriptor_, POLLIN, 0};
  return ::poll(&ended, 1, 0) == 0;
}

void ProcessHandle::signal(int number) const {
  if (descriptor_ >= 0) ::syscall(SYS_pidfd_send_signal, descriptor_, number, nullptr, 0);
}

std::size_t kill_members(const Family& family) {
  std::size_t living = 0;
  for (const auto& process : members(family)) {
    const ProcessHandle handle(process);
    if (!handle.alive()) continue;
    handle.signal(SIGKILL);
    ++living;
  }
  return living;
}

bool extinguish(const Family& family, std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (kill_members(family) > 0) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace reprise
