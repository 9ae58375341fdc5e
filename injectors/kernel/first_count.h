// When a counter of the kernel, which does not say when, counted for the first time: at the last
// look that saw nothing. So a bite is placed too early rather than too late, and a fallback
// measured too slow rather than too fast.
//
// Ownership: a plain value. Threads: one at a time.
#pragma once

#include <cstdint>

#include "harness/model/error.h"
#include "harness/model/time.h"

namespace reprise {

class FirstCount {
 public:
  // Nothing has been counted by `now`.
  void begin(Instant now) { nothing_until_ = now; }
  // `counted` was asked for at `asked`; a counter that could not be read tells nothing. Nothing
  // while nothing was counted.
  std::optional<Instant> look(Instant asked, const Result<std::uint64_t>& counted) {
    if (counted && *counted > 0) return nothing_until_;
    if (counted) nothing_until_ = asked;
    return std::nullopt;
  }

 private:
  Instant nothing_until_{};
};

}  // namespace reprise
