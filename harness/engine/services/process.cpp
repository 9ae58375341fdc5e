#include "harness/engine/services/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "harness/engine/services/process_table.h"
#include "harness/engine/services/program.h"

namespace reprise {
namespace {

constexpr Duration unfinished_within = std::chrono::seconds(1);

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
  Descriptors descriptors;
  int out[2] = {-1, -1};
  int err[2] = {-1, -1};
  bool opened = true;
  for (int* pipe : {out, err}) {
    opened = opened && ::pipe2(pipe, O_CLOEXEC) == 0;
    descriptors.add(pipe[0]);
    descriptors.add(pipe[1]);
  }
  if (!opened) return failure("cannot open a pipe: {}", std::strerror(errno));
  const auto pid = start({.command = launch.command,
                          .environment = launch.environment,
                          .folder = launch.folder,
                          .descriptors = {{1, out[1]}, {2, err[1]}},
                          .session = true});
  if (!pid) return std::unexpected(pid.error());
  std::unique_ptr<Process> process(new Process(executor, *pid));
  const int pidfd = descriptors.add(static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0)));
  if (pidfd < 0) return failure("cannot watch {}: {}", launch.command[0], std::strerror(errno));
  boost::system::error_code failed;
  auto adopt = [&](boost::asio::posix::stream_descriptor& to, int number) {
    if (!failed) to.assign(number, failed);
    if (!failed) descriptors.release(number);
  };
  adopt(process->pidfd_, pidfd);
  adopt(process->outputs_[0]->pipe, out[0]);
  adopt(process->outputs_[1]->pipe, err[0]);
  if (failed) return failure("cannot watch {}: {}", launch.command[0], failed.message());
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
