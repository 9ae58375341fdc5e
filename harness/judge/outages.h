// Outages: maximal runs of samples below the wanted level, good runs shorter than W between them
// joined in (docs/measures.md, 6).
//
// g is the last good sample before one, y its last bad one, z the first of the sustained run that
// ends it. It began in [i_g, earliest f of its bad samples] and ended in [i_y, f_z].
// Ownership: plain values; indices point into the caller's samples. Threads: any.
#pragma once

#include <optional>
#include <vector>

#include "harness/judge/timeline.h"

namespace reprise {

// A sample as outages are formed: good or bad, since an unknown one has been filled in.
struct FilledSample {
  Duration intended;
  Duration finished;
  bool bad;
  const Sample* sample;  // null when none was taken
  Duration until;        // of one that was never sent: when patience with it would have been over
};

struct Outage {
  std::size_t first_bad = 0;
  std::size_t last_bad = 0;           // y
  std::optional<std::size_t> before;  // g
  std::optional<std::size_t> back;    // z; none: no run was sustained afterwards
  std::optional<std::size_t> tail;    // without z: where the run began that the record's end cut
  Duration begun_by{};                // the earliest f of its bad samples, or f_z
  Duration bad_until{};               // when the last of its bad samples was over
};

// By intended instant. The run from z is sustained when every sample in [i_z, f_z + W] is good, and
// the record goes that far. A sample that was under way at one of the `calls` (commands, healings,
// steps) is no z while no bad answer had come when it was sent: it may have been good before the
// outage began.
[[nodiscard]] std::vector<Outage> outages(const std::vector<FilledSample>& told, Duration sustained,
                                          Duration every, const std::vector<Window>& calls = {});

// Whether a schedule of which this sample is the newest was seen up to there, that instant
// included.
[[nodiscard]] bool seen_until(Duration instant, Duration newest, Duration every);

// The i of the latest run that was sustained before the bad sample of that i.
[[nodiscard]] std::optional<Duration> well_before(Duration bad,
                                                  const std::vector<FilledSample>& told,
                                                  Duration sustained);

// How unknown samples are filled in: bad where their bit is set, the first one having bit 0. One
// that was never sent would have been answered at once, or only when patience was over.
struct Filling {
  std::uint64_t bad = 0;
  bool late = false;
};
[[nodiscard]] std::vector<FilledSample> filled(const std::vector<Point>& points,
                                               const Filling& filling);

struct Fillings {
  std::vector<Filling> each;
  bool all = true;  // every filling there is; else only the telling ones
};
[[nodiscard]] Fillings fillings(const std::vector<Point>& points);

}  // namespace reprise
