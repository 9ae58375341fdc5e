#include "harness/model/pattern.h"

#include <algorithm>

#include "harness/model/wording.h"

namespace reprise {
namespace {

constexpr std::size_t max_pattern_bytes = 512;
// std::regex copies what is repeated: nested counts multiply.
constexpr std::size_t max_copies = 4096;

// An upper bound of the copies that {n,m} make, all taken as nested.
std::size_t copies(std::string_view pattern) {
  std::size_t product = 1;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      ++i;
      continue;
    }
    if (pattern[i] != '{') continue;
    std::size_t largest = 0;
    std::size_t number = 0;
    for (++i; i < pattern.size() && pattern[i] != '}'; ++i) {
      bool is_digit = pattern[i] >= '0' && pattern[i] <= '9';
      number =
          is_digit ? std::min<std::size_t>(number * 10 + (pattern[i] - '0'), max_copies + 1) : 0;
      largest = std::max(largest, number);
    }
    product = std::min(product * std::max<std::size_t>(largest, 1), max_copies + 1);
  }
  return product;
}

}  // namespace

Result<Pattern> Pattern::compile(std::string_view pattern) {
  auto refuse = [&](std::string_view why) {
    return failure("the regular expression {} {}", in_quotes(pattern), why);
  };
  if (pattern.size() > max_pattern_bytes) return refuse("is longer than 512 bytes");
  if (pattern.find("(?=") != pattern.npos || pattern.find("(?!") != pattern.npos) {
    return refuse("looks ahead, which is not supported");
  }
  if (copies(pattern) * pattern.size() > max_copies * 4) return refuse("repeats too often");
  try {
    // The breadth-first matcher never backtracks. Its own search would start anew at every byte:
    // a lazy prefix searches in one pass instead.
    auto flags = std::regex::ECMAScript | std::regex::nosubs | std::regex_constants::__polynomial;
    std::regex alone{std::string(pattern), flags};  // it must stand on its own: no ")("
    return Pattern(
        std::make_shared<const std::regex>(fmt::format("[\\s\\S]*?(?:{})", pattern), flags));
  } catch (const std::regex_error&) {
    return refuse("is not valid");
  }
}

bool Pattern::found_in(std::string_view text) const {
  text = text.substr(0, max_searched_bytes);
  try {
    return std::regex_search(text.begin(), text.end(), *regex_,
                             std::regex_constants::match_continuous);
  } catch (const std::regex_error&) {
    return false;
  }
}

}  // namespace reprise
