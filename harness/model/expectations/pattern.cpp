#include "harness/model/expectations/pattern.h"

#include <re2/re2.h>

#include "harness/model/wording.h"

namespace reprise {
namespace {

constexpr std::size_t max_pattern_bytes = 512;
constexpr std::int64_t max_program_bytes = std::int64_t{8} << 20;

// Outside of what a class excludes, as in [^\n].
bool asks_for_line_end(std::string_view pattern) {
  bool excluded = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const auto rest = pattern.substr(i);
    if (rest.starts_with("[^")) excluded = true;
    if (rest[0] == ']') excluded = false;
    if (!excluded && rest[0] == '\n') return true;
    if (rest[0] != '\\') continue;
    const bool line_end = rest.starts_with("\\n") || rest.starts_with("\\x0a") ||
                          rest.starts_with("\\x0A") || rest.starts_with("\\012");
    if (line_end && !excluded) return true;
    ++i;  // what follows stands for itself
  }
  return false;
}

}  // namespace

Result<Pattern> Pattern::compile(std::string_view pattern) {
  auto refuse = [&](std::string_view why) {
    return failure("the regular expression {} {}", in_quotes(pattern), why);
  };
  if (pattern.size() > max_pattern_bytes) return refuse("is longer than 512 bytes");
  re2::RE2::Options options;
  options.set_encoding(re2::RE2::Options::EncodingLatin1);  // a text may hold any bytes
  options.set_log_errors(false);
  options.set_max_mem(max_program_bytes);
  auto regex =
      std::make_shared<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (!regex->ok()) return refuse(fmt::format("is not valid: {}", regex->error()));
  return Pattern(std::move(regex));
}

Result<Pattern> Pattern::compile_for_lines(std::string_view pattern) {
  auto compiled = compile(pattern);
  if (!compiled || !asks_for_line_end(pattern)) return compiled;
  return failure("the regular expression {} asks for a line end, and no line holds one",
                 in_quotes(pattern));
}

bool Pattern::found_in(std::string_view text) const {
  const auto searched = text.substr(0, max_searched_bytes);
  return re2::RE2::PartialMatch(re2::StringPiece(searched.data(), searched.size()), *regex_);
}

// The last byte is only looked at as what follows: "$" and "\b" are then told by what is known.
bool Pattern::begins_in(std::string_view beginning) const {
  const auto searched = beginning.substr(0, max_searched_bytes);
  if (searched.empty()) return false;
  return regex_->Match(re2::StringPiece(searched.data(), searched.size()), 0, searched.size() - 1,
                       re2::RE2::UNANCHORED, nullptr, 0);
}

}  // namespace reprise
