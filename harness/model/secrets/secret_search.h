// Finds values in a text in one pass: as they are, in base64 at any alignment and in both
// alphabets, and behind percent-encoding or JSON escapes.
//
// A text is looked at through windows of four bytes and a bitmap of what the values begin with, so
// that the time hardly depends on how many values there are. Values must be at least so long.
// Ownership: a value type. Threads: immutable after construction, any.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace reprise {

inline constexpr std::size_t shortest_searched = 4;

struct TextRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

class SecretSearch {
 public:
  SecretSearch() = default;
  explicit SecretSearch(const std::vector<std::string>& values);

  [[nodiscard]] bool empty() const { return patterns_.empty(); }
  // In order, none touching another.
  [[nodiscard]] std::vector<TextRange> find(std::string_view text) const;

 private:
  void add(std::string pattern);
  void find_plain(std::string_view text, std::vector<TextRange>& found) const;
  void find_cut(std::string_view text, std::vector<TextRange>& found) const;

  std::vector<std::string> patterns_;
  std::map<std::uint32_t, std::vector<std::size_t>> by_window_;  // longest first
  std::bitset<1 << 16> windows_;
  bool plus_ = false;  // some value holds a space
};

}  // namespace reprise
