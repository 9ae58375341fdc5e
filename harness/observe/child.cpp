#include "harness/observe/child.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace reprise {
namespace {

namespace asio = boost::asio;

// Made before fork: between fork and exec only calls that are safe in a signal handler are
// allowed, and allocating is not.
struct Prepared {
  std::string program;
  std::string folder;
  std::vector<std::string> environment;
  std::vector<char*> argument_pointers;
  std::vector<char*> environment_pointers;
  std::vector<std::pair<int, int>> moved;  // from a high copy of ours -> the child's number
  pid_t parent = ::getpid();
};

std::string find_program(const std::string& name) {
  if (name.find('/') != name.npos) return name;
  const char* path = ::getenv("PATH");
  std::string_view rest = path ? path : "/usr/bin:/bin";
  while (!rest.empty()) {
    const auto colon = rest.find(':');
    const auto candidate = fmt::format("{}/{}", rest.substr(0, colon), name);
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    rest = colon == rest.npos ? std::string_view{} : rest.substr(colon + 1);
  }
  return {};
}

std::vector<std::string> merged_environment(const std::vector<std::string>& over) {
  std::map<std::string, std::string> merged;
  const auto add = [&](const std::string& entry) {
    const auto equals = entry.find('=');
    if (equals != entry.npos) merged[entry.substr(0, equals)] = entry;
  };
  for (char** entry = ::environ; *entry; ++entry) add(*entry);
  for (const auto& entry : over) add(entry);
  std::vector<std::string> entries;
  for (auto& [name, entry] : merged) entries.push_back(std::move(entry));
  return entries;
}

// Runs in the child. Descriptors are copied high first, so that none overwrites another.
[[noreturn]] void become(const Prepared& prepared, int report) {
  const auto give_up = [&] {
    const int why = errno;
    [[maybe_unused]] const auto written = ::write(report, &why, sizeof why);
    ::_exit(127);
  };
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != prepared.parent) ::_exit(127);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  int highest = 2;
  for (const auto& [from, to] : prepared.moved) {
    if (::dup2(from, to) < 0) give_up();
    highest = std::max(highest, to);
  }
  if (::dup2(report, highest + 1) < 0) give_up();
  report = highest + 1;
  ::fcntl(report, F_SETFD, FD_CLOEXEC);
  ::close_range(static_cast<unsigned>(report) + 1, ~0U, 0);
  if (!prepared.folder.empty() && ::chdir(prepared.folder.c_str()) != 0) give_up();
  ::execve(prepared.program.c_str(), prepared.argument_pointers.data(),
           prepared.environment_pointers.data());
  give_up();
  ::_exit(127);
}

int read_failure(int pipe_end) {
  int why = 0;
  while (::read(pipe_end, &why, sizeof why) < 0 && errno == EINTR) {
  }
  return why;
}

Exit how(const siginfo_t& info) {
  if (info.si_code == CLD_EXITED) return {info.si_status, 0};
  return {128 + info.si_status, info.si_status};
}

}  // namespace

struct Child::Watched {
  Watched(const asio::any_io_executor& executor, int pidfd)
      : descriptor(executor, pidfd), timer(executor) {}
  asio::posix::stream_descriptor descriptor;
  asio::steady_timer timer;
};

Child::Child(const asio::any_io_executor& executor, pid_t pid, int pidfd)
    : pid_(pid), watched_(std::make_shared<Watched>(executor, pidfd)) {}

Result<std::unique_ptr<Child>> Child::start(const asio::any_io_executor& executor,
                                            const ChildOptions& options) {
  Prepared prepared;
  prepared.folder = options.folder.string();
  prepared.program = find_program(options.arguments.front());
  if (prepared.program.empty()) {
    return failure("cannot start {}: not found on the PATH", options.arguments.front());
  }
  auto arguments = options.arguments;
  for (auto& argument : arguments) prepared.argument_pointers.push_back(argument.data());
  prepared.argument_pointers.push_back(nullptr);
  prepared.environment = merged_environment(options.environment);
  for (auto& entry : prepared.environment) prepared.environment_pointers.push_back(entry.data());
  prepared.environment_pointers.push_back(nullptr);

  constexpr int high = 100;
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  auto wanted = options.descriptors;
  for (int number = 0; number < 3; ++number) wanted.emplace(number, null);
  for (const auto& [to, from] : wanted) {
    prepared.moved.emplace_back(::fcntl(from, F_DUPFD_CLOEXEC, high), to);
  }
  int report[2] = {-1, -1};
  int why = ::pipe2(report, O_CLOEXEC) == 0 ? 0 : errno;
  const int high_report = why == 0 ? ::fcntl(report[1], F_DUPFD_CLOEXEC, high) : -1;
  const pid_t pid = why == 0 ? ::fork() : -1;
  if (pid == 0) become(prepared, high_report);
  if (pid < 0 && why == 0) why = errno;
  for (const auto& [from, to] : prepared.moved) ::close(from);
  for (const int end : {null, report[1], high_report}) ::close(end);
  if (why == 0) why = read_failure(report[0]);
  ::close(report[0]);
  if (why != 0) {
    if (pid > 0) ::waitpid(pid, nullptr, 0);
    return failure("cannot start {}: {}", options.arguments.front(), std::strerror(why));
  }
  // Not reaped yet, so the number is still this process's.
  const auto pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  REPRISE_REQUIRE(pidfd >= 0);
  return std::unique_ptr<Child>(new Child(executor, pid, pidfd));
}

void Child::kill() {
  if (!exit_) ::kill(-pid_, SIGKILL);
}

asio::awaitable<std::optional<Exit>> Child::wait(Instant deadline) {
  const auto watched = watched_;
  auto& [descriptor, timer] = *watched;
  siginfo_t info{};
  while (!exit_) {
    const auto id = static_cast<id_t>(pid_);
    info.si_pid = 0;
    const int asked = ::waitid(P_PID, id, &info, WEXITED | WNOHANG | WNOWAIT);
    REPRISE_REQUIRE(asked == 0);  // nobody else may reap it
    if (info.si_pid != 0) {
      // Killed before it is reaped: until then nobody else can have the group's number.
      ::kill(-pid_, SIGKILL);
      ::waitid(P_PID, id, &info, WEXITED);
      exit_ = how(info);
      break;
    }
    if (std::chrono::steady_clock::now() >= deadline) co_return std::nullopt;
    timer.expires_at(deadline);
    timer.async_wait([watched](const boost::system::error_code& error) {
      boost::system::error_code ignored;
      if (!error) watched->descriptor.cancel(ignored);
    });
    boost::system::error_code ended;
    auto token = asio::redirect_error(asio::use_awaitable, ended);
    co_await descriptor.async_wait(asio::posix::stream_descriptor::wait_read, token);
    timer.cancel();
  }
  co_return exit_;
}

Child::~Child() {
  // Now, not when the last handler that shares it has run.
  boost::system::error_code ignored;
  watched_->descriptor.close(ignored);
  if (exit_) return;
  ::kill(-pid_, SIGKILL);
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED) < 0 && errno == EINTR) {
  }
}

}  // namespace reprise
