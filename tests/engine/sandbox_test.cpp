// What a sandbox keeps apart, and that nothing of it outlives its first process.
#include "tests/support/in_sandbox.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

int listen_on(std::uint16_t port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool done = ::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                    ::listen(listener, 1) == 0;
  return done ? listener : -1;
}

std::uint16_t port_of(int listener) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

TEST(Sandbox, HasALoopbackOfItsOwn) {
  const int outside = listen_on(0);
  const std::uint16_t port = port_of(outside);
  EXPECT_EQ(listen_on(port), -1);
  in_sandbox([&] { EXPECT_GE(listen_on(port), 0); });
  ::close(outside);
}

TEST(Sandbox, ReachesNothingOutside) {
  in_sandbox([] {
    const int out = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(80);
    address.sin_addr.s_addr = htonl(0xC0000201);  // 192.0.2.1, of the documentation's network
    EXPECT_NE(::connect(out, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(errno, ENETUNREACH);
  });
}

TEST(Sandbox, KeepsItsMountsToItself) {
  const TemporaryFolder folder;
  in_sandbox([&] {
    EXPECT_EQ(::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=1m"), 0);
    std::ofstream(folder.path() / "inside") << "x";
  });
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "inside"));
}

TEST(Sandbox, KeepsUsersAndTheOwnersOfFiles) {
  const TemporaryFolder folder;
  const auto user = ::geteuid();
  in_sandbox([&] {
    EXPECT_EQ(::geteuid(), user);
    std::ofstream(folder.path() / "written") << "x";
  });
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "written"));
}

TEST(Sandbox, EndsWithItsFirstProcessDaemonsIncluded) {
  int pipe[2];
  ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
  auto inside = [&] {
    // A daemon in a session of its own, deaf to what asks it to end.
    if (::fork() == 0) {
      ::setsid();
      if (::fork() != 0) ::_exit(0);
      ::signal(SIGTERM, SIG_IGN);
      ::signal(SIGHUP, SIG_IGN);
      (void)!::write(pipe[1], "d", 1);
      ::pause();
    }
    ::pause();
    return 0;
  };
  const auto first = fork_sandboxed(inside);
  if (!first) GTEST_SKIP() << "no sandbox on this machine: " << first.error().text();
  ::close(pipe[1]);
  char byte = 0;
  ASSERT_EQ(::read(pipe[0], &byte, 1), 1);
  ::kill(*first, SIGKILL);
  ::waitpid(*first, nullptr, 0);
  // The daemon held the last write end: its end is the end of the pipe.
  pollfd ended{pipe[0], POLLIN, 0};
  EXPECT_EQ(::poll(&ended, 1, 5000), 1);
  EXPECT_EQ(::read(pipe[0], &byte, 1), 0);
  ::close(pipe[0]);
}

TEST(Sandbox, TellsHowItsWorkEnded) {
  auto code_of = [](const std::function<int()>& inside) {
    const auto first = fork_sandboxed(inside);
    int status = 0;
    if (first) ::waitpid(*first, &status, 0);
    return first && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  };
  if (auto possible = try_sandbox(); !possible) {
    GTEST_SKIP() << "no sandbox on this machine: " << possible.error().text();
  }
  EXPECT_EQ(code_of([] { return 7; }), 7);
  EXPECT_EQ(code_of([] { return ::kill(::getpid(), SIGKILL); }), 128 + SIGKILL);
}

TEST(Sandbox, PassesTheOperatorsSignalsOn) {
  auto inside = [] {
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGTERM);
    sigprocmask(SIG_BLOCK, &wanted, nullptr);
    ::kill(1, SIGTERM);  // as the guardian does from outside
    int signal = 0;
    sigwait(&wanted, &signal);
    return signal == SIGTERM ? 5 : 0;
  };
  const auto first = fork_sandboxed(inside);
  if (!first) GTEST_SKIP() << "no sandbox on this machine: " << first.error().text();
  int status = 0;
  ::waitpid(*first, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 5);
}

}  // namespace
}  // namespace reprise
