// A service that the drill starts as a process of this machine: the process, its readiness, its
// restart policy, and what it prints.
//
// Ownership and threads: see service_controller.h.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "harness/engine/event.h"
#include "harness/engine/services/process.h"
#include "harness/engine/services/process_tree.h"
#include "harness/engine/services/service_controller.h"
#include "harness/engine/services/service_log.h"

namespace reprise {

// Counts a call that is under way, also when it is cancelled.
class Counted {
 public:
  explicit Counted(int& count) : count_(count) { ++count_; }
  ~Counted() { --count_; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;

 private:
  int& count_;
};

class ProcessController final : public ServiceController,
                                public std::enable_shared_from_this<ProcessController> {
 public:
  ProcessController(const Service& service, ControllerParts parts,
                    std::vector<LogPattern> patterns);

  boost::asio::awaitable<Result<void>> start() override;
  boost::asio::awaitable<Result<void>> stop(bool force) override;
  void kill() noexcept override;
  boost::asio::awaitable<void> heard_out(Instant deadline) override;
  void abandon() noexcept override;
  [[nodiscard]] bool running() const override;
  [[nodiscard]] bool ends_with_drill() const override { return true; }

 private:
  using Child = std::shared_ptr<Process>;

  // process_controller.cpp
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
  // Whoever waits for this service looks again.
  void note(std::string_view state, nlohmann::json fields = nlohmann::json::object());

  // process_output.cpp
  boost::asio::awaitable<void> follow(Child child, Stream stream);

  // process_readiness.cpp
  boost::asio::awaitable<Result<void>> wait_ready();
  boost::asio::awaitable<Result<void>> stays_up(Instant deadline);
  // Why waiting is pointless, if it is.
  [[nodiscard]] std::optional<std::string> hopeless() const;
  boost::asio::awaitable<std::string> with_last_words(std::string why);

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
