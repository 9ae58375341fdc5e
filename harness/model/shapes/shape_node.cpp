#include "harness/model/shapes/shape_node.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace reprise {

using nlohmann::json;

bool fits_type(const ShapeNode& node, const json& value) {
  switch (node.type) {
    case ShapeType::any: return true;
    case ShapeType::null: return value.is_null();
    case ShapeType::boolean: return value.is_boolean();
    case ShapeType::integer: return value.is_number_integer();
    case ShapeType::number: return value.is_number();
    case ShapeType::list: return value.is_array();
    case ShapeType::map:
    case ShapeType::table:
    case ShapeType::object:
    case ShapeType::predicate:
    case ShapeType::tagged:
    case ShapeType::selected: return value.is_object();
    case ShapeType::expectation:
    case ShapeType::translated: return value.is_object() || value.is_string();
    case ShapeType::either:
      return std::ranges::any_of(
          node.children, [&](const Shape& child) { return fits_type(child.node(), value); });
    default: return value.is_string();
  }
}

std::string type_remedy(const ShapeNode& node, const json& value) {
  if (value.is_number() && node.type == ShapeType::duration) return "with a unit, as in 250ms";
  if (value.is_number() && node.type == ShapeType::size) return "with a unit, as in 64KiB";
  if (value.is_number() && node.type == ShapeType::percentage) return "with a sign, as in 99.9%";
  bool scalar = value.is_number() || value.is_boolean();
  if (scalar && node.type == ShapeType::text) return "put it in quotes";
  return {};
}

std::size_t known_keys(const Shape& shape, const json& value) {
  if (!value.is_object()) return 0;
  return static_cast<std::size_t>(std::ranges::count_if(
      shape.fields(), [&](const Shape::Field& field) { return value.contains(field.name); }));
}

}  // namespace reprise
