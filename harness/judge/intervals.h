// Outages and recovery intervals.
//
// y is the last bad sample of an outage, z the first of the sustained run after it; s their
// intended instants, c their completions. The service came back somewhere in [s_y, c_z].
// Ownership: plain values; indices point into the caller's points. Threads: any.
#pragma once

#include <optional>
#include <vector>

#include "harness/judge/judge.h"
#include "harness/judge/timeline.h"

namespace reprise {

struct Outage {
  std::size_t first_bad = 0;
  std::size_t last_bad = 0;         // y
  std::optional<std::size_t> back;  // z; none: the drill ended before a run was sustained
  std::optional<std::size_t> tail;  // without z: where the good run began that the end cut short
  bool unseen = false;              // an instant between y and z was not looked at
};

// Bad stretches, each up to the first good run of which every instant scheduled in
// [s_z, s_z + sustained] was good. Good runs shorter than that belong to the outage.
[[nodiscard]] std::vector<Outage> outages(const std::vector<Point>& points, Duration sustained,
                                          Duration every);

// Counted from an incident that began at `earliest` and was complete at `latest`: the instants of
// command and arming, or twice the instant of healing. Never below zero.
[[nodiscard]] Interval recovery_interval(Duration last_bad_intended,
                                         std::optional<Duration> back_finished, Duration earliest,
                                         Duration latest);

}  // namespace reprise
