#include "harness/model/secrets/secret_search.h"

#include <algorithm>
#include <cstring>

#include "harness/model/secrets/escapes.h"

namespace reprise {
namespace {

// Texts are cut at 4 KiB and more; a shorter one that merely ends like a value begins is whole.
constexpr std::size_t least_cut = 1024;
constexpr std::string_view ellipsis = "…";

std::uint32_t window_at(const char* bytes) {
  std::uint32_t window = 0;
  std::memcpy(&window, bytes, sizeof window);
  return window;
}

std::size_t slot_of(std::uint32_t window) { return (window * 2654435761U) >> 16U; }

std::string base64(std::string_view bytes) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char byte : bytes) {
    bits = (bits << 8U) | static_cast<unsigned char>(byte);
    for (count += 8; count >= 6; count -= 6) out += letters[(bits >> (count - 6)) & 0x3FU];
  }
  return out;
}

// The letters that depend on nothing but the value when so many bytes stand before it.
std::string base64_core(const std::string& value, std::size_t before) {
  const std::string whole = base64(std::string(before, '\0') + value);
  const std::size_t first = (8 * before + 5) / 6;
  return whole.substr(first, 8 * (before + value.size()) / 6 - first);
}

std::vector<TextRange> merged(std::vector<TextRange> ranges) {
  std::ranges::sort(ranges, {}, &TextRange::begin);
  std::vector<TextRange> out;
  for (const TextRange& range : ranges) {
    if (!out.empty() && range.begin <= out.back().end) {
      out.back().end = std::max(out.back().end, range.end);
    } else {
      out.push_back(range);
    }
  }
  return out;
}

}  // namespace

SecretSearch::SecretSearch(const std::vector<std::string>& values) {
  for (const std::string& value : values) {
    add(value);
    plus_ = plus_ || value.find(' ') != std::string::npos;
    for (const std::size_t before : {0U, 1U, 2U}) {
      std::string core = base64_core(value, before);
      add(core);
      std::ranges::replace(core, '+', '-');
      std::ranges::replace(core, '/', '_');
      add(std::move(core));
    }
  }
  for (auto& [window, patterns] : by_window_) {
    std::ranges::sort(patterns, std::greater<>(),
                      [this](std::size_t pattern) { return patterns_[pattern].size(); });
  }
}

void SecretSearch::add(std::string pattern) {
  if (pattern.size() < shortest_searched || std::ranges::count(patterns_, pattern) > 0) return;
  const std::uint32_t window = window_at(pattern.data());
  windows_.set(slot_of(window));
  by_window_[window].push_back(patterns_.size());
  patterns_.push_back(std::move(pattern));
}

std::vector<TextRange> SecretSearch::find(std::string_view text) const {
  std::vector<TextRange> found;
  if (empty() || text.size() < shortest_searched) return found;
  find_plain(text, found);
  for (const Reading& reading : readings_of(text, plus_)) {
    std::vector<TextRange> read;
    find_plain(reading.text, read);
    for (const auto& [begin, end] : read) {
      found.push_back({reading.origin[begin], reading.origin[end]});
    }
  }
  if (text.size() >= least_cut) find_cut(text, found);
  for (auto at = text.find(ellipsis); at != text.npos; at = text.find(ellipsis, at + 1)) {
    find_cut(text.substr(0, at), found);
  }
  return found.empty() ? found : merged(std::move(found));
}

void SecretSearch::find_plain(std::string_view text, std::vector<TextRange>& found) const {
  if (text.size() < shortest_searched) return;
  const std::size_t last = text.size() - shortest_searched;
  for (std::size_t i = 0; i <= last; ++i) {
    const std::uint32_t window = window_at(text.data() + i);
    if (!windows_.test(slot_of(window))) continue;
    const auto candidates = by_window_.find(window);
    if (candidates == by_window_.end()) continue;
    for (const std::size_t candidate : candidates->second) {
      const std::string& pattern = patterns_[candidate];
      if (!text.substr(i).starts_with(pattern)) continue;
      found.push_back({i, i + pattern.size()});
      break;
    }
  }
}

// A text that was cut may end in the middle of a value.
void SecretSearch::find_cut(std::string_view text, std::vector<TextRange>& found) const {
  for (const std::string& pattern : patterns_) {
    const std::size_t most = std::min(pattern.size() - 1, text.size());
    for (std::size_t size = most; size >= shortest_searched; --size) {
      if (!text.ends_with(std::string_view(pattern).substr(0, size))) continue;
      found.push_back({text.size() - size, text.size()});
      break;
    }
  }
}

}  // namespace reprise
