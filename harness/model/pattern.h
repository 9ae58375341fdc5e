// Regular expressions from files, searched in text that a system under test wrote: neither may hang
// or crash the drill, so matching takes no back references and no look-ahead, and its cost is
// linear in the text.
//
// Ownership: an immutable value. Threads: any.
#pragma once

#include <memory>
#include <regex>
#include <string_view>

#include "harness/model/error.h"

namespace reprise {

inline constexpr std::size_t max_searched_bytes = 64 << 10;  // a text is cut there

class Pattern {
 public:
  // ECMAScript without back references and look-ahead, at most 512 bytes.
  static Result<Pattern> compile(std::string_view pattern);
  // Whether it matches anywhere in the first 64 KiB.
  [[nodiscard]] bool found_in(std::string_view text) const;

 private:
  explicit Pattern(std::shared_ptr<const std::regex> regex) : regex_(std::move(regex)) {}
  std::shared_ptr<const std::regex> regex_;
};

}  // namespace reprise
