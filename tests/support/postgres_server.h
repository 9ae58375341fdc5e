// A PostgreSQL server of the test's own: a fresh cluster in a temporary folder, a free port on
// 127.0.0.1, run as an unprivileged user since PostgreSQL refuses to be root.
//
// Ownership: stopped and removed with the object; the kernel ends it when the test is killed.
// Threads: one.
#pragma once

#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/child_process.h"
#include "tests/support/free_port.h"
#include "tests/support/temporary_folder.h"

namespace reprise {

class PostgresServer {
 public:
  // `settings`: lines of its postgresql.conf.
  explicit PostgresServer(const std::string& settings = "") {
    take_folder();
    make({program("initdb"), "-D", data_, "-U", "spe", "-A", "trust", "-E", "UTF8", "--no-locale",
          "--no-sync", "-k"});
    std::ofstream(data_ / "postgresql.conf", std::ios::app) << settings;
    run();
  }
  // A standby of another one, which outlives it.
  struct StandbyOf {
    const PostgresServer& primary;
  };
  explicit PostgresServer(StandbyOf of) {
    take_folder();
    make({program("pg_basebackup"), "-d", of.primary.url("postgres"), "-D", data_, "-R", "-X",
          "stream", "-c", "fast", "--no-sync"});
    run();
  }
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;
  ~PostgresServer() { stop(); }

  // Every process of the server ends at once.
  void stop() { end(SIGQUIT); }
  // In order: its files are complete.
  void shut_down() { end(SIGINT); }
  [[nodiscard]] pid_t pid() const { return server_; }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
  [[nodiscard]] const std::filesystem::path& data() const { return data_; }
  [[nodiscard]] std::string address() const { return fmt::format("127.0.0.1:{}", port_); }
  [[nodiscard]] std::string url(const std::string& database,
                                const std::string& user = "spe") const {
    return fmt::format("postgresql://{}@{}/{}", user, address(), database);
  }

  // A program that belongs to the server.
  static std::string program(const std::string& name) {
    for (const int version : {17, 16, 15, 14, 13}) {
      const auto path = fmt::format("/usr/lib/postgresql/{}/bin/{}", version, name);
      if (std::filesystem::exists(path)) return path;
    }
    return name;
  }

 private:
  void end(int signal) {
    if (server_ <= 0) return;
    ::kill(server_, signal);
    ::waitpid(server_, nullptr, 0);
    server_ = 0;
  }

  void take_folder() {
    std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
    data_ = folder_.path() / "data";
    std::filesystem::create_directory(data_);
    std::filesystem::permissions(data_, std::filesystem::perms(0700));
    if (::geteuid() != 0) return;
    const passwd* user = ::getpwnam("postgres");
    if (user == nullptr) user = ::getpwnam("nobody");
    uid_ = user->pw_uid;
    gid_ = user->pw_gid;
    if (::chown(data_.c_str(), uid_, gid_) != 0) throw std::runtime_error("cannot chown");
  }

  void make(std::vector<std::string> arguments) {
    const std::string name = arguments.front();
    int status = 0;
    ::waitpid(start(std::move(arguments)), &status, 0);
    if (status != 0) throw std::runtime_error(name + ": " + folder_.read("log"));
  }

  void run() {
    port_ = free_port();
    server_ = start({program("postgres"), "-D", data_, "-p", std::to_string(port_), "-k", data_,
                     "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c",
                     "shared_buffers=16MB", "-c", "max_connections=20"});
    if (comes_true([this] { return accepts(); })) return;
    stop();
    throw std::runtime_error("postgres: " + folder_.read("log"));
  }

  // The last line of the server's pid file says "ready" once it accepts connections.
  [[nodiscard]] bool accepts() const {
    std::ifstream file(data_ / "postmaster.pid");
    std::string last;
    for (std::string line; std::getline(file, line);) last = line;
    return last.starts_with("ready");
  }

  pid_t start(std::vector<std::string> arguments) {
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    const int log =
        ::open((folder_.path() / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    const pid_t child = ::fork();
    if (child == 0) {
      ::dup2(log, 1);
      ::dup2(log, 2);
      const bool ours =
          uid_ == 0 || (::setgroups(0, nullptr) == 0 && ::setgid(gid_) == 0 && ::setuid(uid_) == 0);
      // After the change of user, which would clear it.
      ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
      if (ours && ::chdir("/") == 0) ::execvp(pointers[0], pointers.data());
      ::_exit(127);
    }
    ::close(log);
    return child;
  }

  TemporaryFolder folder_;
  std::filesystem::path data_;
  uid_t uid_ = 0;
  gid_t gid_ = 0;
  int port_ = 0;
  pid_t server_ = 0;
};

}  // namespace reprise
