#include "harness/engine/undo/sandbox.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>

#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace reprise {
namespace {

constexpr int namespaces = CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC;

// What the first process says through its pipe: nothing and the end of file means it is set up.
constexpr std::size_t longest_complaint = 200;

bool write_file(const std::string& path, const std::string& text) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool done = ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  ::close(file);
  return done;
}

// Every number we have ourselves, as itself. Without privilege that is our own one only.
std::string identity_map(const char* ours, unsigned own) {
  if (::geteuid() != 0) return fmt::format("{0} {0} 1\n", own);
  std::string map;
  std::ifstream ranges(ours);
  for (unsigned long first, outside, count; ranges >> first >> outside >> count;) {
    map += fmt::format("{0} {0} {1}\n", first, count);
  }
  return map;
}

Result<void> map_users(pid_t pid) {
  const std::string process = fmt::format("/proc/{}/", pid);
  if (::geteuid() != 0 && !write_file(process + "setgroups", "deny")) {
    return failure("groups cannot be given up: {}", std::strerror(errno));
  }
  if (!write_file(process + "uid_map", identity_map("/proc/self/uid_map", ::geteuid())) ||
      !write_file(process + "gid_map", identity_map("/proc/self/gid_map", ::getegid()))) {
    return failure("users cannot be mapped into a user namespace: {}", std::strerror(errno));
  }
  return {};
}

bool bring_up_loopback() {
  const int any = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ifreq request{};
  std::strcpy(request.ifr_name, "lo");
  bool up = any >= 0 && ::ioctl(any, SIOCGIFFLAGS, &request) == 0;
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
  up = up && ::ioctl(any, SIOCSIFFLAGS, &request) == 0;
  ::close(any);
  return up;
}

// In the first process: null, or what could not be set up.
const char* set_up() {
  if (::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return "private mounts";
  if (::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0) {
    return "a /proc of its own";
  }
  if (!bring_up_loopback()) return "a loopback of its own";
  return nullptr;
}

volatile sig_atomic_t passed_on_to = 0;

void pass_on(int signal) {
  if (passed_on_to > 0) ::kill(passed_on_to, signal);
}

// The life of the first process: it must reap for the whole namespace, and all end with it.
[[noreturn]] void be_first(const std::function<int()>& inside) {
  sigset_t blocked, before;
  sigfillset(&blocked);
  sigprocmask(SIG_SETMASK, &blocked, &before);
  const pid_t child = ::fork();
  if (child == 0) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    ::_exit(inside());
  }
  passed_on_to = child;
  struct sigaction action{};
  action.sa_handler = pass_on;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  sigemptyset(&blocked);
  sigprocmask(SIG_SETMASK, &blocked, nullptr);
  while (true) {
    int status = 0;
    const pid_t ended = ::waitpid(-1, &status, 0);
    if (ended < 0 && errno != EINTR) ::_exit(1);
    if (ended != child) continue;
    ::_exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
  }
}

[[noreturn]] void begin(int go, int complain, const std::function<int()>& inside) {
  // Whoever made us is single-threaded, so this fires at its end and not at a thread's.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  char mapped = 0;
  if (::read(go, &mapped, 1) != 1) ::_exit(1);
  if (const char* missing = set_up()) {
    const std::string text = fmt::format("{}: {}", missing, std::strerror(errno));
    (void)!::write(complain, text.data(), text.size());
    ::_exit(1);
  }
  ::close(go);
  ::close(complain);
  be_first(inside);
}

struct Pipe {
  int read = -1, write = -1;
  Pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) == 0) read = ends[0], write = ends[1];
  }
  ~Pipe() {
    if (read >= 0) ::close(read);
    if (write >= 0) ::close(write);
  }
  void close_write() { ::close(std::exchange(write, -1)); }
};

}  // namespace

Result<pid_t> fork_sandboxed(const std::function<int()>& inside) {
  Pipe go, complaint;
  std::fflush(nullptr);
  const auto pid = static_cast<pid_t>(::syscall(SYS_clone, namespaces | SIGCHLD, 0, 0, 0, 0));
  if (pid == 0) {
    ::close(go.write);
    ::close(complaint.read);
    begin(go.read, complaint.write, inside);
  }
  if (pid < 0) return failure("no namespaces of its own: {}", std::strerror(errno));
  const auto mapped = map_users(pid);
  if (mapped) (void)!::write(go.write, "m", 1);
  go.close_write();
  complaint.close_write();
  char text[longest_complaint];
  const auto length = ::read(complaint.read, text, sizeof text);
  if (mapped && length == 0) return pid;
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  if (!mapped) return std::unexpected(mapped.error());
  return failure("{}", std::string(text, static_cast<std::size_t>(std::max<ssize_t>(length, 0))));
}

Result<void> try_sandbox() {
  auto nothing = [] { return 0; };
  auto first = fork_sandboxed(nothing);
  if (!first) return std::unexpected(first.error());
  int status = 0;
  while (::waitpid(*first, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return failure("no process can be started inside");
}

}  // namespace reprise
