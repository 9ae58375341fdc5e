// Runs the faults of a drill: every round at its time, healed at its time, its victims looked for.
//
// Ownership: refers to what the drill owns; whatever is still in place when it dies is undone,
// newest first. Threads: the engine thread.
#pragma once

#include <list>
#include <memory>

#include "harness/engine/drill/active_fault.h"
#include "harness/engine/drill/starts.h"
#include "harness/engine/drill/steady_state.h"

namespace reprise {

class FaultRounds {
 public:
  FaultRounds(Course& course, Starts& starts, SteadyState& steady);
  FaultRounds(const FaultRounds&) = delete;
  FaultRounds& operator=(const FaultRounds&) = delete;
  ~FaultRounds();

  void launch_all();
  // What is still in place when all rounds have ended: events are only tidied up now.
  boost::asio::awaitable<void> undo_the_rest();

 private:
  using Work = boost::asio::awaitable<void>;

  Work run(const FaultSpec& spec);
  Work run_round(const FaultSpec& spec, int round);
  Work look_for_victim(std::shared_ptr<ActiveFault> fault);

  Course& course_;
  Starts& starts_;
  SteadyState& steady_;
  FaultContext context_;
  std::list<std::shared_ptr<ActiveFault>> active_;  // oldest first
};

}  // namespace reprise
