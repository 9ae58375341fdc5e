#include "injectors/processes/held_process.h"

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

#include "injectors/receipts/receipt.h"

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
  for (const pid_t pid : every_pid()) {
    const auto state = read_process_state(pid);
    if (!state || state->start_ticks != start_ticks) continue;
    if (pid_namespace(std::to_string(pid)) == space && innermost_pid(pid) == inner) return pid;
  }
  return 0;
}

}  // namespace

nlohmann::json process_receipt(const ProcessId& process) {
  return {{"pid", process.pid},
          {"start_ticks", process.start_ticks},
          {"boot_id", boot_id()},
          {"pid_namespace", pid_namespace("self")},
          {"identity", process_identity(process)}};
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
  const auto identity = receipt.value("identity", std::uint64_t{0});
  if (identity != 0 && identity != identity_of(descriptor)) return std::nullopt;
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
