// What a value that a probe sees can be, in words and as a test.
//
// Ownership: plain functions. Threads: any.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "harness/model/shapes/seen.h"

namespace reprise {

// "a whole number from 100 to 599".
[[nodiscard]] std::string what_it_is(const SeenValue& value);
// As the operator `type` calls it; nothing where it may be several.
[[nodiscard]] std::optional<std::string> type_name(const SeenValue& value);
[[nodiscard]] bool can_equal(const SeenValue& value, const nlohmann::json& operand);
// What to write instead of an operand that it cannot equal; empty where nobody knows.
[[nodiscard]] std::string remedy_for(const SeenValue& value, const nlohmann::json& operand);

}  // namespace reprise
