// What a fault draws at random from.
#pragma once

#include <cstdint>

#include "harness/engine/site/surroundings.h"
#include "harness/model/scenario/scenario.h"

namespace reprise {

// The same for the same drill's seed, whatever built the program; repeats have other seeds, and the
// faults of one drill draw apart from each other. Where no drill runs only the fault's id tells.
[[nodiscard]] std::uint64_t seed_of(const FaultSpec& spec, const Surroundings& surroundings);

}  // namespace reprise
