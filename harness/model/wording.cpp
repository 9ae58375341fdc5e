#include "harness/model/wording.h"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace reprise {
namespace {

constexpr std::size_t longest_quote = 60;
constexpr std::size_t longest_name = 80;

// Letters left out, put in, changed, or exchanged with the next one.
std::size_t edit_distance(std::string_view left, std::string_view right) {
  const std::size_t width = right.size() + 1;
  std::vector<std::size_t> before(width), row(width), next(width);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < left.size(); ++i) {
    next[0] = i + 1;
    for (std::size_t j = 0; j < right.size(); ++j) {
      next[j + 1] = std::min({row[j] + (left[i] == right[j] ? 0 : 1), row[j + 1] + 1, next[j] + 1});
      const bool exchanged = i > 0 && j > 0 && left[i] == right[j - 1] && left[i - 1] == right[j];
      if (exchanged) next[j + 1] = std::min(next[j + 1], before[j - 1] + 1);
    }
    std::swap(before, row);
    std::swap(row, next);
  }
  return row[right.size()];
}

}  // namespace

std::string in_quotes(std::string_view text) {
  bool cut = text.size() > longest_quote;
  if (cut) {
    auto end = longest_quote;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text = text.substr(0, end);
  }
  std::string out = "'";
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out + (cut ? "…'" : "'");
}

std::string described(const nlohmann::json& value) {
  using Type = nlohmann::json::value_t;
  switch (value.type()) {
    case Type::null: return "nothing";
    case Type::boolean: return value.get<bool>() ? "true" : "false";
    case Type::string: return "the text " + in_quotes(value.get_ref<const std::string&>());
    case Type::array: return "a list";
    case Type::object: return "an object";
    case Type::number_integer:
    case Type::number_unsigned:
    case Type::number_float: return "the number " + value.dump();
    default: return "something else";
  }
}

std::string nearest(std::string_view name, const std::vector<std::string>& names) {
  if (name.size() > longest_name) return {};
  std::string best;
  auto best_distance = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const std::string& candidate : names) {
    // Named: GCC 12's address sanitizer misjudges references to temporaries in std::max here.
    const std::size_t shorter = name.size() < candidate.size() ? name.size() : candidate.size();
    const std::size_t longer = name.size() + candidate.size() - shorter;
    if (candidate.size() > longest_name || longer - shorter >= best_distance) continue;
    auto distance = edit_distance(name, candidate);
    if (distance < best_distance && distance < longer) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string joined(const std::vector<std::string>& names) {
  constexpr std::size_t most = 16;
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i) {
    if (i > 0) out += ", ";
    out += names[i];
  }
  if (names.size() > most) out += ", …";
  return out;
}

std::string suggestion(std::string_view name, const std::vector<std::string>& names) {
  if (names.empty()) return "there is none";
  auto guess = nearest(name, names);
  if (!guess.empty()) return fmt::format("did you mean '{}'?", guess);
  return (names.size() == 1 ? "there is: " : "there are: ") + joined(names);
}

bool valid_name(std::string_view name) {
  auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (name.empty() || name.size() > longest_name || !plain(name.front())) return false;
  return std::ranges::all_of(name,
                             [&](char c) { return plain(c) || c == '.' || c == '_' || c == '-'; });
}

bool valid_header_name(std::string_view name) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  const auto of_a_token = [&](unsigned char c) {
    return std::isalnum(c) != 0 || marks.find(static_cast<char>(c)) != marks.npos;
  };
  return !name.empty() && std::ranges::all_of(name, of_a_token);
}

std::string segment(std::string_view key) {
  std::string out = "/";
  for (char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::string segment(std::size_t index) { return "/" + std::to_string(index); }

}  // namespace reprise
