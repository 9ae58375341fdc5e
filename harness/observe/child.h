// A program of the harness's own (a `command` probe, the browser), in a process group of its own:
// whatever it starts in turn ends with it.
//
// Ownership: a Child owns its process group; destroying it kills the group and waits for the end.
// Threads: the engine thread; the child dies with the thread that started it.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "harness/model/error.h"
#include "harness/model/time.h"

namespace reprise {

struct ChildOptions {
  std::vector<std::string> arguments;    // the first is searched for on the PATH
  std::vector<std::string> environment;  // NAME=value, over our own
  std::filesystem::path folder;          // empty: ours
  std::map<int, int> descriptors;        // the child's number -> ours; 0-2 default /dev/null
};

// How a process ended.
struct Exit {
  int code = 0;  // 128 + signal when it was killed, as shells count
  int signal = 0;
};

class Child {
 public:
  static Result<std::unique_ptr<Child>> start(const boost::asio::any_io_executor& executor,
                                              const ChildOptions& options);
  ~Child();

  [[nodiscard]] pid_t pid() const { return pid_; }
  // Nothing at the deadline. Once it has ended, the rest of its group is killed.
  boost::asio::awaitable<std::optional<Exit>> wait(Instant deadline);
  void kill();

 private:
  struct Watched;
  Child(const boost::asio::any_io_executor& executor, pid_t pid, int pidfd);

  pid_t pid_;
  std::shared_ptr<Watched> watched_;
  std::optional<Exit> exit_;
};

}  // namespace reprise
