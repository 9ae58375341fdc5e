// Samples of one probe, classed and gathered into stretches of equal outcome.
//
// Ownership: values. Threads: any.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "harness/journal/record.h"

namespace reprise {

// The level of every sample, in the order of the samples.
[[nodiscard]] std::vector<Level> levels_seen(const Record& record, const ProbeRecord& probe);

// "answered 200, cache": outcome, status, and the source that served it.
[[nodiscard]] std::string saw(const Observation& seen);
// The source that served it; empty when the probe does not tell or nobody answered.
[[nodiscard]] std::string source_of(const Observation& seen);

struct Stretch {
  std::size_t first = 0, last = 0;       // indices of samples
  Level level = Level::nominal;          // the worst in it
  std::array<std::size_t, 3> counted{};  // by level; one of them unless stretches were joined
  std::string seen;                      // of the first sample; several joined by ", "
  Duration slowest{};
};

// Neighbours that saw the same become one. More than `at_most` stretches are joined into groups,
// so that a table stays readable while its counts stay exact.
[[nodiscard]] std::vector<Stretch> stretches(const ProbeRecord& probe,
                                             const std::vector<Level>& levels, std::size_t at_most);

}  // namespace reprise
