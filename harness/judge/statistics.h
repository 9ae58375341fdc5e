// The few statistics that a verdict or a repeated drill needs; definitions in every comment.
//
// Ownership: pure functions. Threads: any.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "harness/model/time.h"

namespace reprise {

// Nearest rank: the smallest value that at least `share` of all values do not exceed. Zero when
// there are no values. 0 < share <= 1.
[[nodiscard]] Duration percentile(std::vector<Duration> values, double share);

struct Bounds {
  double low = 0;
  double high = 1;
};

// Clopper-Pearson: the exact two-sided interval for the pass rate behind `passes` of `drills`.
[[nodiscard]] Bounds pass_rate(std::size_t passes, std::size_t drills, double confidence = 0.95);

// The one-sided upper bound of the miss rate after so many drills with so many misses; without a
// miss it is 1 - (1 - confidence)^(1/drills).
[[nodiscard]] double miss_rate_bound(std::size_t misses, std::size_t drills,
                                     double confidence = 0.95);

// A value that `share` of all recoveries stay below, with that confidence (Wilks): an order
// statistic of what was measured, the largest of 59 for 95/95. None when there are too few.
[[nodiscard]] std::optional<Duration> tolerance_bound(std::vector<Duration> measured,
                                                      double share = 0.95,
                                                      double confidence = 0.95);
// How many drills tolerance_bound needs at least: ceil(ln(1 - confidence) / ln(share)).
[[nodiscard]] std::size_t drills_for_bound(double share = 0.95, double confidence = 0.95);

}  // namespace reprise
