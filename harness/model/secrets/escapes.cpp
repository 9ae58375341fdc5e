#include "harness/model/secrets/escapes.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>

namespace reprise {
namespace {

constexpr int most_layers = 2;

std::optional<unsigned> hex(std::string_view digits, std::size_t wanted) {
  unsigned value = 0;
  if (digits.size() < wanted) return std::nullopt;
  const char* end = digits.data() + wanted;
  const auto read = std::from_chars(digits.data(), end, value, 16);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return value;
}

std::string utf8(unsigned code) {
  const auto byte = [](unsigned value) { return static_cast<char>(value); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xC0 | (code >> 6)), byte(0x80 | (code & 0x3F))};
  if (code < 0x10000) {
    return {byte(0xE0 | (code >> 12)), byte(0x80 | ((code >> 6) & 0x3F)),
            byte(0x80 | (code & 0x3F))};
  }
  return {byte(0xF0 | (code >> 18)), byte(0x80 | ((code >> 12) & 0x3F)),
          byte(0x80 | ((code >> 6) & 0x3F)), byte(0x80 | (code & 0x3F))};
}

// What stands at the front, and how many bytes say it.
struct CodeUnit {
  std::string meaning;
  std::size_t size;
};
using Decoder = CodeUnit (*)(std::string_view rest);

CodeUnit percent(std::string_view rest) {
  if (rest[0] == '%') {
    if (const auto value = hex(rest.substr(1), 2)) return {{static_cast<char>(*value)}, 3};
  }
  return {{rest[0]}, 1};
}

CodeUnit form(std::string_view rest) { return rest[0] == '+' ? CodeUnit{" ", 1} : percent(rest); }

CodeUnit backslash(std::string_view rest) {
  if (rest[0] != '\\' || rest.size() < 2) return {{rest[0]}, 1};
  constexpr std::string_view letters = R"("\/bfnrt)";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  const auto simple = letters.find(rest[1]);
  if (simple != letters.npos) return {{meanings[simple]}, 2};
  const auto code = rest[1] == 'u' ? hex(rest.substr(2), 4) : std::nullopt;
  if (!code) return {{rest[0]}, 1};
  if (*code < 0xD800 || *code > 0xDFFF) return {utf8(*code), 6};
  // Half of a character beyond U+FFFF; the other half must follow.
  const bool follows = *code < 0xDC00 && rest.substr(6).starts_with("\\u");
  const auto other = follows ? hex(rest.substr(8), 4) : std::nullopt;
  if (!other || *other < 0xDC00 || *other > 0xDFFF) return {{rest[0]}, 1};
  return {utf8(0x10000 + ((*code - 0xD800) << 10) + (*other - 0xDC00)), 12};
}

struct Escapes {
  char needed;  // without one the reading would be the text, or another reading
  std::string_view begin_with;
  Decoder decode;
};

constexpr Escapes all_escapes[] = {
    {'%', "%", &percent}, {'\\', "\\", &backslash}, {'+', "%+", &form}};

Reading decoded(const Reading& in, const Escapes& escapes) {
  Reading out;
  out.text.reserve(in.text.size());
  out.origin.reserve(in.origin.size());
  const std::string_view text = in.text;
  for (std::size_t i = 0; i < text.size();) {
    // What lies between escapes is most of a text.
    const auto next = std::min(text.find_first_of(escapes.begin_with, i), text.size());
    out.text += text.substr(i, next - i);
    out.origin.insert(out.origin.end(), in.origin.begin() + static_cast<std::ptrdiff_t>(i),
                      in.origin.begin() + static_cast<std::ptrdiff_t>(next));
    i = next;
    if (i == text.size()) break;
    const CodeUnit unit = escapes.decode(text.substr(i));
    out.text += unit.meaning;
    out.origin.insert(out.origin.end(), unit.meaning.size(), in.origin[i]);
    i += unit.size;
  }
  out.origin.push_back(in.origin.back());
  return out;
}

}  // namespace

std::vector<Reading> readings_of(std::string_view text, bool plus) {
  std::vector<Reading> readings;
  if (text.find_first_of(plus ? "%\\+" : "%\\") == text.npos) return readings;
  Reading written{std::string(text), std::vector<std::size_t>(text.size() + 1)};
  std::iota(written.origin.begin(), written.origin.end(), std::size_t{0});
  readings.push_back(std::move(written));
  std::size_t from = 0;
  for (int layer = 0; layer < most_layers; ++layer) {
    const std::size_t until = readings.size();
    for (; from < until; ++from) {
      for (const Escapes& escapes : all_escapes) {
        if (escapes.decode == &form && !plus) continue;
        if (readings[from].text.find(escapes.needed) == std::string::npos) continue;
        Reading next = decoded(readings[from], escapes);
        const bool known = std::ranges::any_of(
            readings, [&](const Reading& one) { return one.text == next.text; });
        if (!known) readings.push_back(std::move(next));
      }
    }
  }
  readings.erase(readings.begin());
  return readings;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const CodeUnit unit = percent(text);
    out += unit.meaning;
    text.remove_prefix(unit.size);
  }
  return out;
}

}  // namespace reprise
