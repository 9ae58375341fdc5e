// Regular expressions from files, searched in text that a system under test wrote: neither may hang
// or crash the drill. The matcher is RE2: its cost is linear in the text, whatever the expression.
//
// Ownership: an immutable value. Threads: any.
#pragma once

#include <memory>
#include <string_view>

#include "harness/model/error.h"

namespace re2 {
class RE2;
}

namespace reprise {

// A longer text is searched up to here only; what lies beyond was not seen.
inline constexpr std::size_t max_searched_bytes = std::size_t{8} << 20;

class Pattern {
 public:
  // Perl's syntax without back references and look-around, at most 512 bytes; bytes are compared,
  // "." matches no line end, "^" and "$" stand for the ends of the whole text.
  static Result<Pattern> compile(std::string_view pattern);
  // The same of a pattern for single lines: one that asks for a line end would match none.
  static Result<Pattern> compile_for_lines(std::string_view pattern);
  // Whether it matches anywhere in the first `max_searched_bytes`.
  [[nodiscard]] bool found_in(std::string_view text) const;
  // Whether it matches in a text of which only the beginning is known, whatever follows.
  [[nodiscard]] bool begins_in(std::string_view beginning) const;

 private:
  explicit Pattern(std::shared_ptr<const re2::RE2> regex) : regex_(std::move(regex)) {}
  std::shared_ptr<const re2::RE2> regex_;
};

}  // namespace reprise
