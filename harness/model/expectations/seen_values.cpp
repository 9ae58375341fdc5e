#include "harness/model/expectations/seen_values.h"

#include <algorithm>
#include <cmath>

#include "harness/model/time.h"
#include "harness/model/wording.h"

namespace reprise {

using nlohmann::json;

using Type = SeenValue::Type;

std::string what_it_is(const SeenValue& value) {
  switch (value.type) {
    case Type::text:
    case Type::headers: return "a text";
    case Type::word: return "one of " + joined(value.words);
    case Type::boolean: return "true or false";
    case Type::duration:
      if (value.high == std::numeric_limits<std::int64_t>::max()) return "a duration";
      return fmt::format("of an answer less than {}, the probe's timeout",
                         format_duration(Duration(value.high + 1)));
    case Type::integer:
      if (value.high == std::numeric_limits<std::int64_t>::max()) {
        return fmt::format("a whole number of at least {}", value.low);
      }
      return fmt::format("a whole number from {} to {}", value.low, value.high);
    case Type::columns: return "a row of several values";
    case Type::any:
    case Type::documents: return "any value";
  }
  return "any value";
}

std::optional<std::string> type_name(const SeenValue& value) {
  switch (value.type) {
    case Type::text:
    case Type::headers:
    case Type::word: return "string";
    case Type::boolean: return "boolean";
    case Type::duration:
    case Type::integer: return "number";
    case Type::columns: return "object";
    case Type::any:
    case Type::documents: return std::nullopt;
  }
  return std::nullopt;
}

bool can_equal(const SeenValue& value, const json& operand) {
  switch (value.type) {
    case Type::text:
    case Type::headers: return operand.is_string();
    case Type::word:
      return std::ranges::any_of(value.words, [&](const auto& word) { return operand == word; });
    case Type::boolean: return operand.is_boolean();
    case Type::columns: return false;
    case Type::integer: {
      if (!operand.is_number()) return false;
      const auto number = operand.get<double>();
      constexpr double exact = 9007199254740992.0;  // beyond it any number may be whole
      const bool whole = std::abs(number) > exact || number == std::floor(number);
      return whole && number >= static_cast<double>(value.low) &&
             number <= static_cast<double>(value.high);
    }
    default: return true;  // the shape has seen to durations
  }
}

std::string remedy_for(const SeenValue& value, const json& operand) {
  if (value.type == Type::columns) return "let the query give one column, and compare 'value'";
  if (value.type == Type::word && operand.is_string()) {
    return suggestion(operand.get<std::string>(), value.words);
  }
  const bool text = type_name(value) == "string";
  if (text && !operand.is_string()) {
    return value.type == Type::word ? suggestion("", value.words)
                                    : "put it in quotes, or compare numbers with \"<=\" and \">=\"";
  }
  if (!text && operand.is_string()) return "write the value without quotes";
  return {};
}

}  // namespace reprise
