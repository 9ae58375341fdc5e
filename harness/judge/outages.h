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
struct Told {
  Duration intended;
  Duration finished;  // of one that was never sent: its intended instant
  bool bad;
  const Sample* sample;  // null when none was taken
  Duration until;        // of one that was never sent: when patience with it would have been over
};

struct Outage {
  std::size_t first_bad = 0;
  std::size_t last_bad = 0;            // y
  std::optional<std::size_t> before;   // g
  std::optional<std::size_t> back;     // z; none: no run was sustained afterwards
  std::optional<std::size_t> tail;     // without z: where the run began that the record's end cut
  Duration begun_by{};                 // the earliest f of its bad samples
  Duration bad_until{};                // when the last of its bad samples was over
  std::optional<Duration> well_since;  // i of the latest run that was sustained before it began
};

// By intended instant. The run from z is sustained when every sample in [i_z, f_z + W] is good, and
// the record goes that far.
[[nodiscard]] std::vector<Outage> outages(const std::vector<Told>& told, Duration sustained,
                                          Duration every);

// `points`, each unknown one as bad where its bit in `bad` is set; the first unknown one has bit 0.
[[nodiscard]] std::vector<Told> filled(const std::vector<Point>& points, std::uint64_t bad);

// How unknown samples may be filled in.
struct Fillings {
  std::vector<std::uint64_t> masks;  // for `filled`
  bool all = true;                   // every filling there is; else only the telling ones
};
[[nodiscard]] Fillings fillings(const std::vector<Point>& points);

}  // namespace reprise
