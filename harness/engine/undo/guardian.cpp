#include "harness/engine/undo/guardian.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <functional>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/engine/services/process_table.h"
#include "harness/engine/undo/sandbox.h"
#include "harness/engine/undo/undo.h"
#include "harness/engine/undo/worker.h"

namespace reprise {
namespace {

// From the end of the worker's pipe to the end of its process.
constexpr int moment_ms = 1000;

struct Worker {
  pid_t pid = 0;
  int alive = -1;  // read end of its signs of life
};

int watch_signals() {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGINT);
  sigaddset(&wanted, SIGTERM);
  sigprocmask(SIG_BLOCK, &wanted, nullptr);
  return ::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
}

void unblock_signals() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Without namespaces: the same worker, straight on the host.
Result<pid_t> fork_on_host(const std::function<int()>& inside) {
  const pid_t pid = ::fork();
  if (pid < 0) return failure("{}", std::strerror(errno));
  if (pid > 0) return pid;
  unblock_signals();
  // A second net only: it fires when the guardian is killed, and never on its own thread's end.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  ::_exit(inside());
}

Result<Worker> fork_worker(const Job& job, UndoLog& log) {
  int pipe[2];
  REPRISE_REQUIRE(::pipe2(pipe, O_CLOEXEC) == 0);
  auto inside = [&] {
    ::close(pipe[0]);
    const int code = run_worker(job, std::move(log), pipe[1]);
    std::fflush(nullptr);
    return code;
  };
  auto pid = job.sandboxed ? fork_sandboxed(inside) : fork_on_host(inside);
  ::close(pipe[1]);
  if (!pid) return failure("a worker cannot be started: {}", pid.error().text());
  log.started({*pid, start_ticks(*pid).value_or(0)});
  return Worker{*pid, pipe[0]};
}

// Forwards the operator's signals until the worker's pipe ends or falls silent.
std::string wait_for_end(const Worker& worker, int signals, const Job& job) {
  int answers = job.answers;
  bool interrupted = false;
  // The deadline counts from the first sign: before it the worker only copies the system's files,
  // which may take long and breaks nothing.
  int patience = -1;
  while (true) {
    pollfd waited[] = {{worker.alive, POLLIN, 0}, {signals, POLLIN, 0}, {answers, 0, 0}};
    const int count = ::poll(waited, answers >= 0 ? 3 : 2, patience);
    if (count < 0 && errno == EINTR) continue;
    if (count == 0) return "the worker gave no sign of life";
    if (waited[1].revents & POLLIN) {
      signalfd_siginfo signal{};
      (void)!::read(signals, &signal, sizeof signal);
      ::kill(worker.pid, static_cast<int>(signal.ssi_signo));
    }
    if (!interrupted && (waited[2].revents & (POLLHUP | POLLERR))) {
      // The command line is gone: nobody is left to be told, so heal and end in order.
      interrupted = true;
      ::kill(worker.pid, SIGTERM);
      answers = -1;
    }
    if (waited[0].revents & POLLIN) {
      char bytes[256];
      if (::read(worker.alive, bytes, sizeof bytes) <= 0) return {};
      patience = static_cast<int>(job.deadline / std::chrono::milliseconds(1));
      continue;
    }
    if (waited[0].revents & (POLLHUP | POLLERR)) return {};
  }
}

// Ends it when it has not ended by itself in a moment: a stopped process would stay so for ever,
// and could wake up half-way through our undoing.
int reap(pid_t pid, int patience_ms) {
  const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  pollfd waited{pidfd, POLLIN, 0};
  if (::poll(&waited, 1, patience_ms) != 1) ::kill(pid, SIGKILL);
  ::close(pidfd);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

// Empty when it ended in order.
std::string reap_worker(const Worker& worker, std::string why) {
  const int status = reap(worker.pid, why.empty() ? moment_ms : 0);
  if (!why.empty()) return why;
  // A sandbox's first process tells of a signal as a shell does.
  const int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  if (code > 128) return fmt::format("the worker was ended by signal {}", code - 128);
  return code == 0 ? std::string() : fmt::format("the worker ended with code {}", code);
}

// Orphans and daemons fell to us, the subreaper: end and reap them all.
void end_descendants() {
  while (true) {
    for (const ProcessId& process : descendants(::getpid())) ::kill(process.pid, SIGKILL);
    const pid_t reaped = ::waitpid(-1, nullptr, 0);
    if (reaped < 0 && errno != EINTR) return;
  }
}

// Traversable by others, since a database server drops to a user of its own.
void make_working_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directory(folder, error);
  std::filesystem::permissions(folder, std::filesystem::perms(0711), error);
}

int guard(const Job& job, UndoLog log) {
  ::setsid();
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const int signals = watch_signals();
  make_working_folder(job.folder);
  const auto worker = fork_worker(job, log);
  if (!worker) {
    fmt::print(stderr, "reprise: {}\n", worker.error().text());
    (void)undo(log, *job.redaction);
    return guardian_could_not_start;
  }
  const std::string death = reap_worker(*worker, wait_for_end(*worker, signals, job));
  // Faults first, while the services they were put into still live; then everything else ends.
  const Undone undone = undo(log, *job.redaction);
  end_descendants();
  if (!death.empty() || !undone.failed.empty()) {
    const auto why = death.empty() ? "the drill could not undo it itself" : death;
    record_undo(job.journal, "guardian", why, undone);
  }
  return undone.failed.empty() ? guardian_clean : guardian_residue;
}

Residue describe(const Job& job) {
  Residue header;
  header.log = UndoLog::folder() / (job.mark + ".jsonl");
  header.drill = drill_name(job);
  header.folder = job.folder;
  header.journal = job.journal;
  header.plan = std::filesystem::absolute(job.plan->folder);
  header.boot_id = boot_id();
  header.mark = job.mark;
  return header;
}

}  // namespace

std::string drill_name(const Job& job) {
  std::string name = fmt::format("{}/{}", job.plan->name, job.scenario->name);
  if (job.scenario->repeat > 1) name += fmt::format("#{}", job.repeat + 1);
  return name;
}

Result<pid_t> fork_guardian(const Job& job) {
  std::fflush(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) return failure("a guardian cannot be started: {}", std::strerror(errno));
  if (pid > 0) return pid;
  for (const int descriptor : job.not_ours) ::close(descriptor);
  auto log = UndoLog::create(describe(job));
  if (!log) {
    fmt::print(stderr, "reprise: {}\n", log.error().text());
    ::_exit(guardian_could_not_start);
  }
  log->hide(*job.redaction);
  const int code = guard(job, std::move(*log));
  std::fflush(nullptr);
  ::_exit(code);
}

}  // namespace reprise
