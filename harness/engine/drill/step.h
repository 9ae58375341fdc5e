// One step of a procedure; kinds register themselves, one .cpp each in engine/drill/steps/.
//
// Threads: the engine thread. Ownership: the drill owns what a StepContext refers to.
#pragma once

#include <functional>
#include <string>

#include <boost/asio/awaitable.hpp>

#include "harness/engine/blocking.h"
#include "harness/engine/clock.h"
#include "harness/engine/site/surroundings.h"
#include "harness/model/plan/plan.h"
#include "harness/model/shapes/vocabulary.h"

namespace reprise {

class Supervisor;

struct StepContext {
  Supervisor& supervisor;
  const Surroundings& surroundings;
  Clock& clock;
  BlockingPool& pool;
  // Asks a person to do something and returns their answer, or an error when nobody answers
  // within the step's time or nobody is there (not a terminal).
  std::function<boost::asio::awaitable<Result<std::string>>(const Step&)> ask;
  // Waits until a probe of the drill sees what the step's `expect` wants.
  std::function<boost::asio::awaitable<Result<void>>(const Step&)> wait_for_probe;
};

struct StepKind : KindInfo {
  // What was done, in a few words ("stopped server, client"), or why it could not be done. The
  // caller bounds it with the step's `within`.
  std::function<boost::asio::awaitable<Result<std::string>>(const Step&, StepContext&)> run;
  bool manual = false;  // a person acts
};

}  // namespace reprise
