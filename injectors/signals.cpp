#include "injectors/signals.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "injectors/receipt.h"

namespace reprise {
namespace {

std::string pid_namespace(const std::string& process) {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/" + process + "/ns/pid", error).string();
}

// The last number of "NSpid:" is the pid that the process has in its innermost namespace.
pid_t innermost_pid(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("NSpid:")) continue;
    std::istringstream numbers(line.substr(6));
    pid_t last = 0;
    for (pid_t number = 0; numbers >> number;) last = number;
    return last;
  }
  return 0;
}

// Our own pid of a process that a receipt names from inside another pid namespace; 0 when gone.
pid_t seen_from_outside(pid_t inner, std::uint64_t start_ticks, const std::string& space) {
  for (const pid_t pid : all_processes()) {
    const auto state = read_process_state(pid);
    if (!state || state->start_ticks != start_ticks) continue;
    if (pid_namespace(std::to_string(pid)) == space && innermost_pid(pid) == inner) return pid;
  }
  return 0;
}

}  // namespace

std::string boot_id() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string id;
  std::getline(file, id);
  return id;
}

std::vector<pid_t> all_processes() {
  std::vector<pid_t> pids;
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator("/proc", error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    pid_t pid = 0;
    const auto read = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (read.ec == std::errc() && read.ptr == name.data() + name.size()) pids.push_back(pid);
  }
  return pids;
}

std::optional<ProcessState> read_process_state(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  if (!std::getline(file, line, '\0')) return std::nullopt;
  // The name in parentheses may itself hold spaces and parentheses.
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(name_end + 1));
  ProcessState read;
  fields >> read.state >> read.parent;
  std::string skipped;
  for (int field = 5; field < 22; ++field) fields >> skipped;
  fields >> read.start_ticks;
  if (!fields) return std::nullopt;
  return read;
}

std::vector<ProcessId> descendants(pid_t root) {
  std::multimap<pid_t, ProcessId> children;
  for (const pid_t pid : all_processes()) {
    const auto state = read_process_state(pid);
    if (!state || state->state == 'Z') continue;
    children.emplace(state->parent, ProcessId{pid, state->start_ticks});
  }
  std::vector<ProcessId> found;
  std::vector<pid_t> parents{root};
  for (std::size_t next = 0; next < parents.size(); ++next) {
    const auto [first, last] = children.equal_range(parents[next]);
    for (auto child = first; child != last; ++child) {
      found.push_back(child->second);
      parents.push_back(child->second.pid);
    }
  }
  return found;
}

nlohmann::json process_receipt(const ProcessId& process) {
  return {{"pid", process.pid},
          {"start_ticks", process.start_ticks},
          {"boot_id", boot_id()},
          {"pid_namespace", pid_namespace("self")}};
}

int signal_number(const std::string& name) {
  static const std::map<std::string, int> numbers{
      {"KILL", SIGKILL}, {"TERM", SIGTERM}, {"INT", SIGINT},   {"QUIT", SIGQUIT},
      {"HUP", SIGHUP},   {"ABRT", SIGABRT}, {"SEGV", SIGSEGV}, {"BUS", SIGBUS}};
  const auto found = numbers.find(name);
  return found == numbers.end() ? 0 : found->second;
}

Result<std::optional<HeldProcess>> HeldProcess::open(const nlohmann::json& receipt) {
  auto pid = receipt_field<pid_t>(receipt, "pid");
  if (!pid) return std::unexpected(pid.error());
  const auto start_ticks = receipt_field<std::uint64_t>(receipt, "start_ticks");
  if (!start_ticks) return std::unexpected(start_ticks.error());
  const auto boot = receipt_field<std::string>(receipt, "boot_id");
  if (!boot) return std::unexpected(boot.error());
  const auto space = receipt_field<std::string>(receipt, "pid_namespace");
  if (!space) return std::unexpected(space.error());

  // 0 and negative numbers would mean process groups, or everybody.
  if (*pid <= 0) return failure("{} is not the number of a process", *pid);
  if (*boot != boot_id()) return std::nullopt;
  if (*space != pid_namespace("self")) *pid = seen_from_outside(*pid, *start_ticks, *space);
  if (*pid == 0) return std::nullopt;

  const int descriptor = static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0));
  if (descriptor < 0) {
    if (errno == ESRCH) return std::nullopt;
    return failure("cannot hold process {}: {}", *pid, std::strerror(errno));
  }
  // Looked at after opening: whoever the descriptor holds, it is the recorded process or nobody
  // that will be signalled.
  HeldProcess held(descriptor, *pid);
  const auto state = read_process_state(*pid);
  if (!state || state->start_ticks != *start_ticks || held.ended()) return std::nullopt;
  return std::optional<HeldProcess>(std::move(held));
}

HeldProcess::HeldProcess(HeldProcess&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), pid_(other.pid_) {}

HeldProcess& HeldProcess::operator=(HeldProcess&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(pid_, other.pid_);
  return *this;
}

HeldProcess::~HeldProcess() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<bool> HeldProcess::signal(int number) const {
  if (::syscall(SYS_pidfd_send_signal, descriptor_, number, nullptr, 0) == 0) return true;
  if (errno == ESRCH) return false;
  return failure("cannot signal process {}: {}", pid_, std::strerror(errno));
}

bool HeldProcess::ends_within(Duration limit) const {
  pollfd watched{.fd = descriptor_, .events = POLLIN, .revents = 0};
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  return ::poll(&watched, 1, static_cast<int>(milliseconds)) == 1;
}

bool HeldProcess::stopped() const {
  const auto state = read_process_state(pid_);
  return !ended() && state && state->state == 'T';
}

}  // namespace reprise
