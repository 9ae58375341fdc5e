// What bytes may stand in a file: UTF-8 without control characters.
//
// Ownership: plain functions. Threads: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace reprise {

// Why a text is refused, and at which byte.
struct BadByte {
  std::size_t offset = 0;
  std::string what;
};

// The first byte that is not UTF-8, or begins a control character other than tab and line ends.
[[nodiscard]] std::optional<BadByte> find_bad_byte(std::string_view text);

}  // namespace reprise
