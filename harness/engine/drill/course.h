// The course of a drill, as its phases, its faults and its procedures share it: how each of them
// waits, what is at work, and whether the drill is ending.
//
// Ownership: the drill owns it; the parts outlive the drill. Threads: the engine thread.
#pragma once

#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "harness/engine/drill/step.h"
#include "harness/engine/event.h"
#include "harness/engine/services/supervisor.h"
#include "harness/engine/site/site.h"
#include "harness/engine/undo/undo_log.h"
#include "harness/journal/journal.h"

namespace reprise {

struct DrillParts {
  boost::asio::any_io_executor executor;
  Clock& clock;
  Journal& journal;
  BlockingPool& pool;
  UndoLog& undo_log;
  const Plan& plan;
  const Scenario& scenario;
  Site& site;
  Supervisor& supervisor;
  Instant origin;  // journal time 0
  std::uint64_t seed;
  int repeat;
  std::vector<Awaited> awaited;  // what the recover phase waits for, one an assertion
  // Asks the operator; see StepContext. An error when nobody is there.
  std::function<boost::asio::awaitable<Result<std::string>>(const Step&)> ask;
  // The journal's file: ledgers are written beside it.
  std::filesystem::path journal_file = {};
  std::vector<Awaited> at_the_end = {};  // the steady state as it must be when all is over
};

class Course {
 public:
  using Work = boost::asio::awaitable<void>;

  explicit Course(DrillParts parts);

  // Returns when `condition` is true (asked after every change), the deadline has passed, or
  // the drill is ending; true when the condition held.
  boost::asio::awaitable<bool> wait_until(std::function<bool()> condition, Instant deadline);
  // The same until whatever lasts is to end.
  boost::asio::awaitable<bool> wait_for_healing(Instant deadline);
  // Returns at the deadline, or when the drill is ending.
  Work pause_until(Instant deadline);
  // Returns when the count is zero, also while the drill is ending.
  Work wait_for_none(const std::size_t& running);
  // Whoever waits looks again.
  void changed() { changed_.notify(); }

  // What it throws is the harness's own trouble: the drill ends, and heals, in order.
  Work or_trouble(Work work);
  // Starts it beside; `running` counts it as long as it runs.
  void launch(Work work, std::size_t& running);

  // Cuts the drill short: everything is healed.
  void end(std::string_view event, nlohmann::json fields, std::string outcome);
  // Whatever lasts is to end now.
  void heal();
  // Before anything was broken: there will be no drill.
  void cannot_start(const std::string& what);

  [[nodiscard]] bool healing() const { return healing_; }
  [[nodiscard]] bool ending() const { return ending_; }
  [[nodiscard]] const std::string& outcome() const { return outcome_; }
  [[nodiscard]] Instant now() const { return parts.clock.now(); }

  const DrillParts parts;
  std::mt19937_64 random;
  Instant begun{};           // when the inject phase began
  Instant last_start{};      // of a fault or procedure
  Instant last_incident{};   // an event was armed, a condition healed, a procedure ended
  std::size_t launched = 0;  // coroutines of the inject phase that still run
  std::size_t lasting = 0;   // of these, how many only end with the heal phase
  std::size_t looking = 0;   // coroutines that look for a fault's first victim
  std::size_t at_work = 0;   // procedures being executed, faults in place `for` a time

 private:
  Event changed_;
  bool healing_ = false;
  bool ending_ = false;
  std::string outcome_ = "completed";
};

}  // namespace reprise
