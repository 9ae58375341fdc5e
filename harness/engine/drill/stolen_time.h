// CPU time that the host of a virtual machine gave to others while this one wanted it ("steal" in
// proc(5)): nothing else tells why an observer on a quiet machine was late.
//
// Ownership: plain values. Threads: any.
#pragma once

#include <cstdint>

namespace reprise {

// Of all cores, in clock ticks since boot; zeros where /proc/stat does not tell.
struct CpuTime {
  std::uint64_t stolen = 0, all = 0;
};

[[nodiscard]] CpuTime cpu_time();

// 0 to 100, rounded; zero when no time has passed.
[[nodiscard]] int stolen_percent(const CpuTime& before, const CpuTime& after);

}  // namespace reprise
