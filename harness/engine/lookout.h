// What the probes see, live: who waits for a steady state, a trigger, a guard or a recovery asks
// here. The judge never does; it works from the journal.
//
// Ownership: the drill owns it. Threads: the engine thread.
#pragma once

#include <map>
#include <string>

#include "harness/engine/sampler.h"
#include "harness/model/scenario.h"

namespace reprise {

class Lookout {
 public:
  explicit Lookout(const Scenario& scenario) : scenario_(scenario) {}

  void add(const Seen& seen);

  // How long `watch` has held without a break up to its newest sample, counted over intended
  // instants from `since` on; nothing when its newest sample does not hold or there is none.
  [[nodiscard]] std::optional<Duration> held(const Watch& watch, Instant since) const;
  // How long it has been violated, likewise.
  [[nodiscard]] std::optional<Duration> violated(const Watch& watch, Instant since) const;
  // What the newest sample of a probe saw, in a few words; for diagnostics.
  [[nodiscard]] std::string newest(const std::string& probe) const;
  // Whether the sustained run that `awaited` asks for is complete: every sample intended in
  // [z, z + sustained] has finished at the wanted level, z not before `since`.
  [[nodiscard]] bool recovered(const Awaited& awaited, Instant since, Instant settled) const;

 private:
  // By intended instant; samples finish out of order.
  using Samples = std::map<Instant, Observation>;
  [[nodiscard]] std::optional<Duration> run_length(const Watch& watch, Instant since,
                                                   bool holding) const;
  [[nodiscard]] bool holds(const std::string& probe, const Expected& expect,
                           const Observation& seen) const;

  const Scenario& scenario_;
  std::map<std::string, Samples> seen_;
};

}  // namespace reprise
