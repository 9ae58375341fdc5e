// Runs the procedures of a drill: executed and timed, step by step.
//
// Ownership: refers to what the drill owns. Threads: the engine thread.
#pragma once

#include <string>

#include "harness/engine/drill/starts.h"
#include "harness/engine/drill/step.h"

namespace reprise {

class ProcedureRuns {
 public:
  ProcedureRuns(Course& course, Starts& starts, const Observers& observers)
      : course_(course), starts_(starts), observers_(observers) {}

  void launch_all();

 private:
  // A step of a procedure, as the journal names it: `run` is the procedure's place in the scenario.
  struct RunningStep {
    const std::string& procedure;
    std::size_t run;
    int index;
    const Step& step;
  };
  boost::asio::awaitable<void> execute(std::size_t index);
  boost::asio::awaitable<bool> run_step(RunningStep running);
  void note(const RunningStep& running, std::string_view state, const std::string& result);
  boost::asio::awaitable<Result<std::string>> bounded(const StepKind& kind, const Step& step);
  boost::asio::awaitable<Result<void>> wait_for_probe(const Step& step);

  Course& course_;
  Starts& starts_;
  const Observers& observers_;
};

}  // namespace reprise
