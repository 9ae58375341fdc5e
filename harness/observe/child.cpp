#include "harness/observe/child.h"

#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "harness/engine/services/program.h"

namespace reprise {
namespace {

namespace asio = boost::asio;

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
  const auto pid = reprise::start({.command = options.arguments,
                                   .environment = our_environment_with(options.environment),
                                   .folder = options.folder,
                                   .descriptors = options.descriptors,
                                   .dies_with_us = true});
  if (!pid) return std::unexpected(pid.error());
  // Not reaped yet, so the number is still this process's.
  const auto pidfd = static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0));
  REPRISE_REQUIRE(pidfd >= 0);
  return std::unique_ptr<Child>(new Child(executor, *pid, pidfd));
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
