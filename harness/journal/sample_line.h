// The fast path for the lines that make up nearly all of a journal: samples as Journal writes them.
//
// Anything unusual (other spacing, escapes in names, more fields) is simply not recognised, and the
// general parser reads the line instead; both give the same record.
// Ownership: views into the caller's line. Threads: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace reprise {

struct SampleLine {
  std::uint64_t number = 0;
  std::int64_t t = 0, intended = 0, sent = 0, finished = 0;
  std::string_view outcome, probe, values, previous;  // values: raw JSON, not yet checked
};

[[nodiscard]] std::optional<SampleLine> scan_sample(std::string_view line);

}  // namespace reprise
