// Reading the fields of an event that may come from anybody: what is missing or of another type
// reads as its default, and times out of any drill's range are refused.
//
// Ownership: plain functions. Threads: any.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/model/plan/plan.h"

namespace reprise {

// About 36 years: so far from overflow that sums and differences of instants are always defined.
inline constexpr std::int64_t last_instant = std::int64_t{1} << 60;
[[nodiscard]] inline bool is_instant(std::int64_t nanoseconds) {
  return nanoseconds >= -last_instant && nanoseconds <= last_instant;
}

[[nodiscard]] std::string text_field(const nlohmann::json& line, const char* name);
// As a plan's translated texts.
[[nodiscard]] Text translated_field(const nlohmann::json& line, const char* name);
[[nodiscard]] std::int64_t integer_field(const nlohmann::json& line, const char* name);
// Of something that is counted or numbered: not below zero, and adding to it cannot overflow.
[[nodiscard]] int count_field(const nlohmann::json& line, const char* name);
[[nodiscard]] bool flag_field(const nlohmann::json& line, const char* name);
[[nodiscard]] std::optional<Duration> instant_field(const nlohmann::json& line, const char* name);
// A list of texts, or one text.
[[nodiscard]] std::vector<std::string> texts_field(const nlohmann::json& line, const char* name);
[[nodiscard]] std::optional<UtcInstant> read_utc(const std::string& text);

}  // namespace reprise
