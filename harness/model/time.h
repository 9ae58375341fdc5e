// Durations and instants, and how people write them.
//
// An instant inside a drill is a Duration counted from the drill's start on the monotonic clock;
// it is what the journal stores (nanoseconds) and the only time that RTO is computed from.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/model/error.h"

namespace reprise {

using Duration = std::chrono::nanoseconds;
using Instant = std::chrono::time_point<std::chrono::steady_clock, Duration>;
using UtcInstant = std::chrono::time_point<std::chrono::system_clock, Duration>;

using namespace std::chrono_literals;

// Reads "250ms", "5min", "1h30min", "0s", "3months". Units: ns us ms s min h d w months (30 d)
// years (365 d). A number without a unit, a negative, an overflow or an unknown unit is an error.
[[nodiscard]] Result<Duration> parse_duration(std::string_view text);

// The shortest exact form that parse_duration reads back: 90s -> "1min30s", 1500us -> "1.5ms".
[[nodiscard]] std::string format_duration(Duration duration);

// Reads "64KiB", "10MB", "512B" into bytes. Same rules for errors.
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);

// Reads "99.9%" into 0.999.
[[nodiscard]] Result<double> parse_percentage(std::string_view text);

// RFC 3339 in UTC with milliseconds: "2026-03-01T12:00:00.123Z".
[[nodiscard]] std::string format_utc(UtcInstant instant);

}  // namespace reprise
