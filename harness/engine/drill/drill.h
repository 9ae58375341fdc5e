// One drill, from prepare to teardown, on whatever clock it is given.
//
//   prepare → steady → inject → hold → heal → recover → verify → teardown
//
// It acts and writes the journal; it judges nothing. A guard that fails or an operator who
// interrupts ends the timeline, heals at once and still goes through teardown. What runs faults
// (FaultRounds), what runs procedures (ProcedureRuns) and what keeps the phases (this) share a
// Course.
//
// Ownership: the parts outlive the drill. Threads: one engine thread.
#pragma once

#include <memory>
#include <vector>

#include "harness/engine/drill/fault_rounds.h"
#include "harness/engine/drill/ledger_run.h"
#include "harness/engine/drill/procedure_runs.h"

namespace reprise {

class DrillEngine {
 public:
  explicit DrillEngine(DrillParts parts);
  DrillEngine(const DrillEngine&) = delete;
  DrillEngine& operator=(const DrillEngine&) = delete;

  boost::asio::awaitable<void> run();
  // Ends the timeline and heals; `run` then returns after teardown.
  void interrupt(const std::string& signal);
  // The operator of a rehearsal has seen enough: heals what lasts, goes on to recovery.
  void heal_now() { course_.heal(); }

 private:
  using Work = boost::asio::awaitable<void>;

  Work prepare_and_drill();
  Work drill_prepared();
  boost::asio::awaitable<bool> prepare();
  // Of the ledgers that this scenario's assertions look at.
  bool open_ledgers();
  boost::asio::awaitable<bool> reach_steady_state();
  Work inject_and_hold();
  Work heal();
  Work recover();
  // Processes that nobody broke, watched or would have restarted: a drill of them shows nothing.
  Work look_for_strays();
  Work verify();
  Work teardown();

  void phase(std::string_view name);

  Course course_;
  Observers observers_;
  std::vector<std::unique_ptr<LedgerRun>> ledgers_;
  SteadyState steady_;
  Starts starts_;
  FaultRounds faults_;
  ProcedureRuns procedures_;
  int stolen_percent_ = 0;  // by the machine's host, from inject to recover
};

}  // namespace reprise
