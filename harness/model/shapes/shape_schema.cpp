#include <limits>

#include <nlohmann/json.hpp>

#include "harness/model/shapes/shape_node.h"
#include "harness/model/wording.h"

namespace reprise {
namespace {

using nlohmann::json;

// The units from long to short, each at most once, as parse_duration reads them.
std::string duration_pattern() {
  std::string out = "^";
  for (const char* unit : {"years", "months", "w", "d", "h", "min", "s", "ms", "us", "ns"}) {
    out += fmt::format("([0-9]+(\\.[0-9]+)?{})?", unit);
  }
  return out + "$";
}

json text_schema(std::size_t least) {
  json out = {{"type", "string"}};
  if (least > 0) out["minLength"] = least;
  return out;
}

// Writes one schema. What stands in many places stands once, under $defs.
class SchemaWriter {
 public:
  json document(const Shape& shape) {
    json out = of(shape);
    if (!definitions_.empty()) out["$defs"] = std::move(definitions_);
    return out;
  }

 private:
  json of(const Shape& shape) {
    const std::string name = definition_of(shape.node());
    return name.empty() ? written(shape.node()) : once(name, [&] { return written(shape.node()); });
  }

  static std::string definition_of(const ShapeNode& node) {
    switch (node.type) {
      case ShapeType::duration: return "duration";
      case ShapeType::size: return "size";
      case ShapeType::percentage: return "percentage";
      case ShapeType::name: return "name";
      case ShapeType::expectation: return "expectation";
      case ShapeType::predicate: return "predicate";
      case ShapeType::translated: return "translated";
      default: return node.definition;
    }
  }

  json once(const std::string& name, const auto& write) {
    if (!definitions_.contains(name)) {
      json schema = write();
      definitions_[name] = std::move(schema);
    }
    return {{"$ref", "#/$defs/" + name}};
  }

  // Where a variable may stand before it is filled in: an editor sees the file as written.
  json or_variable(json schema) {
    json variable =
        once("variable", [] { return json{{"type", "string"}, {"pattern", "\\$\\{[^}]*\\}"}}; });
    return {{"anyOf", json::array({std::move(schema), std::move(variable)})}};
  }

  json pattern(const std::string& pattern) {
    return or_variable({{"type", "string"}, {"minLength", 1}, {"pattern", pattern}});
  }

  json number(const ShapeNode& node) {
    json out = {{"type", node.type == ShapeType::integer ? "integer" : "number"}};
    // Bounds beyond what a double holds exactly say nothing to anybody.
    constexpr double exact = 9007199254740992.0;
    if (node.low >= -exact) out["minimum"] = node.low;
    if (node.high <= exact) out["maximum"] = node.high;
    if (node.type == ShapeType::integer) {
      if (out.contains("minimum")) out["minimum"] = static_cast<std::int64_t>(node.low);
      if (out.contains("maximum")) out["maximum"] = static_cast<std::int64_t>(node.high);
    }
    return or_variable(std::move(out));
  }

  json field(const Shape::Field& field) {
    json out = of(field.shape);
    if (!field.doc.empty()) out["description"] = field.doc;
    return out;
  }

  json object(const ShapeNode& node) {
    json out = {{"type", "object"}, {"additionalProperties", false}};
    if (node.least > 0) out["minProperties"] = node.least;
    json properties = json::object();
    json needed = json::array();
    for (const auto& one : node.fields) {
      properties[one.name] = field(one);
      if (one.need == required) needed.push_back(one.name);
    }
    out["properties"] = std::move(properties);
    if (!needed.empty()) out["required"] = std::move(needed);
    return out;
  }

  json table(const ShapeNode& node) {
    json out = {{"type", "object"},
                {"propertyNames", {{"pattern", name_pattern}}},
                {"additionalProperties", of(node.children[0])}};
    for (const auto& one : node.fields) out["properties"][one.name] = field(one);
    return out;
  }

  json tagged(const ShapeNode& node) {
    json out = object(node);
    json one = json::array();
    for (std::size_t i = 0; i < node.kinds; ++i) {
      one.push_back({{"required", json::array({node.fields[i].name})}});
    }
    out["oneOf"] = std::move(one);
    return out;
  }

  json selected(const ShapeNode& node) {
    json out = object(node);
    json all = json::array();
    for (const auto& [name, shape] : node.choices) {
      json condition = {{"properties", {{node.selector, {{"const", name}}}}},
                        {"required", json::array({node.selector})}};
      json consequence = {{"properties", {{node.selects, of(shape)}}}};
      if (!shape.check(json::object()).empty()) {
        consequence["required"] = json::array({node.selects});
      }
      all.push_back({{"if", std::move(condition)}, {"then", std::move(consequence)}});
    }
    if (!all.empty()) out["allOf"] = std::move(all);
    return out;
  }

  json comparison(bool of_time) {
    return once(of_time ? "comparison-of-time" : "comparison",
                [&] { return of(comparison_shape(of_time)); });
  }

  json predicate() {
    json other = comparison(false);
    json time = comparison(true);
    json named = {{"type", "object"}, {"additionalProperties", other}};
    return {{"type", "object"},
            {"minProperties", 1},
            {"properties", {{"json", named}, {"headers", named}, {"latency", time}, {"age", time}}},
            {"additionalProperties", other}};
  }

  json expectation() {
    json level = or_variable({{"enum", json::array({"nominal", "degraded", "down"})}});
    return {{"anyOf", json::array({std::move(level), of(Shape::predicate())})}};
  }

  static json translated() {
    json texts = {{"type", "object"},
                  {"minProperties", 1},
                  {"propertyNames", {{"pattern", "^[a-z]{2}$"}}},
                  {"additionalProperties", text_schema(1)}};
    return {{"anyOf", json::array({text_schema(1), std::move(texts)})}};
  }

  json either(const ShapeNode& node) {
    json any = json::array();
    for (const Shape& child : node.children) any.push_back(of(child));
    return {{"anyOf", std::move(any)}};
  }

  json written(const ShapeNode& own) {
    switch (own.type) {
      case ShapeType::any: return json::object();
      case ShapeType::null: return {{"type", "null"}};
      case ShapeType::boolean: return or_variable({{"type", "boolean"}});
      case ShapeType::integer:
      case ShapeType::number: return number(own);
      case ShapeType::text: return text_schema(own.least);
      case ShapeType::text_matching: return pattern("^(?:" + own.pattern + ")$");
      case ShapeType::duration: return pattern(duration_pattern());
      case ShapeType::size: return pattern("^[0-9]+(\\.[0-9]+)?([KMGT]i?)?B$");
      case ShapeType::percentage: return pattern("^0*(100(\\.0+)?|[0-9]{1,2}(\\.[0-9]+)?)%$");
      case ShapeType::choice: return or_variable({{"enum", own.values}});
      case ShapeType::name: return pattern(name_pattern);
      case ShapeType::expectation: return expectation();
      case ShapeType::predicate: return predicate();
      case ShapeType::translated: return translated();
      case ShapeType::list: {
        json out = {{"type", "array"}, {"items", of(own.children[0])}};
        if (own.least > 0) out["minItems"] = own.least;
        return out;
      }
      case ShapeType::map:
        return {{"type", "object"}, {"additionalProperties", of(own.children[0])}};
      case ShapeType::table: return table(own);
      case ShapeType::object: return object(own);
      case ShapeType::either: return either(own);
      case ShapeType::tagged: return tagged(own);
      case ShapeType::selected: return selected(own);
    }
    return json::object();
  }

  json definitions_ = json::object();
};

std::string range(const ShapeNode& node, std::string_view called) {
  constexpr double large = 1e15;
  if (node.low <= -large && node.high >= large) return std::string(called);
  if (node.low == node.high) return fmt::format("{} {}", called, node.low);
  if (node.high >= large) return fmt::format("{} of at least {}", called, node.low);
  return fmt::format("{} {}-{}", called, node.low, node.high);
}

std::string object_summary(const ShapeNode& node) {
  std::vector<std::string> needed;
  for (const auto& field : node.fields) {
    if (field.need == required) needed.push_back(field.name);
  }
  return needed.empty() ? "object" : "object with " + joined(needed);
}

std::string alternatives(const ShapeNode& node) {
  std::string out;
  for (const Shape& child : node.children) {
    auto words = child.summary();
    if (!out.empty()) out += " or ";
    out += words;
  }
  return out;
}

}  // namespace

json Shape::schema() const { return SchemaWriter().document(*this); }

std::string Shape::summary() const {
  const ShapeNode& own = *node_;
  switch (own.type) {
    case ShapeType::any: return "anything";
    case ShapeType::null: return "null";
    case ShapeType::boolean: return "true or false";
    case ShapeType::integer: return range(own, "integer");
    case ShapeType::number: return range(own, "number");
    case ShapeType::text: return "text";
    case ShapeType::text_matching: return own.called;
    case ShapeType::duration: return "duration";
    case ShapeType::size: return "size";
    case ShapeType::percentage: return "percentage";
    case ShapeType::choice:
      return own.values.size() == 1 ? own.values[0] : "one of " + joined(own.values);
    case ShapeType::name:
      return own.pattern.empty() ? "name" : fmt::format("name of a {}", own.pattern);
    case ShapeType::expectation: return "level or predicate";
    case ShapeType::predicate: return "predicate";
    case ShapeType::translated: return "text, or texts by language";
    case ShapeType::list: return "list of " + own.children[0].summary();
    case ShapeType::map: return "map to " + own.children[0].summary();
    case ShapeType::table: return own.children[0].summary() + " by name";
    case ShapeType::object:
    case ShapeType::selected: return object_summary(own);
    case ShapeType::either: return alternatives(own);
    case ShapeType::tagged: {
      std::vector<std::string> kinds;
      for (std::size_t i = 0; i < own.kinds; ++i) kinds.push_back(own.fields[i].name);
      return "one of " + joined(kinds);
    }
  }
  return "anything";
}

}  // namespace reprise
