// How much later something comes: `delay`, and `jitter` around it, drawn uniformly.
//
// Ownership: belongs to its filter. Threads: one at a time.
#pragma once

#include <random>

#include <nlohmann/json.hpp>

#include "harness/model/error.h"
#include "harness/model/time.h"

namespace reprise::proxy {

class Lateness {
 public:
  // An error where it would make nothing late.
  static Result<Lateness> read(const nlohmann::json& with, std::uint64_t seed);

  // Never below zero.
  [[nodiscard]] Duration draw();
  [[nodiscard]] Duration delay() const { return delay_; }
  [[nodiscard]] Duration jitter() const { return jitter_; }

 private:
  Lateness(Duration delay, Duration jitter, std::uint64_t seed)
      : delay_(delay), jitter_(jitter), random_(seed) {}

  Duration delay_, jitter_;
  std::mt19937_64 random_;
};

}  // namespace reprise::proxy
