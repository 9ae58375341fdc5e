// What the probes see, live: who waits for a steady state, a trigger, a guard or a recovery asks
// here. The judge never does; it works from the journal.
//
// Ownership: the drill owns it. Threads: the engine thread.
#pragma once

#include <map>
#include <string>

#include "harness/engine/drill/sampler.h"
#include "harness/model/scenario/scenario.h"

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
  // [i_z, f_z + sustained] has finished at the wanted level, i_z not before `since`. Every sample
  // intended before `settled` has finished.
  [[nodiscard]] bool recovered(const Awaited& awaited, Instant since, Instant settled) const;
  // Whether such a run has begun by `latest` and lasts.
  [[nodiscard]] bool recovering(const Awaited& awaited, Instant since, Instant latest) const;
  // Whether no request to the probe has been out for longer than one interval and every good sample
  // of the last `watch.hold`: such a one shows that the system hung before anything was broken.
  [[nodiscard]] bool none_overdue(const Watch& watch, Instant now, Instant settled) const;
  // Whether every sample that was out or answered in the last `watch.hold` holds, and none has been
  // out for longer than one interval and every good one of these (docs/measures.md, 4).
  [[nodiscard]] bool steady(const Watch& watch, Instant now, Instant settled) const;

 private:
  struct Finished {
    Instant at;
    Observation observation;
    Duration every, patience;  // of its probe
  };
  // By intended instant; samples finish out of order.
  using Samples = std::map<Instant, Finished>;
  [[nodiscard]] std::optional<Duration> run_length(const Watch& watch, Instant since,
                                                   Truth wanted) const;
  [[nodiscard]] Truth judged(const std::string& probe, const Expected& expect,
                             const Finished& seen) const;

  const Scenario& scenario_;
  std::map<std::string, Samples> seen_;
};

}  // namespace reprise
