#include "harness/engine/services/process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
// With std::filesystem, Process v2 of Boost 1.81 forgets to include these two.
#include <boost/optional.hpp>
#include <boost/type_traits.hpp>
#define BOOST_PROCESS_USE_STD_FS
#include <boost/process/v2/posix/vfork_launcher.hpp>
#include <boost/process/v2/process.hpp>

#include "harness/engine/services/process_table.h"

namespace reprise {
namespace {

namespace process_v2 = boost::process::v2;

constexpr Duration unfinished_within = std::chrono::seconds(1);

// What the child does to itself before exec: system calls only, as its memory is still the
// program's own.
struct ChildSetup {
  int input;
  int out;
  int err;
  const char* folder;

  template <class Launcher>
  boost::system::error_code on_exec_setup(Launcher&, const std::filesystem::path&,
                                          const char* const*(&)) const {
    for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    const bool done = ::setsid() >= 0 && ::chdir(folder) == 0 && ::dup2(input, 0) >= 0 &&
                      ::dup2(out, 1) >= 0 && ::dup2(err, 2) >= 0 &&
                      // Process v2 leaves those below its own pipe open.
                      ::syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
    if (done) return {};
    return {errno, boost::system::system_category()};
  }

  // Process v2 would run the harness's own exit handlers in the child.
  template <class Launcher>
  void on_exec_error(Launcher&, const std::filesystem::path&, const char* const*(&),
                     const boost::system::error_code&) const {
    ::_exit(127);
  }
  // Never called: Process v2 of Boost 1.81 looks for this one before it calls the other.
  template <class Launcher>
  void on_exec_error(Launcher&, const boost::system::error_code&, const std::filesystem::path&,
                     const char* const*(&), const boost::system::error_code&) const;
};

// A signal that the child got before exec would run the program's handler in the program's memory.
class SignalsHeld {
 public:
  SignalsHeld() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;
  ~SignalsHeld() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

class Descriptors {
 public:
  ~Descriptors() {
    for (const int number : open_) {
      if (number >= 0) ::close(number);
    }
  }
  int add(int number) { return open_.emplace_back(number); }
  int release(int number) {
    std::erase(open_, number);
    return number;
  }

 private:
  std::vector<int> open_;
};

std::map<std::string, std::string> by_name(const std::vector<std::string>& environment) {
  std::map<std::string, std::string> assignments;
  for (const auto& assignment : environment) {
    const auto equals = assignment.find('=');
    if (equals == std::string::npos) continue;
    assignments[assignment.substr(0, equals)] = assignment;
  }
  return assignments;
}

Result<std::string> find_program(const std::string& name, const std::string& path_assignment,
                                 const std::filesystem::path& folder) {
  if (name.find('/') != std::string::npos) {
    if (::access((folder / name).c_str(), X_OK) == 0) return name;
    return failure("{} cannot be run: {}", (folder / name).string(), std::strerror(errno));
  }
  std::string_view path = path_assignment;
  path.remove_prefix(std::min(path.size(), std::string_view("PATH=").size()));
  if (path.empty()) path = "/usr/local/bin:/usr/bin:/bin";
  while (true) {
    const auto colon = path.find(':');
    const auto candidate = std::filesystem::path(path.substr(0, colon)) / name;
    std::error_code error;
    if (::access(candidate.c_str(), X_OK) == 0 &&
        std::filesystem::is_regular_file(candidate, error)) {
      return candidate.string();
    }
    if (colon == path.npos) break;
    path.remove_prefix(colon + 1);
  }
  return std::unexpected(Error{fmt::format("no program called {} was found in PATH", name),
                               "install it, or give its path",
                               {}});
}

}  // namespace

std::string Ending::text() const {
  if (signal == 0) return fmt::format("exited with code {}", code);
  const char* name = ::sigabbrev_np(signal);
  return name ? fmt::format("killed by SIG{}", name) : fmt::format("killed by signal {}", signal);
}

// Shared with the timer that ends a wait.
struct Process::Output {
  explicit Output(const boost::asio::any_io_executor& executor) : pipe(executor), timer(executor) {}
  boost::asio::posix::stream_descriptor pipe;
  boost::asio::steady_timer timer;
  PrintedLines lines;
  Instant since{};  // when the line that has not ended may have begun
};

Result<std::unique_ptr<Process>> Process::launch(const boost::asio::any_io_executor& executor,
                                                 const Launch& launch) {
  if (launch.command.empty()) return failure("there is no command to run");
  std::error_code error;
  if (!std::filesystem::is_directory(launch.folder, error)) {
    return failure("{} is not a folder to run {} in", launch.folder.string(), launch.command[0]);
  }
  auto environment = by_name(launch.environment);
  const auto program = find_program(launch.command[0], environment["PATH"], launch.folder);
  if (!program) return std::unexpected(program.error());
  if (environment["PATH"].empty()) environment.erase("PATH");

  Descriptors descriptors;
  int out[2] = {-1, -1};
  int err[2] = {-1, -1};
  const int input = descriptors.add(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  bool opened = input >= 0;
  for (int* pipe : {out, err}) {
    opened = opened && ::pipe2(pipe, O_CLOEXEC) == 0;
    descriptors.add(pipe[0]);
    descriptors.add(pipe[1]);
  }
  if (!opened) return failure("cannot open a pipe: {}", std::strerror(errno));

  std::vector<const char*> assignments;
  for (const auto& [name, assignment] : environment) assignments.push_back(assignment.c_str());
  assignments.push_back(nullptr);
  const std::vector<std::string> arguments(launch.command.begin() + 1, launch.command.end());
  const std::string folder = launch.folder.string();
  const ChildSetup setup{input, out[1], err[1], folder.c_str()};

  // A context of its own: the child would otherwise rebuild the engine's, in the program's memory.
  boost::asio::io_context none;
  // A forked child would find locks that other threads held, and may need one to get to exec.
  process_v2::posix::vfork_launcher launcher;
  launcher.env = assignments.data();
  boost::system::error_code failed;
  {
    const SignalsHeld held;
    auto process =
        launcher(none.get_executor(), failed, std::filesystem::path(*program), arguments, setup);
    if (!failed) process.detach();
  }
  if (failed) {
    // Process v2 forgets a child that could not exec.
    if (launcher.pid > 0) ::waitpid(launcher.pid, nullptr, 0);
    return failure("cannot run {}: {}", *program, failed.message());
  }
  std::unique_ptr<Process> process(new Process(executor, launcher.pid));
  const int pidfd = descriptors.add(static_cast<int>(::syscall(SYS_pidfd_open, launcher.pid, 0)));
  if (pidfd < 0) return failure("cannot watch {}: {}", *program, std::strerror(errno));
  auto adopt = [&](boost::asio::posix::stream_descriptor& to, int number) {
    if (!failed) to.assign(number, failed);
    if (!failed) descriptors.release(number);
  };
  adopt(process->pidfd_, pidfd);
  adopt(process->outputs_[0]->pipe, out[0]);
  adopt(process->outputs_[1]->pipe, err[0]);
  if (failed) return failure("cannot watch {}: {}", *program, failed.message());
  return process;
}

Process::Process(const boost::asio::any_io_executor& executor, pid_t pid)
    : id_{pid, start_ticks(pid).value_or(0)},
      pidfd_(executor),
      outputs_{std::make_shared<Output>(executor), std::make_shared<Output>(executor)} {}

Process::~Process() {
  if (ending()) return;
  // Nobody else reaps it, so the number is still its own.
  ::kill(id_.pid, SIGKILL);
  while (::waitpid(id_.pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::optional<Ending> Process::ending() {
  if (ending_) return ending_;
  if (!pidfd_.is_open()) return ending_;
  siginfo_t info{};
  const auto descriptor = static_cast<id_t>(pidfd_.native_handle());
  if (::waitid(P_PIDFD, descriptor, &info, WEXITED | WNOHANG) != 0) {
    // Reaped by somebody else: gone all the same, only nobody knows how.
    if (errno == ECHILD) ending_ = Ending{.code = -1};
  } else if (info.si_pid != 0) {
    ending_ = info.si_code == CLD_EXITED ? Ending{.code = info.si_status}
                                         : Ending{.signal = info.si_status};
  }
  return ending_;
}

boost::asio::awaitable<void> Process::ended() {
  while (!ending()) {
    co_await pidfd_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                               boost::asio::use_awaitable);
  }
}

void Process::signal_group(int number) {
  // Until it is reaped, its number cannot be given to another group.
  if (!ending()) ::kill(-id_.pid, number);
}

bool Process::unfinished(Stream stream) const {
  return outputs_[stream == Stream::out ? 0 : 1]->lines.unfinished();
}

boost::asio::awaitable<bool> Process::read(Stream stream, std::vector<PrintedLine>& lines,
                                           std::optional<Duration> patience) {
  const auto output = outputs_[stream == Stream::out ? 0 : 1];
  if (patience) {
    output->timer.expires_after(*patience);
    output->timer.async_wait([output](const boost::system::error_code& ended) {
      boost::system::error_code ignored;
      if (!ended) output->pipe.cancel(ignored);
    });
  }
  std::array<char, 64 << 10> bytes;
  boost::system::error_code error;
  auto buffer = boost::asio::buffer(bytes);
  auto token = boost::asio::redirect_error(boost::asio::use_awaitable, error);
  const std::size_t got = co_await output->pipe.async_read_some(buffer, token);
  output->timer.cancel();
  const auto now = std::chrono::steady_clock::now();
  if (!output->lines.unfinished()) output->since = now;
  output->lines.take({bytes.data(), got}, lines);
  if (!lines.empty()) output->since = now;
  if (now - output->since >= unfinished_within) {
    output->lines.tell_unfinished(lines);
    output->since = now;
  }
  if (!error || error == boost::asio::error::operation_aborted) co_return true;
  output->lines.finish(lines);
  co_return false;
}

}  // namespace reprise
