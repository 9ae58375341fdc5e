// One child process: its own session, output read line by line, end told by a pidfd.
//
// Ownership: a Process owns its child; destroying it kills the first process, if it still runs,
// and reaps it. Threads: the engine thread, except that launch may be called on any.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "harness/engine/services/printed_lines.h"
#include "harness/engine/site/surroundings.h"

namespace reprise {

struct Launch {
  std::vector<std::string> command;      // argument vector; a bare name is looked for in PATH
  std::vector<std::string> environment;  // NAME=value, all of it; the last of a name wins
  std::filesystem::path folder;          // absolute
};

struct Ending {
  int code = 0;
  int signal = 0;  // 0: it exited by itself

  [[nodiscard]] bool clean() const { return code == 0 && signal == 0; }
  // "exited with code 3", "killed by SIGKILL".
  [[nodiscard]] std::string text() const;
};

enum class Stream { out, err };

class Process {
 public:
  // Standard input is /dev/null, no other descriptor is inherited, signals are as at boot. A
  // program that cannot be executed is an error here, not an exit code later.
  static Result<std::unique_ptr<Process>> launch(const boost::asio::any_io_executor& executor,
                                                 const Launch& launch);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  // Also the number of its session and, until it makes others, of its process group.
  [[nodiscard]] const ProcessId& id() const { return id_; }
  // How it ended; nothing while it runs. The first answer reaps it.
  std::optional<Ending> ending();
  // Returns once it has ended; may be waited for by several.
  boost::asio::awaitable<void> ended();
  // To the process group of a process that still runs.
  void signal_group(int number);

  // Adds what was printed since, and what has waited for its end for a second. Returns also when
  // there was nothing for `patience`, if any is given. False: nothing more will come (also the
  // last line, without its end, has been added).
  boost::asio::awaitable<bool> read(Stream stream, std::vector<PrintedLine>& lines,
                                    std::optional<Duration> patience);
  // Something was printed that is neither a whole line nor was given out.
  [[nodiscard]] bool unfinished(Stream stream) const;

 private:
  struct Output;
  Process(const boost::asio::any_io_executor& executor, pid_t pid);

  ProcessId id_;
  boost::asio::posix::stream_descriptor pidfd_;
  std::array<std::shared_ptr<Output>, 2> outputs_;
  std::optional<Ending> ending_;
};

}  // namespace reprise
