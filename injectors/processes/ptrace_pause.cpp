#include "injectors/processes/ptrace_pause.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <thread>

#include <dirent.h>
#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "injectors/processes/helper_processes.h"
#include "injectors/processes/stopped_tree.h"

namespace reprise {
namespace {

constexpr auto longest_wait = 2s;
constexpr std::size_t longest_path = 32;  // "/proc/4194304/task"

// Who is born while being traced is traced and stopped from its first instant.
constexpr long with_offspring = PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK;

// The tracer runs in a fork of a program with threads: nothing but system calls from here on.

// True when it is traced now and was not before.
bool seize(pid_t thread) {
  if (::ptrace(PTRACE_SEIZE, thread, nullptr, with_offspring) != 0) return false;
  ::ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr);
  return true;
}

// True when a thread was found that was not traced yet.
bool seize_threads(const char* folder) {
  const int tasks = ::open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (tasks < 0) return false;
  bool found = false;
  alignas(dirent64) std::array<char, 4096> entries{};
  long size = 0;
  while ((size = ::syscall(SYS_getdents64, tasks, entries.data(), entries.size())) > 0) {
    for (long at = 0; at < size;) {
      const auto* entry = reinterpret_cast<const dirent64*>(entries.data() + at);
      pid_t thread = 0;
      const char* end = entry->d_name + std::strlen(entry->d_name);
      std::from_chars(entry->d_name, end, thread);
      if (thread > 0) found |= seize(thread);
      at += entry->d_reclen;
    }
  }
  ::close(tasks);
  return found;
}

void hold_still(const std::vector<std::array<char, longest_path>>& folders) {
  for (const auto& folder : folders) {
    // A thread that is not stopped yet may start others.
    while (seize_threads(folder.data())) {
    }
  }
  // A tracer is told of its tracees' ends before their parents are, so it must listen.
  while (::waitpid(-1, nullptr, __WALL) > 0 || errno == EINTR) {
  }
}

bool traced(const HeldProcess& process) {
  const auto state = read_process_state(process.pid());
  return state && state->state == 't' && !process.ended();
}

bool comes_true(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + longest_wait;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

class PtracePause final : public Injector {
 public:
  PtracePause(const FaultSpec& spec, const Surroundings& surroundings)
      : service_(spec.into), surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() override {
    auto receipt = stopped_tree_receipt(surroundings_, service_);
    if (receipt) receipt->update(HelperProcesses::receipt());
    return receipt;
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    auto members = stopped_tree(receipt);
    if (!members) return std::unexpected(members.error());
    if (members->empty()) return failure("{} had ended when it was to be paused", service_);
    std::vector<std::array<char, longest_path>> folders;
    for (const HeldProcess& member : *members) {
      *fmt::format_to(folders.emplace_back().data(), "/proc/{}/task", member.pid()) = '\0';
    }
    const auto started = tracer_.start(receipt, 1, [folders] { hold_still(folders); });
    if (!started) return std::unexpected(started.error());
    stopped_ = std::move(*members);
    if (comes_true([this] { return all_traced(); })) return {};
    return failure(
        "{} cannot be traced: that needs the same user, and CAP_SYS_PTRACE where the "
        "kernel restricts it (kernel.yama.ptrace_scope)",
        service_);
  }

  Result<void> revert(const nlohmann::json& receipt) override {
    tracer_.stop();
    if (const auto ended = HelperProcesses::end(receipt); !ended) return ended;
    const auto members = stopped_tree(receipt);
    if (!members) return std::unexpected(members.error());
    if (comes_true([&] { return std::ranges::none_of(*members, traced); })) return {};
    return failure("{} is still traced", service_);
  }

  std::optional<Bite> confirm() override {
    if (tracer_.living().empty() || !all_traced()) return std::nullopt;
    return Bite{surroundings_.now(),
                fmt::format("process {}{} held still by ptrace (state t)", stopped_.front().pid(),
                            stopped_.size() == 1
                                ? std::string(" is")
                                : fmt::format(" and {} below it are", stopped_.size() - 1))};
  }

 private:
  bool all_traced() {
    std::erase_if(stopped_, [](const HeldProcess& process) { return process.ended(); });
    return !stopped_.empty() && std::ranges::all_of(stopped_, traced);
  }

  std::string service_;
  const Surroundings& surroundings_;
  HelperProcesses tracer_;
  std::vector<HeldProcess> stopped_;
};

}  // namespace

std::unique_ptr<Injector> ptrace_pause(const FaultSpec& spec, const Surroundings& surroundings) {
  return std::make_unique<PtracePause>(spec, surroundings);
}

}  // namespace reprise
