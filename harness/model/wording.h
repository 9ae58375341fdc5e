// How diagnostics quote what was found and guess what was meant.
//
// Everything quoted comes from a file that may be hostile: it is cut short and carries no control
// characters. Ownership: plain functions. Threads: any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/model/error.h"

namespace reprise {

// The text in quotes, cut at 60 bytes (never inside a character), control characters escaped.
[[nodiscard]] std::string in_quotes(std::string_view text);
// A value in a few words: "the text 'x'", "the number 5", "a list", "nothing".
[[nodiscard]] std::string described(const nlohmann::json& value);
// The name that was probably meant, or empty when none is near.
[[nodiscard]] std::string nearest(std::string_view name, const std::vector<std::string>& names);
// "did you mean 'x'?", or the names there are, or "there is none".
[[nodiscard]] std::string suggestion(std::string_view name, const std::vector<std::string>& names);
// "a, b, c", with an ellipsis past sixteen.
[[nodiscard]] std::string joined(const std::vector<std::string>& names);
// Whether it fits Shape::name().
[[nodiscard]] bool valid_name(std::string_view name);
// Whether an HTTP message can hold a header of that name: a token (RFC 9110, 5.6.2).
[[nodiscard]] bool valid_header_name(std::string_view name);

// One segment of a JSON pointer, escaped, with its slash.
[[nodiscard]] std::string segment(std::string_view key);
[[nodiscard]] std::string segment(std::size_t index);

}  // namespace reprise
