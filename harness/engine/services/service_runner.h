// One service of the plan while a drill runs: its process, its readiness, its restart policy.
//
// Ownership: the Supervisor owns it, and its own coroutines keep it alive until they notice that it
// was abandoned. Threads: the engine thread only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "harness/engine/blocking.h"
#include "harness/engine/event.h"
#include "harness/engine/services/process.h"
#include "harness/engine/services/process_tree.h"
#include "harness/engine/services/service_log.h"
#include "harness/journal/journal.h"
#include "harness/observe/probe.h"

namespace reprise {

// What every runner of a drill shares; all of it outlives them.
struct RunnerParts {
  boost::asio::any_io_executor executor;
  Clock& clock;
  Journal& journal;
  BlockingPool& pool;
  Site& site;
  std::function<void(const ProcessId&)> started;
};

class ServiceRunner : public std::enable_shared_from_this<ServiceRunner> {
 public:
  // `patterns`: what is asked of lines that are not kept whole.
  ServiceRunner(const Service& service, RunnerParts parts, std::vector<LogPattern> patterns);

  boost::asio::awaitable<Result<void>> start();
  boost::asio::awaitable<Result<void>> stop(bool force);
  // SIGKILL and reap, at once; nothing is journaled.
  void kill() noexcept;
  // Returns when all that its processes printed was read, or at the deadline.
  boost::asio::awaitable<void> heard_out(Instant deadline);
  // After this its coroutines touch nothing but the runner itself.
  void abandon() noexcept;
  [[nodiscard]] bool running() const;
  [[nodiscard]] const Service& service() const { return service_; }

 private:
  using Child = std::shared_ptr<Process>;

  // service_runner.cpp
  boost::asio::awaitable<Result<void>> launch();
  Result<Launch> description() const;
  void settle(Child child);  // by value: it may be the member itself, which it lets go
  boost::asio::awaitable<void> watch(Child child);
  [[nodiscard]] bool wants_restart(const Ending& ending) const;
  [[nodiscard]] Duration next_delay();
  boost::asio::awaitable<void> restart_later();
  boost::asio::awaitable<bool> wait_gone(std::vector<ProcessHandle>& handles, Instant deadline);
  boost::asio::awaitable<Result<void>> extinguish_family(Family family);
  boost::asio::awaitable<void> stop_orderly(Process& child, const Family& everybody);
  boost::asio::awaitable<void> look_again_soon();
  [[nodiscard]] Family family() const;
  void note(std::string_view state, nlohmann::json fields = nlohmann::json::object());

  // service_output.cpp
  boost::asio::awaitable<void> follow(Child child, Stream stream);

  // readiness.cpp
  boost::asio::awaitable<Result<void>> wait_ready();
  boost::asio::awaitable<Result<void>> wait_answer(Instant deadline);
  [[nodiscard]] Result<std::unique_ptr<Probe>> make_probe() const;
  // Why waiting is pointless, if it is.
  [[nodiscard]] std::optional<std::string> hopeless() const;
  boost::asio::awaitable<std::string> with_last_words(std::string why);

  const Service& service_;
  RunnerParts parts_;
  ServiceLog log_;
  Event changed_;
  Child child_;                   // the process, until its end was noted
  std::optional<Ending> ending_;  // of the last process
  Instant launched_{};
  std::size_t log_from_ = 0;  // where the log of the last process begins
  int open_streams_ = 0;      // of all its processes
  bool wanted_ = false;       // somebody started it and nobody stopped it
  bool ready_ = false;
  bool restarting_ = false;  // waits to be launched again
  bool abandoned_ = false;
  int launching_ = 0;  // calls of launch under way
  int stopping_ = 0;   // calls of stop under way
  int waiting_ = 0;    // calls of wait_ready under way
  int failures_ = 0;   // in a row
};

}  // namespace reprise
