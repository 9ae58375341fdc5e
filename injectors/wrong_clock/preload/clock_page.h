// What a drill and the processes of a service share while the service's clock can be set wrong: a
// file of this content that both have mapped.
//
// Ownership: the drill makes the file; whoever has it mapped may outlive the drill. Threads: any,
// of any process: every member is lock-free.
#pragma once

#include <atomic>
#include <cstdint>

namespace reprise {

inline constexpr std::uint64_t clock_page_mark = 0x6b636f6c63657072;  // nothing else begins so

struct ClockPage {
  std::uint64_t mark = clock_page_mark;
  std::atomic<std::int64_t> ahead = 0;      // nanoseconds; negative: behind; 0: right
  std::atomic<std::uint64_t> readings = 0;  // of a clock that was wrong
  std::atomic<std::int64_t> first = 0;      // of these, on the monotonic clock, in nanoseconds
};

static_assert(std::atomic<std::int64_t>::is_always_lock_free);

// The variable of the environment that names the file.
inline constexpr const char* clock_page_variable = "REPRISE_CLOCK";

}  // namespace reprise
