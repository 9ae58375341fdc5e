// Draws that are the same on every machine: everything of a world follows from its seed.
//
// Ownership: a value type. Threads: one.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <iterator>

#include "harness/model/time.h"

namespace reprise::testing::world {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL + 0x1234567ULL) {}

  std::uint64_t next() {  // splitmix64
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }
  // Both ends included.
  int between(int low, int high) {
    return low + static_cast<int>(next() % static_cast<std::uint64_t>(high - low + 1));
  }
  Duration span(Duration low, Duration high) {
    if (high <= low) return low;
    return low + Duration(static_cast<std::int64_t>(
                     next() % static_cast<std::uint64_t>((high - low).count() + 1)));
  }
  bool chance(int percent) { return between(1, 100) <= percent; }
  template <class T>
  T one_of(std::initializer_list<T> all) {
    return *std::next(all.begin(), between(0, static_cast<int>(all.size()) - 1));
  }

 private:
  std::uint64_t state_;
};

}  // namespace reprise::testing::world
