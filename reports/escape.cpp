#include "reports/escape.h"

#include <cstdint>

#include <fmt/format.h>

namespace reprise {
namespace {

struct Point {
  std::uint32_t code = 0;
  std::size_t size = 0;  // 0: the byte there begins no character
};

// Strict: no overlong forms, no surrogates, nothing above U+10FFFF.
Point decode(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return {};
  std::uint32_t code = first & (0x7Fu >> size);
  for (std::size_t at = 1; at < size; ++at) {
    if ((byte(at) & 0xC0u) != 0x80u) return {};
    code = (code << 6) | (byte(at) & 0x3Fu);
  }
  const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  if (overlong || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
  return {code, size};
}

bool is_unseen(std::uint32_t code) {
  if (code < 0x20 || (code >= 0x7F && code <= 0x9F)) return true;
  if (code == 0x061C || code == 0x200E || code == 0x200F) return true;
  if (code >= 0x2028 && code <= 0x202E) return true;
  if (code >= 0x2066 && code <= 0x2069) return true;
  return code == 0xFEFF || (code & 0xFFFEu) == 0xFFFE;
}

std::string spelled(std::uint32_t code) {
  if (code == '\n') return "\\n";
  if (code == '\r') return "\\r";
  if (code == '\t') return "\\t";
  return code < 0x100 ? fmt::format("\\x{:02x}", code) : fmt::format("\\u{:04x}", code);
}

template <class Keep>
std::string spell_out(std::string_view text, Keep keep) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Point point = decode(text);
    if (point.size == 0) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0]));
      text.remove_prefix(1);
      continue;
    }
    if (is_unseen(point.code) && !keep(point.code)) {
      out += spelled(point.code);
    } else {
      out += text.substr(0, point.size);
    }
    text.remove_prefix(point.size);
  }
  return out;
}

std::string with_entities(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char letter : text) {
    switch (letter) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += letter;
    }
  }
  return out;
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), with);
    at += with.size() - 1;  // its last character may begin the next occurrence
  }
}

}  // namespace

std::string visible(std::string_view text) {
  return spell_out(text, [](std::uint32_t) { return false; });
}

std::string html(std::string_view text) { return with_entities(visible(text)); }

std::string xml(std::string_view text) {
  return with_entities(spell_out(text, [](std::uint32_t code) { return code == '\n'; }));
}

std::string markdown(std::string_view text) {
  static constexpr std::string_view marks = "\\`*_[]|~#$";  // "$": GitHub reads formulas
  std::string out;
  for (const char letter : visible(text)) {
    switch (letter) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      default:
        if (marks.contains(letter)) out += '\\';
        out += letter;
    }
  }
  // GitHub and GitLab make links of bare addresses.
  replace_all(out, "://", ":\\//");
  replace_all(out, "www.", "www\\.");
  return out;
}

std::string inert(std::string_view text) {
  std::string out = visible(text);
  replace_all(out, "::", ": :");
  replace_all(out, "##[", "## [");
  return out;
}

}  // namespace reprise
