#include "harness/engine/services/program.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <boost/asio/io_context.hpp>
// With std::filesystem, Process v2 of Boost 1.81 forgets to include these two.
#include <boost/optional.hpp>
#include <boost/type_traits.hpp>
#define BOOST_PROCESS_USE_STD_FS
#include <boost/process/v2/posix/vfork_launcher.hpp>
#include <boost/process/v2/process.hpp>

namespace reprise {
namespace {

namespace process_v2 = boost::process::v2;

// What the child does to itself before exec: system calls only, as its memory is still the
// program's own.
struct ChildSetup {
  const Program& program;
  const std::map<int, int>& moved;  // the child's number -> a copy of ours beyond all of these
  const char* folder;               // null: ours
  pid_t parent;

  template <class Launcher>
  boost::system::error_code on_exec_setup(Launcher&, const std::filesystem::path&,
                                          const char* const*(&)) const {
    for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    if (program.dies_with_us) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() != parent) ::_exit(127);
    }
    const bool alone = program.session ? ::setsid() >= 0 : ::setpgid(0, 0) == 0;
    const bool done = alone && (!folder || ::chdir(folder) == 0) && take_descriptors();
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

 private:
  // Process v2 leaves those open that lie between those it passes on.
  [[nodiscard]] bool take_descriptors() const {
    unsigned next = 0;
    for (const auto& [to, from] : moved) {
      if (::dup2(from, to) < 0) return false;
      const auto taken = static_cast<unsigned>(to);
      if (taken > next && ::syscall(SYS_close_range, next, taken - 1, CLOSE_RANGE_CLOEXEC) != 0) {
        return false;
      }
      next = taken + 1;
    }
    return ::syscall(SYS_close_range, next, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
  }
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

// Copies of ours that lie beyond every number that the child wants, so that none is overwritten
// before it is taken.
class Copies {
 public:
  explicit Copies(std::map<int, int> wanted) {
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int number = 0; number < 3; ++number) wanted.emplace(number, null);
    const int beyond = wanted.rbegin()->first + 1;
    for (const auto& [to, from] : wanted) {
      const int copy = ::fcntl(from, F_DUPFD_CLOEXEC, beyond);
      if (copy < 0) problem_ = errno;
      moved_[to] = copy;
    }
    if (null >= 0) ::close(null);
  }
  Copies(const Copies&) = delete;
  Copies& operator=(const Copies&) = delete;
  ~Copies() {
    for (const auto& [to, copy] : moved_) {
      if (copy >= 0) ::close(copy);
    }
  }
  [[nodiscard]] const std::map<int, int>& moved() const { return moved_; }
  [[nodiscard]] int problem() const { return problem_; }  // an errno, or 0

 private:
  std::map<int, int> moved_;
  int problem_ = 0;
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

Result<pid_t> start(const Program& program) {
  if (program.command.empty()) return failure("there is no command to run");
  std::error_code error;
  if (!program.folder.empty() && !std::filesystem::is_directory(program.folder, error)) {
    return failure("{} is not a folder to run {} in", program.folder.string(), program.command[0]);
  }
  auto environment = by_name(program.environment);
  const auto path = find_program(program.command[0], environment["PATH"], program.folder);
  if (!path) return std::unexpected(path.error());
  if (environment["PATH"].empty()) environment.erase("PATH");
  std::vector<const char*> assignments;
  for (const auto& [name, assignment] : environment) assignments.push_back(assignment.c_str());
  assignments.push_back(nullptr);
  const std::vector<std::string> arguments(program.command.begin() + 1, program.command.end());

  const Copies copies(program.descriptors);
  if (copies.problem() != 0) {
    return failure("cannot run {}: {}", *path, std::strerror(copies.problem()));
  }
  const char* folder = program.folder.empty() ? nullptr : program.folder.c_str();
  const ChildSetup setup{program, copies.moved(), folder, ::getpid()};
  // A context of its own: the child would otherwise rebuild the engine's, in the program's memory.
  boost::asio::io_context none;
  // A forked child would find locks that other threads held, and may need one to get to exec.
  process_v2::posix::vfork_launcher launcher;
  launcher.env = assignments.data();
  for (const auto& [number, copy] : copies.moved()) launcher.fd_whitelist.push_back(number);
  boost::system::error_code failed;
  {
    const SignalsHeld held;
    auto process =
        launcher(none.get_executor(), failed, std::filesystem::path(*path), arguments, setup);
    if (!failed) process.detach();
  }
  if (!failed) return launcher.pid;
  // Process v2 forgets a child that could not exec.
  if (launcher.pid > 0) ::waitpid(launcher.pid, nullptr, 0);
  return failure("cannot run {}: {}", *path, failed.message());
}

std::vector<std::string> our_environment_with(const std::vector<std::string>& over) {
  std::vector<std::string> all;
  for (char** entry = ::environ; *entry != nullptr; ++entry) all.emplace_back(*entry);
  all.insert(all.end(), over.begin(), over.end());
  std::vector<std::string> out;
  for (auto& [name, assignment] : by_name(all)) out.push_back(std::move(assignment));
  return out;
}

}  // namespace reprise
