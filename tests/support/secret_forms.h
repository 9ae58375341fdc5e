// The forms in which a secret may be found, made without any code of the program under test.
//
// Ownership: values. Threads: any.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace reprise::testing {

inline std::string percent_encoded(const std::string& text, bool upper) {
  const char* digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string out;
  for (const unsigned char byte : text) {
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' || byte == '.' ||
                       byte == '~';
    out += plain ? std::string(1, static_cast<char>(byte))
                 : std::string{'%', digits[byte >> 4U], digits[byte & 15U]};
  }
  return out;
}

// Without the letters at either end that depend on what stands before or after.
inline std::string base64_within(const std::string& text, std::size_t before, bool for_urls) {
  const std::string letters =
      std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") +
      (for_urls ? "-_" : "+/");
  const std::string whole = std::string(before, 'x') + text;
  std::string out;
  for (std::size_t bit = 0; bit + 6 <= 8 * whole.size(); bit += 6) {
    unsigned sextet = 0;
    for (std::size_t i = bit; i < bit + 6; ++i) {
      const auto byte = static_cast<unsigned char>(whole[i / 8]);
      sextet = 2 * sextet + ((byte >> (7 - i % 8)) & 1U);
    }
    if (bit >= 8 * before) out += letters[sextet];
  }
  return out;
}

inline std::vector<std::pair<std::string, std::string>> forms_of(const std::string& secret) {
  const auto escaped = [&](bool ascii) {
    const std::string quoted = nlohmann::json(secret).dump(-1, ' ', ascii);
    return quoted.substr(1, quoted.size() - 2);
  };
  std::vector<std::pair<std::string, std::string>> forms{
      {"plain", secret},
      {"URL-encoded, upper case", percent_encoded(secret, true)},
      {"URL-encoded, lower case", percent_encoded(secret, false)},
      {"JSON-escaped", escaped(false)},
      {"JSON-escaped in ASCII", escaped(true)}};
  for (const std::size_t before : {0U, 1U, 2U}) {
    for (const bool for_urls : {false, true}) {
      forms.emplace_back("base64 after " + std::to_string(before) + (for_urls ? ", URL" : ""),
                         base64_within(secret, before, for_urls));
    }
  }
  return forms;
}

}  // namespace reprise::testing
