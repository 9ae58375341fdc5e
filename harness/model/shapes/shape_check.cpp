#include <algorithm>
#include <optional>
#include <regex>

#include "harness/model/documents/document.h"
#include "harness/model/expectations/expectation.h"
#include "harness/model/shapes/shape_node.h"
#include "harness/model/time.h"
#include "harness/model/wording.h"

namespace reprise {
namespace {

using nlohmann::json;

// Past this many problems nobody reads on; a hostile file could hold a hundred thousand.
constexpr std::size_t most_errors_of_shape = 50;
// std::regex goes one call deeper for every character.
constexpr std::size_t longest_matched = 1024;

bool language_code(const std::string& key) {
  return key.size() == 2 && std::ranges::all_of(key, [](char c) { return c >= 'a' && c <= 'z'; });
}

class Checker {
 public:
  explicit Checker(const Document* document) : document_(document) {}

  void check(const Shape& shape, const json& value, const std::string& pointer);

  Errors take() {
    auto place = [](const Error& error) { return std::pair(error.where.line, error.where.column); };
    std::ranges::stable_sort(errors_, {}, place);
    return std::move(errors_);
  }

 private:
  void check_scalar(const ShapeNode& node, const json& value, const std::string& pointer);
  void check_number(const Shape& shape, const json& value, const std::string& pointer);
  void check_object(const ShapeNode& node, const json& value, const std::string& pointer);
  void check_fields(const ShapeNode& node, const json& value, const std::string& pointer);
  void check_tag(const ShapeNode& node, const json& value, const std::string& pointer);
  void check_selected(const ShapeNode& node, const json& value, const std::string& pointer);
  void check_entries(const ShapeNode& node, const json& value, const std::string& pointer);
  void check_translated(const json& value, const std::string& pointer);
  void check_predicate(const json& value, const std::string& pointer);
  void check_either(const Shape& shape, const json& value, const std::string& pointer);

  void add(Location where, std::string what, std::string remedy = {}) {
    if (errors_.size() < most_errors_of_shape) {
      errors_.push_back({std::move(what), std::move(remedy), std::move(where)});
    }
  }
  Location at(const std::string& pointer) const {
    return document_ != nullptr ? document_->where(pointer) : Location{};
  }
  Location at_key(const std::string& pointer) const {
    return document_ != nullptr ? document_->where_key(pointer) : Location{};
  }

  const Document* document_;
  Errors errors_;
};

void Checker::check(const Shape& shape, const json& value, const std::string& pointer) {
  if (errors_.size() >= most_errors_of_shape) return;
  const ShapeNode& node = shape.node();
  if (node.type == ShapeType::either) return check_either(shape, value, pointer);
  if (!fits_type(node, value)) {
    add(at(pointer), fmt::format("found {}, expected: {}", described(value), shape.summary()),
        type_remedy(node, value));
    return;
  }
  switch (node.type) {
    case ShapeType::integer:
    case ShapeType::number: return check_number(shape, value, pointer);
    case ShapeType::list:
      if (value.size() < node.least) {
        add(at(pointer),
            fmt::format("the list has {} items, expected at least {}", value.size(), node.least));
      }
      for (std::size_t i = 0; i < value.size() && errors_.size() < most_errors_of_shape; ++i) {
        check(node.children[0], value[i], pointer + segment(i));
      }
      return;
    case ShapeType::map:
    case ShapeType::table: return check_entries(node, value, pointer);
    case ShapeType::object:
    case ShapeType::tagged:
    case ShapeType::selected: return check_object(node, value, pointer);
    case ShapeType::translated: return check_translated(value, pointer);
    case ShapeType::expectation:
    case ShapeType::predicate: return check_predicate(value, pointer);
    default: return check_scalar(node, value, pointer);
  }
}

void Checker::check_number(const Shape& shape, const json& value, const std::string& pointer) {
  auto number = value.get<double>();
  if (number < shape.node().low || number > shape.node().high) {
    add(at(pointer), fmt::format("found {}, expected: {}", described(value), shape.summary()));
  }
}

void Checker::check_scalar(const ShapeNode& node, const json& value, const std::string& pointer) {
  if (!value.is_string()) return;  // any, boolean, null: the type was all there is to check
  const auto& text = value.get_ref<const std::string&>();
  auto report = [&](const auto& parsed) {
    if (!parsed) add(at(pointer), parsed.error().what, parsed.error().remedy);
  };
  switch (node.type) {
    case ShapeType::duration: return report(parse_duration(text));
    case ShapeType::size: return report(parse_size(text));
    case ShapeType::percentage: return report(parse_percentage(text));
    case ShapeType::text:
      if (text.size() < node.least) add(at(pointer), "the text is empty");
      return;
    case ShapeType::name:
      if (!valid_name(text)) {
        add(at(pointer), fmt::format("{} is not a name", in_quotes(text)),
            "lower-case letters, digits, '.', '_' and '-', at most 80");
      }
      return;
    case ShapeType::choice:
      if (std::ranges::find(node.values, text) == node.values.end()) {
        add(at(pointer),
            fmt::format("found {}, expected one of: {}", described(value), joined(node.values)),
            suggestion(text, node.values));
      }
      return;
    case ShapeType::text_matching:
      if (text.size() > longest_matched || !std::regex_match(text, std::regex(node.pattern))) {
        add(at(pointer), fmt::format("found {}, expected: {}", described(value), node.called));
      }
      return;
    default: return;
  }
}

void Checker::check_object(const ShapeNode& node, const json& value, const std::string& pointer) {
  if (value.size() < node.least) add(at(pointer), "the object is empty");
  check_fields(node, value, pointer);
  if (node.type == ShapeType::tagged) check_tag(node, value, pointer);
  if (node.type == ShapeType::selected) check_selected(node, value, pointer);
}

void Checker::check_fields(const ShapeNode& node, const json& value, const std::string& pointer) {
  std::vector<std::string> names;
  for (const auto& field : node.fields) names.push_back(field.name);
  for (const auto& [key, item] : value.items()) {
    auto below = pointer + segment(key);
    auto field = std::ranges::find(node.fields, key, &Shape::Field::name);
    if (field == node.fields.end()) {
      add(at_key(below), fmt::format("the key {} is unknown here", in_quotes(key)),
          suggestion(key, names));
    } else {
      check(field->shape, item, below);
    }
  }
  for (const auto& field : node.fields) {
    if (field.need == required && !value.contains(field.name)) {
      add(at(pointer), fmt::format("the key '{}' is missing", field.name), field.doc);
    }
  }
}

void Checker::check_tag(const ShapeNode& node, const json& value, const std::string& pointer) {
  std::vector<std::string> kinds;
  std::vector<std::string> given;
  for (std::size_t i = 0; i < node.kinds; ++i) {
    kinds.push_back(node.fields[i].name);
    if (value.contains(kinds.back())) given.push_back(kinds.back());
  }
  auto known = [&](const Shape::Field& field) { return value.contains(field.name); };
  auto all_known =
      static_cast<std::size_t>(std::ranges::count_if(node.fields, known)) == value.size();
  if (given.empty() && !all_known) return;  // the unknown key, already reported, was meant as one
  if (given.empty()) {
    add(at(pointer), "no kind is given, expected one of: " + joined(kinds));
  } else if (given.size() > 1) {
    add(at(pointer), fmt::format("more than one kind is given: {}", joined(given)),
        "one stands alone");
  }
}

void Checker::check_selected(const ShapeNode& node, const json& value, const std::string& pointer) {
  auto selector = value.find(node.selector);
  if (selector == value.end() || !selector->is_string()) return;
  auto choice = node.choices.find(selector->get<std::string>());
  if (choice == node.choices.end()) return;
  auto chosen = value.find(node.selects);
  if (chosen != value.end()) {
    check(choice->second, *chosen, pointer + segment(node.selects));
  } else if (!choice->second.check(json::object()).empty()) {
    add(at(pointer), fmt::format("the key '{}' is missing", node.selects),
        fmt::format("{} needs {}", choice->first, choice->second.summary()));
  }
}

void Checker::check_entries(const ShapeNode& node, const json& value, const std::string& pointer) {
  for (const auto& [key, item] : value.items()) {
    auto below = pointer + segment(key);
    const auto beside = std::ranges::find(node.fields, key, &Shape::Field::name);
    if (beside != node.fields.end()) {
      check(beside->shape, item, below);
      continue;
    }
    if (node.type == ShapeType::table && !valid_name(key)) {
      add(at_key(below), fmt::format("{} is not a name", in_quotes(key)),
          "lower-case letters, digits, '.', '_' and '-', at most 80");
    }
    check(node.children[0], item, below);
  }
}

void Checker::check_translated(const json& value, const std::string& pointer) {
  if (value.is_string()) {
    if (value.get_ref<const std::string&>().empty()) add(at(pointer), "the text is empty");
    return;
  }
  if (value.empty()) add(at(pointer), "there is no text in any language");
  for (const auto& [key, item] : value.items()) {
    auto below = pointer + segment(key);
    if (!language_code(key)) {
      add(at_key(below), fmt::format("{} is not a language code", in_quotes(key)),
          "as in en or fr");
    }
    check(Shape::text(), item, below);
  }
}

void Checker::check_predicate(const json& value, const std::string& pointer) {
  if (value.is_string()) {
    static const Shape level = Shape::choice({"nominal", "degraded", "down"});
    return check(level, value, pointer);
  }
  if (value.empty()) add(at(pointer), "the predicate is empty: it would hold for anything");
  auto before = errors_.size();
  for (const auto& [key, item] : value.items()) {
    auto below = pointer + segment(key);
    if (key == "json" || key == "headers") {
      check(Shape::map(comparison_shape(false)), item, below);
    } else {
      check(comparison_shape(key == "latency" || key == "age"), item, below);
    }
  }
  if (errors_.size() != before || value.empty()) return;
  // What a shape cannot say: regular expressions, pointers.
  auto parsed = Expectation::parse(value);
  if (!parsed) add(at(pointer), parsed.error().what, parsed.error().remedy);
}

// Its alternatives, and those of these.
std::vector<Shape> leaves_of(const Shape& either) {
  std::vector<Shape> out;
  for (const Shape& child : either.node().children) {
    if (child.node().type != ShapeType::either) out.push_back(child);
    if (child.node().type == ShapeType::either)
      std::ranges::move(leaves_of(child), std::back_inserter(out));
  }
  return out;
}

void Checker::check_either(const Shape& shape, const json& value, const std::string& pointer) {
  std::optional<Errors> nearest;
  std::size_t most_known = 0;
  for (const Shape& child : shape.node().children) {
    if (!fits_type(child.node(), value)) continue;
    Checker alone(document_);
    alone.check(child, value, pointer);
    auto found = alone.take();
    if (found.empty()) return;
    auto known = known_keys(child, value);
    if (!nearest || known > most_known) {
      nearest = std::move(found);
      most_known = known;
    }
  }
  if (nearest && value.is_structured()) {
    for (Error& error : *nearest) add(error.where, error.what, error.remedy);
    return;
  }
  auto remedy = nearest ? nearest->front().what : std::string();
  const auto is_text = [](const Shape& child) { return child.node().type == ShapeType::text; };
  const bool quotable = !value.is_structured() && !value.is_string();
  if (quotable && std::ranges::any_of(leaves_of(shape), is_text)) {
    remedy = "write it in quotes";
  }
  add(at(pointer), fmt::format("found {}, expected: {}", described(value), shape.summary()),
      remedy);
}

}  // namespace

Errors Shape::check(const Document& document, const std::string& pointer) const {
  nlohmann::json::json_pointer place(pointer);
  if (!document.root().contains(place)) {
    return {Error{fmt::format("'{}' is missing", pointer), {}, document.where(pointer)}};
  }
  Checker checker(&document);
  checker.check(*this, document.root().at(place), pointer);
  return checker.take();
}

Errors Shape::check(const nlohmann::json& value) const {
  Checker checker(nullptr);
  checker.check(*this, value, "");
  return checker.take();
}

}  // namespace reprise
