// A probe looks at the system as a user would and says what it saw; it never judges.
//
// Kinds register themselves, one .cpp each in observe/. The schedule (open loop, cap on those in
// flight, time-out) belongs to the engine; a probe only takes one sample when asked, and samples
// of one probe may overlap.
// Ownership: the drill owns probes and outlives their samples. Threads: the engine thread;
// blocking work goes through BlockingPool.
#pragma once

#include <functional>
#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "harness/engine/blocking.h"
#include "harness/engine/site/surroundings.h"
#include "harness/model/expectations/expectation.h"
#include "harness/model/plan/plan.h"
#include "harness/model/shapes/vocabulary.h"

namespace reprise {

struct ProbeContext {
  boost::asio::any_io_executor executor;  // the engine's
  const Surroundings& surroundings;
  BlockingPool& pool;
};

class Probe {
 public:
  virtual ~Probe() = default;
  // Before the first sample, once the system is ready: a browser is started here.
  virtual boost::asio::awaitable<Result<void>> open();
  // One sample. Returns an Observation for whatever happened (refused, reset, timeout, error
  // with `text`), never later than `deadline` plus a few milliseconds; does not fill in latency.
  // Keeps only what the spec's pointers, headers and served_by ask for.
  virtual boost::asio::awaitable<Observation> sample(Instant deadline) = 0;
};

// A sample of `probe`; what it throws is seen as an error.
boost::asio::awaitable<Observation> take_sample(Probe& probe, Instant deadline);

// An answer that says yes: HTTP 2xx, exit code 0, and any answer of another kind. So a service is
// ready and a write acknowledged, where the plan says nothing else.
[[nodiscard]] bool says_yes(const Observation& seen);

struct ProbeKind : ProbeInfo {
  // `spec.options` fits the kind's Shape; ${…} references are still to be resolved at the first
  // sample or in open(), since ports are known by then.
  std::function<Result<std::unique_ptr<Probe>>(const ProbeSpec& spec, const ProbeContext& context)>
      make;
};

}  // namespace reprise
