#include "harness/journal/fields.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string_view>

namespace reprise {

std::string text_field(const nlohmann::json& line, const char* name) {
  const auto found = line.find(name);
  if (found == line.end()) return {};
  return found->is_string() ? found->get<std::string>() : std::string();
}

Text translated_field(const nlohmann::json& line, const char* name) {
  const auto found = line.find(name);
  if (found == line.end()) return {};
  if (found->is_string()) return {{{"", found->get<std::string>()}}};
  Text out;
  for (const auto& [language, text] : found->items()) {
    if (text.is_string()) out.by_language[language] = text.get<std::string>();
  }
  return out;
}

std::int64_t integer_field(const nlohmann::json& line, const char* name) {
  const auto found = line.find(name);
  if (found == line.end() || !found->is_number_integer()) return 0;
  return found->get<std::int64_t>();
}

int count_field(const nlohmann::json& line, const char* name) {
  constexpr std::int64_t most = 1'000'000'000;
  return static_cast<int>(std::clamp<std::int64_t>(integer_field(line, name), 0, most));
}

bool flag_field(const nlohmann::json& line, const char* name) {
  const auto found = line.find(name);
  return found != line.end() && found->is_boolean() && found->get<bool>();
}

std::optional<Duration> instant_field(const nlohmann::json& line, const char* name) {
  const auto found = line.find(name);
  if (found == line.end() || !found->is_number_integer()) return std::nullopt;
  if (found->is_number_unsigned() &&
      found->get<std::uint64_t>() > static_cast<std::uint64_t>(last_instant)) {
    return std::nullopt;
  }
  const auto value = found->get<std::int64_t>();
  if (!is_instant(value)) return std::nullopt;
  return Duration(value);
}

std::vector<std::string> texts_field(const nlohmann::json& line, const char* name) {
  std::vector<std::string> out;
  const auto found = line.find(name);
  if (found == line.end()) return out;
  if (found->is_string()) out.push_back(found->get<std::string>());
  if (!found->is_array()) return out;
  for (const auto& text : *found) {
    if (text.is_string()) out.push_back(text.get<std::string>());
  }
  return out;
}

std::optional<UtcInstant> read_utc(const std::string& text) {
  // 2026-03-01T12:00:00.123Z
  constexpr std::string_view pattern = "dddd-dd-ddTdd:dd:dd.dddZ";
  if (text.size() != pattern.size()) return std::nullopt;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (pattern[i] == 'd' ? !digit : text[i] != pattern[i]) return std::nullopt;
  }
  auto number = [&](std::size_t from, std::size_t length) {
    int value = 0;
    std::from_chars(text.data() + from, text.data() + from + length, value);
    return value;
  };
  using namespace std::chrono;
  const year_month_day date(year(number(0, 4)), month(static_cast<unsigned>(number(5, 2))),
                            day(static_cast<unsigned>(number(8, 2))));
  // Nanoseconds since 1970 in 64 bits reach from 1678 to 2261.
  if (!date.ok() || number(0, 4) < 1970 || number(0, 4) > 2200) return std::nullopt;
  if (number(11, 2) > 23 || number(14, 2) > 59 || number(17, 2) > 60) return std::nullopt;
  return UtcInstant(sys_days(date)) + hours(number(11, 2)) + minutes(number(14, 2)) +
         seconds(number(17, 2)) + milliseconds(number(20, 3));
}

}  // namespace reprise
