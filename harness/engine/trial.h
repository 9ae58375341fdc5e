// Trying a fault for real, on a ground made for it and gone afterwards: a file, a link, a process,
// a disk where there is a sandbox.
//
// Threads: call from a single-threaded process; every trial has a process of its own.
#pragma once

#include "harness/engine/injector.h"

namespace reprise {

// Prepares, injects and reverts it once. An error says what is missing here.
[[nodiscard]] Result<void> try_fault(const FaultKind& kind, const nlohmann::json& with,
                                     bool sandboxed);

}  // namespace reprise
