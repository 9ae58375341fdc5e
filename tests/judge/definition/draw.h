// Small drills drawn from a seed: the same seed gives the same drill on every machine.
//
// Ownership: plain values. Threads: any.
#pragma once

#include <initializer_list>
#include <random>

#include "tests/judge/definition/drill.h"

namespace reprise::testing::definition {

// Draws without the distributions of the standard library, which differ between libraries.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  [[nodiscard]] Ms between(Ms from, Ms to) {  // both included
    if (to <= from) return from;
    return from + static_cast<Ms>(engine_() % static_cast<std::uint64_t>(to - from + 1));
  }
  [[nodiscard]] bool chance(int percent) { return between(0, 99) < percent; }
  template <class Value>
  [[nodiscard]] Value one_of(std::initializer_list<Value> values) {
    return values.begin()[between(0, static_cast<Ms>(values.size()) - 1)];
  }

 private:
  std::mt19937_64 engine_;
};

// A drill whose assertions are all of one kind: recovery, throughout, never, consistent, fallback,
// rpo, no-loss, or at-the-end, which is no assertion but a finding of its own.
[[nodiscard]] SmallDrill drawn(std::uint64_t seed, const std::string& kind);

// Parts of it.
void draw_samples(SmallProbe& probe, const SmallDrill& drill, Ms until, Dice& dice);
void draw_rules(SmallDrill& drill, Dice& dice);
void draw_ledger(SmallDrill& drill, Dice& dice);
void draw_asks(SmallDrill& drill, const std::string& kind, Dice& dice);

}  // namespace reprise::testing::definition
