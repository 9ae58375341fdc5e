// A service paused by a tracer: `process_pause` with `by: ptrace`. A child of ours seizes every
// thread and interrupts it; should the program die, the child dies with it and the kernel lets the
// service go on within a millisecond. A signal would leave it stopped.
//
// Ownership and threads: as Injector.
#pragma once

#include "harness/engine/injector.h"

namespace reprise {

[[nodiscard]] std::unique_ptr<Injector> ptrace_pause(const FaultSpec& spec,
                                                     const Surroundings& surroundings);

}  // namespace reprise
