// What a Shape is made of; only the model's own .cpp files look inside.
//
// Ownership: nodes are shared and never change. Threads: any.
#pragma once

#include <map>
#include <set>

#include "harness/model/shapes/shape.h"

namespace reprise {

enum class ShapeType {
  any,
  null,
  boolean,
  integer,
  number,
  text,
  text_matching,
  duration,
  size,
  percentage,
  choice,
  name,
  expectation,
  predicate,
  translated,
  list,
  map,
  table,
  object,
  either,
  tagged,
  selected  // an object in which one field's value chooses another field's shape
};

struct ShapeNode {
  ShapeType type = ShapeType::any;
  double low = 0;
  double high = 0;
  std::string pattern;               // text_matching; for names: the plan's table, or empty
  std::string called;                // text_matching
  std::string definition;            // its name among the definitions of a schema; mostly empty
  std::vector<std::string> values;   // choice
  std::size_t least = 0;             // bytes of a text, items of a list, keys of an object
  std::vector<Shape> children;       // list, map, table: one; either: all
  std::vector<Shape::Field> fields;  // object, selected; of tagged: kinds, then common keys; of a
                                     // table: keys that are no entries
  std::size_t kinds = 0;             // tagged: so many of the fields are kinds
  std::string selector;              // selected
  std::string selects;
  std::map<std::string, Shape> choices;
};

// Fields as in object; `selects` is checked against the choice that `selector` names.
[[nodiscard]] Shape selected_object(std::vector<Shape::Field> fields, std::string selector,
                                    std::string selects, std::map<std::string, Shape> choices);

// Whether the value has the JSON type that the shape wants, whatever it holds.
[[nodiscard]] bool fits_type(const ShapeNode& node, const nlohmann::json& value);
// What to do about a value of another type; may be empty.
[[nodiscard]] std::string type_remedy(const ShapeNode& node, const nlohmann::json& value);
// How many of the value's own keys the shape knows: tells which alternative was meant.
[[nodiscard]] std::size_t known_keys(const Shape& shape, const nlohmann::json& value);

// The shape of one comparison of a predicate: of `latency` and `age`, or of anything else.
[[nodiscard]] const Shape& comparison_shape(bool of_time);

inline constexpr const char* name_pattern = "^[a-z0-9][a-z0-9._-]{0,79}$";

}  // namespace reprise
