#include "harness/model/documents/encoding.h"

#include <fmt/format.h>

namespace reprise {
namespace {

// The length of the well-formed character at the front, or 0; RFC 3629: no overlong forms, no
// surrogates, nothing above U+10FFFF.
std::size_t character_length(std::string_view text) {
  auto at = [&](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  auto trailing = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
  unsigned first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return trailing(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    bool overlong = first == 0xE0 && at(1) < 0xA0;
    bool surrogate = first == 0xED && at(1) >= 0xA0;
    return trailing(1) && trailing(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    bool overlong = first == 0xF0 && at(1) < 0x90;
    bool beyond = first == 0xF4 && at(1) >= 0x90;
    return trailing(1) && trailing(2) && trailing(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

std::optional<unsigned> control_character(std::string_view character) {
  auto first = static_cast<unsigned char>(character[0]);
  if (first < 0x20 && first != '\t' && first != '\n' && first != '\r') return first;
  if (first == 0x7F) return first;
  // U+0080 to U+009F: terminals obey some of them.
  if (character.size() == 2 && first == 0xC2) {
    auto second = static_cast<unsigned char>(character[1]);
    if (second < 0xA0 && second != 0x85) return second;
  }
  return std::nullopt;
}

}  // namespace

std::optional<BadByte> find_bad_byte(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    auto length = character_length(text.substr(i, 4));
    if (length == 0) {
      auto byte = static_cast<unsigned char>(text[i]);
      return BadByte{i, fmt::format("the byte 0x{:02x} is not UTF-8", byte)};
    }
    if (auto control = control_character(text.substr(i, length))) {
      return BadByte{i, fmt::format("a control character, U+{:04X}", *control)};
    }
    i += length;
  }
  return std::nullopt;
}

}  // namespace reprise
