#include "tests/model/schema_validator.h"

#include <algorithm>
#include <regex>
#include <set>

#include <gtest/gtest.h>

namespace reprise {
namespace {

using nlohmann::json;

const std::set<std::string> known_keywords{"$schema",       "title",      "description",
                                           "type",          "enum",       "const",
                                           "pattern",       "minLength",  "minimum",
                                           "maximum",       "items",      "minItems",
                                           "minProperties", "properties", "additionalProperties",
                                           "propertyNames", "required",   "anyOf",
                                           "oneOf",         "allOf",      "if",
                                           "then",          "$ref",       "$defs"};

// The document that a $ref points into.
thread_local const json* document = nullptr;

bool valid_part(const json& schema, const json& value);

bool has_type(const std::string& type, const json& value) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  EXPECT_EQ(type, "null");
  return value.is_null();
}

bool scalar_fits(const json& schema, const json& value) {
  if (schema.contains("const") && value != schema["const"]) return false;
  if (schema.contains("enum") && std::ranges::find(schema["enum"], value) == schema["enum"].end()) {
    return false;
  }
  if (value.is_string()) {
    auto text = value.get<std::string>();
    if (text.size() < schema.value("minLength", std::size_t{0})) return false;
    if (!schema.contains("pattern")) return true;
    return std::regex_search(text, std::regex(schema["pattern"].get<std::string>()));
  }
  if (value.is_number()) {
    if (schema.contains("minimum") && value < schema["minimum"]) return false;
    if (schema.contains("maximum") && value > schema["maximum"]) return false;
  }
  return true;
}

bool object_fits(const json& schema, const json& value) {
  if (value.size() < schema.value("minProperties", std::size_t{0})) return false;
  for (const json& key : schema.value("required", json::array())) {
    if (!value.contains(key.get<std::string>())) return false;
  }
  json properties = schema.value("properties", json::object());
  for (const auto& [key, item] : value.items()) {
    if (schema.contains("propertyNames") && !valid_part(schema["propertyNames"], key)) {
      return false;
    }
    if (properties.contains(key)) {
      if (!valid_part(properties[key], item)) return false;
    } else if (schema.contains("additionalProperties")) {
      if (!valid_part(schema["additionalProperties"], item)) return false;
    }
  }
  return true;
}

bool combinations_fit(const json& schema, const json& value) {
  auto fits = [&](const json& one) { return valid_part(one, value); };
  if (schema.contains("anyOf") && std::ranges::none_of(schema["anyOf"], fits)) return false;
  if (schema.contains("oneOf") && std::ranges::count_if(schema["oneOf"], fits) != 1) return false;
  if (schema.contains("allOf") && !std::ranges::all_of(schema["allOf"], fits)) return false;
  if (!schema.contains("if") || !fits(schema["if"])) return true;
  return !schema.contains("then") || fits(schema["then"]);
}

bool valid_part(const json& schema, const json& value) {
  if (schema.is_boolean()) return schema.get<bool>();
  for (const auto& [keyword, unused] : schema.items()) {
    EXPECT_TRUE(known_keywords.contains(keyword)) << keyword;
  }
  if (schema.contains("$ref")) {
    const json::json_pointer place(schema["$ref"].get<std::string>().substr(1));
    if (!valid_part(document->at(place), value)) return false;
  }
  if (schema.contains("type") && !has_type(schema["type"], value)) return false;
  if (!scalar_fits(schema, value) || !combinations_fit(schema, value)) return false;
  if (value.is_object()) return object_fits(schema, value);
  if (!value.is_array()) return true;
  if (value.size() < schema.value("minItems", std::size_t{0})) return false;
  return !schema.contains("items") || std::ranges::all_of(value, [&](const json& item) {
    return valid_part(schema["items"], item);
  });
}

}  // namespace

bool valid_by_schema(const json& schema, const json& value) {
  document = &schema;
  return valid_part(schema, value);
}

}  // namespace reprise
