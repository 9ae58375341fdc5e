#include "harness/model/shapes/shape.h"

#include <limits>

#include "harness/model/shapes/shape_node.h"
#include "harness/model/wording.h"

namespace reprise {
namespace {

Shape make(ShapeNode node) { return Shape(std::make_shared<const ShapeNode>(std::move(node))); }

Shape simple(ShapeType type) {
  ShapeNode node;
  node.type = type;
  return make(std::move(node));
}

Shape around(ShapeType type, Shape child, std::size_t least = 0) {
  ShapeNode node;
  node.type = type;
  node.children = {std::move(child)};
  node.least = least;
  return make(std::move(node));
}

}  // namespace

Shape Shape::defined_as(std::string name) const {
  ShapeNode node = *node_;
  node.definition = std::move(name);
  return make(std::move(node));
}

Shape Shape::any() { return simple(ShapeType::any); }
Shape Shape::boolean() { return simple(ShapeType::boolean); }
Shape Shape::duration() { return simple(ShapeType::duration); }
Shape Shape::size() { return simple(ShapeType::size); }
Shape Shape::percentage() { return simple(ShapeType::percentage); }
Shape Shape::name() { return simple(ShapeType::name); }
Shape Shape::expectation() { return simple(ShapeType::expectation); }
Shape Shape::predicate() { return simple(ShapeType::predicate); }
Shape Shape::translated() { return simple(ShapeType::translated); }

Shape Shape::integer(std::int64_t low, std::int64_t high) {
  ShapeNode node;
  node.type = ShapeType::integer;
  node.low = static_cast<double>(low);
  node.high = static_cast<double>(high);
  return make(std::move(node));
}

Shape Shape::number(double low, double high) {
  ShapeNode node;
  node.type = ShapeType::number;
  node.low = low;
  node.high = high;
  return make(std::move(node));
}

Shape Shape::text(std::size_t least) {
  ShapeNode node;
  node.type = ShapeType::text;
  node.least = least;
  return make(std::move(node));
}

Shape Shape::text_matching(std::string pattern, std::string called) {
  ShapeNode node;
  node.type = ShapeType::text_matching;
  node.pattern = std::move(pattern);
  node.called = std::move(called);
  return make(std::move(node));
}

Shape Shape::choice(std::vector<std::string> values) {
  ShapeNode node;
  node.type = ShapeType::choice;
  node.values = std::move(values);
  return make(std::move(node));
}

Shape Shape::name_of(std::string table) {
  ShapeNode node;
  node.type = ShapeType::name;
  node.pattern = std::move(table);
  return make(std::move(node));
}

Shape Shape::list(Shape item, std::size_t least) {
  return around(ShapeType::list, std::move(item), least);
}
Shape Shape::map(Shape value) { return around(ShapeType::map, std::move(value)); }
Shape Shape::table(Shape entry) { return around(ShapeType::table, std::move(entry)); }

Shape Shape::table(Shape entry, std::vector<Field> beside) {
  ShapeNode node;
  node.type = ShapeType::table;
  node.children = {std::move(entry)};
  node.fields = std::move(beside);
  return make(std::move(node));
}

Shape Shape::object(std::vector<Field> fields) {
  ShapeNode node;
  node.type = ShapeType::object;
  node.fields = std::move(fields);
  return make(std::move(node));
}

Shape Shape::either(std::vector<Shape> shapes) {
  ShapeNode node;
  node.type = ShapeType::either;
  node.children = std::move(shapes);
  return make(std::move(node));
}

Shape Shape::tagged(std::vector<Field> kinds, std::vector<Field> common) {
  ShapeNode node;
  node.type = ShapeType::tagged;
  node.kinds = kinds.size();
  node.fields = std::move(kinds);
  node.fields.insert(node.fields.end(), common.begin(), common.end());
  return make(std::move(node));
}

const std::vector<Shape::Field>& Shape::fields() const { return node_->fields; }

Shape selected_object(std::vector<Shape::Field> fields, std::string selector, std::string selects,
                      std::map<std::string, Shape> choices) {
  ShapeNode node;
  node.type = ShapeType::selected;
  node.fields = std::move(fields);
  node.selector = std::move(selector);
  node.selects = std::move(selects);
  node.choices = std::move(choices);
  return make(std::move(node));
}

// A scalar (equality) or an object of operators.
const Shape& comparison_shape(bool of_time) {
  auto build = [](const Shape& ordered, std::vector<Shape> scalars) {
    Shape scalar = Shape::either(scalars);
    std::vector<Shape::Field> operators;
    for (const char* name : {"<", "<=", ">", ">="}) operators.push_back({name, ordered});
    operators.push_back({"equals", scalar});
    operators.push_back({"not", scalar});
    operators.push_back({"in", Shape::list(scalar, 1)});
    operators.push_back({"matches", Shape::text()});
    operators.push_back({"contains", Shape::text()});
    operators.push_back({"exists", Shape::boolean()});
    operators.push_back(
        {"type", Shape::choice({"string", "number", "boolean", "object", "array", "null"})});
    ShapeNode object;
    object.type = ShapeType::object;
    object.fields = std::move(operators);
    object.least = 1;
    scalars.push_back(make(std::move(object)));
    return Shape::either(std::move(scalars));
  };
  constexpr double huge = std::numeric_limits<double>::max();
  static const Shape time = build(Shape::duration(), {Shape::duration()});
  static const Shape value = build(
      Shape::number(-huge, huge),
      {Shape::text(0), Shape::number(-huge, huge), Shape::boolean(), simple(ShapeType::null)});
  return of_time ? time : value;
}

}  // namespace reprise
