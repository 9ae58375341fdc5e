// One drill, from prepare to teardown, on whatever clock it is given.
//
//   prepare → steady → inject → hold → heal → recover → verify → teardown
//
// It acts and writes the journal; it judges nothing. A guard that fails or an operator who
// interrupts ends the timeline, heals at once and still goes through teardown.
//
// Ownership: the parts outlive the drill. Threads: one engine thread.
#pragma once

#include <list>
#include <memory>
#include <random>
#include <vector>

#include "harness/engine/drill/active_fault.h"
#include "harness/engine/drill/ledger_run.h"
#include "harness/engine/drill/lookout.h"
#include "harness/engine/drill/sampler.h"
#include "harness/engine/drill/step.h"
#include "harness/engine/drill/stolen_time.h"
#include "harness/engine/services/supervisor.h"
#include "harness/engine/site/site.h"

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

class DrillEngine {
 public:
  explicit DrillEngine(DrillParts parts);
  DrillEngine(const DrillEngine&) = delete;
  DrillEngine& operator=(const DrillEngine&) = delete;
  ~DrillEngine();

  boost::asio::awaitable<void> run();
  // Ends the timeline and heals; `run` then returns after teardown.
  void interrupt(const std::string& signal);
  // The operator of a rehearsal has seen enough: heals what lasts, goes on to recovery.
  void heal_now();

 private:
  using Work = boost::asio::awaitable<void>;

  Work prepare_and_drill();
  Work drill_prepared();
  boost::asio::awaitable<bool> prepare();
  boost::asio::awaitable<bool> open_probes();
  // Of the ledgers that this scenario's assertions look at.
  bool open_ledgers();
  void cannot_start(const std::string& what);
  boost::asio::awaitable<bool> reach_steady_state();
  // Whether `holds` is true of each watch of the steady state, with the time that it must hold;
  // `lacking` becomes the probe of the first of which it is not.
  [[nodiscard]] bool all_steady(std::string& lacking,
                                const std::function<bool(const Watch&)>& holds) const;
  // Whether the steady state holds, and no request to it has been out for suspiciously long.
  [[nodiscard]] bool steady(std::string& lacking) const;
  // Waits for that before the first command of the drill; false when it is lost for good.
  boost::asio::awaitable<bool> steady_at_the_command();
  Work inject_and_hold();
  Work heal();
  Work recover();
  // Processes that nobody broke, watched or would have restarted: a drill of them shows nothing.
  Work look_for_strays();
  Work verify();
  Work teardown();

  // What it throws is the harness's own trouble: the drill ends, and heals, in order.
  Work or_trouble(Work work);
  // Starts it beside; `running` counts it as long as it runs.
  void launch(Work work, std::size_t& running);
  Work run_fault(std::size_t index);
  Work run_round(const FaultSpec& spec, int round);
  Work look_for_victim(std::shared_ptr<ActiveFault> fault);
  Work run_procedure(std::size_t index);
  // A step of a procedure, as the journal names it: `run` is the procedure's place in the scenario.
  struct RunningStep {
    const std::string& procedure;
    std::size_t run;
    int index;
    const Step& step;
  };
  boost::asio::awaitable<bool> run_step(RunningStep running);
  void note_step(const RunningStep& running, std::string_view state, const std::string& result);
  boost::asio::awaitable<Result<std::string>> bounded(const StepKind& kind, const Step& step);
  boost::asio::awaitable<Result<void>> wait_for_probe(const Step& step);
  // False when it was not seen until `patience` after the last incident, nothing being at work.
  boost::asio::awaitable<bool> wait_to_see(const Watch& watch);
  // Waits for `at`, `after` or `when`; false when it never comes.
  boost::asio::awaitable<bool> wait_for_start(const Start& start);
  // Returns when `condition` is true (asked after every change), the deadline has passed, or
  // the drill is ending; true when the condition held.
  boost::asio::awaitable<bool> wait_until(std::function<bool()> condition, Instant deadline);

  void phase(std::string_view name);
  void saw(const Seen& seen);
  void end_timeline(std::string_view event, nlohmann::json fields, std::string outcome);
  [[nodiscard]] Instant recovery_begins() const;
  [[nodiscard]] Instant settled(const std::string& probe) const;

  DrillParts parts_;
  FaultContext fault_context_;
  Lookout lookout_;
  Event changed_;
  std::mt19937_64 random_;
  std::vector<std::unique_ptr<Sampler>> samplers_;
  std::vector<std::unique_ptr<LedgerRun>> ledgers_;
  std::list<std::shared_ptr<ActiveFault>> active_;  // oldest first
  std::map<std::string, bool> over_;                // fault id -> all its rounds are over
  std::map<std::string, bool> injected_;            // fault id -> a round of it was in place
  std::size_t launched_ = 0;                        // coroutines of the timeline that still run
  std::size_t lasting_ = 0;  // of these, how many only end with the heal phase
  std::size_t looking_ = 0;  // coroutines that look for a fault's first victim
  std::size_t at_work_ = 0;  // procedures being executed, faults in place `for` a time
  Instant timeline_{};       // when the inject phase began
  Instant last_start_{};     // of a fault or procedure
  Instant last_incident_{};  // an event was armed, a condition healed, a procedure ended
  bool commanded_ = false;   // the first command was given
  bool guarded_ = false;     // abort conditions are watched
  bool healing_ = false;     // whatever lasts is to end now
  bool ending_ = false;      // the timeline is cut short
  int stolen_percent_ = 0;   // by the machine's host, from inject to recover
  std::string outcome_ = "completed";
};

}  // namespace reprise
