#include "injectors/processes/run_command.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/engine/services/program.h"

namespace reprise {
namespace {

constexpr std::size_t most_output = 4096;

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
  const auto child = start({.command = arguments,
                            .environment = our_environment_with(environment),
                            .folder = folder,
                            .descriptors = {{1, ends[1]}, {2, ends[1]}}});
  ::close(ends[1]);
  if (!child) {
    ::close(ends[0]);
    return std::unexpected(child.error());
  }
  CommandOutcome outcome;
  const int held = static_cast<int>(::syscall(SYS_pidfd_open, *child, 0));
  outcome.late = held < 0 || !watch(held, ends[0], outcome.output, within);
  // Safe by number: the child is not reaped yet, so neither its pid nor its group is used again.
  if (outcome.late) ::kill(-*child, SIGKILL);
  int status = 0;
  while (::waitpid(*child, &status, 0) < 0 && errno == EINTR) {
  }
  if (held >= 0) ::close(held);
  ::close(ends[0]);
  if (WIFEXITED(status)) outcome.exit = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) outcome.signal = WTERMSIG(status);
  return outcome;
}

}  // namespace reprise
