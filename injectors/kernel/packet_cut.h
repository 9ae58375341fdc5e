// The link cut in the kernel: packets to and from its port are dropped or rejected by a table that
// dies with the program. `network_cut` with `by: kernel`.
//
// Ownership and threads: as Injector.
#pragma once

#include "harness/engine/injector.h"

namespace reprise {

[[nodiscard]] std::unique_ptr<Injector> packet_cut(const FaultSpec& spec,
                                                   const Surroundings& surroundings);

}  // namespace reprise
