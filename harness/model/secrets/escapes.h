// A text as it reads once escapes are undone, with the way back to where each byte was written.
//
// Percent-encoding and the escapes of JSON strings are undone, up to two layers in any order, so
// that whoever looks for a value finds it however it was written.
// Ownership: plain values. Threads: any.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

struct Reading {
  std::string text;
  std::vector<std::size_t> origin;  // of each byte in what was written; one more for the end
};

// Every reading that differs from the text itself; none when it holds no escapes.
// `plus`: a '+' may stand for a space, as in forms.
[[nodiscard]] std::vector<Reading> readings_of(std::string_view text, bool plus);

// Percent-encoding undone.
[[nodiscard]] std::string percent_decoded(std::string_view text);

}  // namespace reprise
