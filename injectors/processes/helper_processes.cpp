#include "injectors/processes/helper_processes.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <future>

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "injectors/processes/held_process.h"
#include "injectors/receipts/receipt.h"

namespace reprise {
namespace {

constexpr std::string_view prefix = "reprise-";
constexpr std::size_t longest_name = 15;  // of a process, in the kernel
constexpr auto longest_dying = 2s;

std::string new_name() {
  constexpr std::string_view letters = "0123456789abcdefghijklmnopqrstuv";
  std::array<unsigned char, longest_name - prefix.size()> bytes{};
  REPRISE_REQUIRE(::getentropy(bytes.data(), bytes.size()) == 0);
  std::string name(prefix);
  for (const unsigned char byte : bytes) name += letters[byte % letters.size()];
  return name;
}

bool has_name(pid_t pid, const std::string& name) {
  std::ifstream file(fmt::format("/proc/{}/comm", pid));
  std::string found;
  return std::getline(file, found) && found == name;
}

[[noreturn]] void be_a_child(pid_t parent, const std::function<void()>& work) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // Before that call the parent's death would have gone unnoticed.
  if (::getppid() != parent) ::_exit(0);
  // The program's handlers mean nothing here.
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  // Whoever waits for the end of a pipe, a socket or a lock of the program must not wait for us.
  ::syscall(SYS_close_range, 0, ~0U, 0);
  work();
  ::_exit(0);
}

void reap(const std::vector<pid_t>& children) {
  for (const pid_t child : children) ::kill(child, SIGKILL);
  for (const pid_t child : children) {
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
}

}  // namespace

nlohmann::json HelperProcesses::receipt() {
  return {{"helper", new_name()}, {"boot_id", boot_id()}};
}

Result<void> HelperProcesses::start(const nlohmann::json& receipt, std::size_t count,
                                    std::function<void()> work) {
  const auto name = receipt_field<std::string>(receipt, "helper");
  if (!name) return std::unexpected(name.error());
  stop();
  std::promise<int> forked;
  // A thread that lives as long as the fault: the end of a pool's thread would be its children's.
  parent_ = std::thread([&forked, this, name = *name, count, work = std::move(work)] {
    // A child has the name of the thread that forked it, with no instant between.
    ::prctl(PR_SET_NAME, name.c_str());
    const pid_t self = ::getpid();
    int code = 0;
    while (code == 0 && children_.size() < count) {
      const pid_t child = ::fork();
      if (child == 0) be_a_child(self, work);
      if (child > 0) children_.push_back(child);
      if (child < 0) code = errno;
    }
    forked.set_value(code);
    over_.acquire();
    reap(children_);
  });
  const int code = forked.get_future().get();
  if (code == 0) return {};
  const std::size_t number = children_.size();
  stop();
  return failure("cannot start process {} of {}: {}", number + 1, count, std::strerror(code));
}

void HelperProcesses::stop() {
  if (!parent_.joinable()) return;
  over_.release();
  parent_.join();
  children_.clear();
}

std::vector<pid_t> HelperProcesses::living() const {
  std::vector<pid_t> found;
  for (const pid_t child : children_) {
    // Ours, and not reaped before stop, so the number is still its own.
    const auto state = read_process_state(child);
    if (state && state->state != 'Z') found.push_back(child);
  }
  return found;
}

Result<void> HelperProcesses::end(const nlohmann::json& receipt) {
  const auto name = receipt_field<std::string>(receipt, "helper");
  if (!name) return std::unexpected(name.error());
  const auto boot = receipt_field<std::string>(receipt, "boot_id");
  if (!boot) return std::unexpected(boot.error());
  if (!name->starts_with(prefix) || name->size() != longest_name) {
    return failure("\"{}\" is no name of ours", *name);
  }
  if (*boot != boot_id()) return {};
  for (const pid_t pid : every_pid()) {
    if (!has_name(pid, *name)) continue;
    const auto state = read_process_state(pid);
    if (!state) continue;
    const auto held = HeldProcess::open(process_receipt({pid, state->start_ticks}));
    if (!held) return std::unexpected(held.error());
    // Asked again, now that nobody else can have its number.
    if (!*held || !has_name(pid, *name)) continue;
    const auto sent = (*held)->signal(SIGKILL);
    if (!sent) return std::unexpected(sent.error());
    if (!(*held)->ends_within(longest_dying)) return failure("process {} does not end", pid);
  }
  return {};
}

}  // namespace reprise
