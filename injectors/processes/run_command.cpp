#include "injectors/processes/run_command.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace reprise {
namespace {

constexpr std::size_t most_output = 4096;

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

std::vector<std::string> merged_environment(const std::vector<std::string>& added) {
  std::map<std::string, std::string> values;
  const auto put = [&](const std::string& entry) {
    values[entry.substr(0, entry.find('='))] = entry;
  };
  for (char** entry = environ; *entry != nullptr; ++entry) put(*entry);
  for (const std::string& entry : added) put(entry);
  std::vector<std::string> merged;
  for (auto& [name, entry] : values) merged.push_back(std::move(entry));
  return merged;
}

// 0 or an errno.
int spawn(pid_t& child, std::vector<std::string> arguments, const std::filesystem::path& folder,
          std::vector<std::string> environment, int output) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  // A group of its own, to be ended as one; no blocked or ignored signals of ours.
  sigset_t none;
  sigset_t all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &all);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  ::posix_spawnattr_setflags(
      &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int code = ::posix_spawnp(&child, arguments.front().c_str(), &actions, &attributes,
                                  pointers(arguments).data(), pointers(environment).data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  return code;
}

// Everything that is to be had at once; keeps the beginning. False at the end.
bool drain(int pipe, std::string& output) {
  std::array<char, 4096> piece{};
  while (true) {
    const ssize_t got = ::read(pipe, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got < 0;
    const std::size_t room = most_output - output.size();
    output.append(piece.data(), std::min(room, static_cast<std::size_t>(got)));
  }
}

// Until the child has ended, which a daemon it left behind may well outlive; false when late.
bool watch(int child, int pipe, std::string& output, Duration within) {
  const auto deadline = std::chrono::steady_clock::now() + within;
  bool open = true;
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    std::array<pollfd, 2> watched{pollfd{.fd = child, .events = POLLIN, .revents = 0},
                                  pollfd{.fd = open ? pipe : -1, .events = POLLIN, .revents = 0}};
    ::poll(watched.data(), watched.size(), static_cast<int>(std::min<long>(left.count(), 1000)));
    if (watched[1].revents != 0) open = drain(pipe, output);
    if (watched[0].revents != 0) {
      if (open) drain(pipe, output);
      return true;
    }
  }
}

}  // namespace

std::string CommandOutcome::text(Duration within) const {
  std::string said = late          ? fmt::format("took longer than {}", format_duration(within))
                     : signal != 0 ? fmt::format("was killed by signal {}", signal)
                                   : fmt::format("ended with {}", exit);
  const std::size_t end = output.find_last_not_of(" \r\n\t");
  if (end == std::string::npos) return said;
  const std::size_t start = output.find_last_of('\n', end);
  const std::size_t first = start == std::string::npos ? 0 : start + 1;
  return fmt::format("{}: {}", said, output.substr(first, end + 1 - first));
}

Result<CommandOutcome> run_command(const std::vector<std::string>& arguments,
                                   const std::filesystem::path& folder,
                                   const std::vector<std::string>& environment, Duration within) {
  if (arguments.empty()) return failure("a command needs at least one argument");
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return failure("cannot run {}: {}", arguments.front(), std::strerror(errno));
  }
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  pid_t child = 0;
  const int code = spawn(child, arguments, folder, merged_environment(environment), ends[1]);
  ::close(ends[1]);
  if (code != 0) {
    ::close(ends[0]);
    return failure("cannot run {} in {}: {}", arguments.front(), folder.string(),
                   std::strerror(code));
  }
  CommandOutcome outcome;
  const int held = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
  outcome.late = held < 0 || !watch(held, ends[0], outcome.output, within);
  // Safe by number: the child is not reaped yet, so neither its pid nor its group is used again.
  if (outcome.late) ::kill(-child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (held >= 0) ::close(held);
  ::close(ends[0]);
  if (WIFEXITED(status)) outcome.exit = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
  return outcome;
}

}  // namespace reprise
