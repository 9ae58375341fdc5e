#include "harness/model/expectation.h"

#include <charconv>
#include <functional>

#include "harness/model/pattern.h"
#include "harness/model/time.h"
#include "harness/model/wording.h"

namespace reprise {

using nlohmann::json;

// Where the value is found in an observation, and what is demanded of it.
struct Expectation::Test {
  std::string group;  // "json", "headers", or empty
  std::string key;
  std::string op;  // one of the operators; "equals" for a bare scalar
  json operand;    // durations as nanoseconds
  std::optional<Pattern> pattern;
};

namespace {

bool of_time(const std::string& group, const std::string& key) {
  return group.empty() && (key == "latency" || key == "age");
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// Headers are text even where they mean a number.
std::optional<double> as_number(const json& value) {
  if (value.is_number()) return value.get<double>();
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  double out = 0;
  auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size()) return {};
  return out;
}

bool ordered(const json& seen, const std::string& op, const json& operand) {
  auto left = as_number(seen);
  auto right = as_number(operand);
  if (!left || !right) return false;
  if (op == "<") return *left < *right;
  if (op == "<=") return *left <= *right;
  if (op == ">") return *left > *right;
  return *left >= *right;
}

bool has_type(const json& value, const std::string& type) {
  if (type == "string") return value.is_string();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  return value.is_null();
}

// What a text operator looks at: a text itself, anything else as JSON writes it.
std::string as_text(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

bool satisfied(const std::string& op, const json& operand, const std::optional<Pattern>& pattern,
               const json* seen) {
  if (op == "exists") return (seen != nullptr) == operand.get<bool>();
  if (seen == nullptr) return false;
  if (op == "equals") return *seen == operand;
  if (op == "not") return *seen != operand;
  if (op == "in") return std::ranges::find(operand, *seen) != operand.end();
  if (op == "matches") return pattern->found_in(as_text(*seen));
  if (op == "contains") return as_text(*seen).find(operand.get<std::string>()) != std::string::npos;
  if (op == "type") return has_type(*seen, operand.get<std::string>());
  return ordered(*seen, op, operand);
}

Result<json> scalar_operand(const json& value, bool time) {
  if (value.is_structured()) return failure("found {}, expected a scalar", described(value));
  if (!time) return value;
  if (!value.is_string()) return failure("found {}, expected a duration", described(value));
  auto duration = parse_duration(value.get_ref<const std::string&>());
  if (!duration) return std::unexpected(duration.error());
  return json(duration->count());
}

Result<json> list_operand(const json& value, bool time) {
  if (!value.is_array() || value.empty()) return failure("'in' needs a list");
  json out = json::array();
  for (const json& item : value) {
    auto scalar = scalar_operand(item, time);
    if (!scalar) return scalar;
    out.push_back(std::move(*scalar));
  }
  return out;
}

Result<json> operand_of(const std::string& op, const json& value, bool time) {
  if (op == "equals" || op == "not") return scalar_operand(value, time);
  if (op == "in") return list_operand(value, time);
  bool order = op == "<" || op == "<=" || op == ">" || op == ">=";
  if (order) {
    if (!time && !value.is_number()) return failure("'{}' needs a number", op);
    return scalar_operand(value, time);
  }
  if (op == "exists") {
    if (!value.is_boolean()) return failure("'exists' needs true or false");
    return value;
  }
  if (op == "matches" || op == "contains" || op == "type") {
    if (!value.is_string()) return failure("'{}' needs a text", op);
    return value;
  }
  return std::unexpected(Error{fmt::format("the operator {} is unknown", in_quotes(op)),
                               suggestion(op, {"<", "<=", ">", ">=", "equals", "not", "in",
                                               "matches", "contains", "exists", "type"}),
                               {}});
}

// Calls `add(operator, operand)` for each comparison that a value stands for.
Result<void> comparisons(const json& value, bool time,
                         const std::function<Result<void>(const std::string&, json)>& add) {
  if (!value.is_object()) {
    auto operand = scalar_operand(value, time);
    if (!operand) return std::unexpected(operand.error());
    return add("equals", std::move(*operand));
  }
  if (value.empty()) return failure("no operator is given");
  for (const auto& [op, wanted] : value.items()) {
    auto operand = operand_of(op, wanted, time);
    if (!operand) return std::unexpected(operand.error());
    if (auto added = add(op, std::move(*operand)); !added) return added;
  }
  return {};
}

}  // namespace

Result<Expectation> Expectation::parse(const json& value) {
  if (!value.is_object() || value.empty()) {
    return failure("found {}, expected a predicate as in {{status: 200}}", described(value));
  }
  auto tests = std::make_shared<std::vector<Test>>();
  auto read = [&](const std::string& group, const std::string& key,
                  const json& wanted) -> Result<void> {
    if (group == "json" && !key.empty() && key[0] != '/') {
      return failure("{} is not a JSON pointer: it begins with '/'", in_quotes(key));
    }
    auto add = [&](const std::string& op, json operand) -> Result<void> {
      Test test{group, group == "headers" ? lower(key) : key, op, std::move(operand), {}};
      if (op == "matches") {
        auto pattern = Pattern::compile(test.operand.get_ref<const std::string&>());
        if (!pattern) return std::unexpected(pattern.error());
        test.pattern = std::move(*pattern);
      }
      tests->push_back(std::move(test));
      return {};
    };
    auto done = comparisons(wanted, of_time(group, key), add);
    if (!done) done.error().what = fmt::format("{}: {}", in_quotes(key), done.error().what);
    return done;
  };
  for (const auto& [key, wanted] : value.items()) {
    bool group = key == "json" || key == "headers";
    if (!group) {
      if (auto done = read("", key, wanted); !done) return std::unexpected(done.error());
      continue;
    }
    if (!wanted.is_object()) return failure("'{}' needs an object", key);
    for (const auto& [inner, demand] : wanted.items()) {
      if (auto done = read(key, inner, demand); !done) return std::unexpected(done.error());
    }
  }
  Expectation out;
  out.source_ = value;
  out.tests_ = std::move(tests);
  return out;
}

bool Expectation::holds(const Observation& seen) const {
  bool outcome_judged = false;
  const json outcome = seen.outcome;
  for (const Test& test : *tests_) {
    const json* value = nullptr;
    if (test.group.empty() && test.key == "outcome") {
      outcome_judged = true;
      value = &outcome;
    } else {
      const json* from = &seen.values;
      if (!test.group.empty()) {
        auto group = seen.values.find(test.group);
        from = group != seen.values.end() ? &*group : nullptr;
      }
      if (from != nullptr && from->is_object()) {
        auto found = from->find(test.key);
        if (found != from->end()) value = &*found;
      }
    }
    if (!satisfied(test.op, test.operand, test.pattern, value)) return false;
  }
  return outcome_judged || seen.outcome == "answered";
}

bool Expectation::depends_on_latency() const {
  return std::ranges::any_of(
      *tests_, [](const Test& test) { return test.group.empty() && test.key == "latency"; });
}

std::set<std::string> Expectation::pointers() const {
  std::set<std::string> out;
  for (const Test& test : *tests_) {
    if (test.group == "json") out.insert(test.key);
  }
  return out;
}

std::set<std::string> Expectation::headers() const {
  std::set<std::string> out;
  for (const Test& test : *tests_) {
    if (test.group == "headers") out.insert(test.key);
  }
  return out;
}

std::string_view level_name(Level level) {
  switch (level) {
    case Level::nominal: return "nominal";
    case Level::degraded: return "degraded";
    case Level::down: return "down";
  }
  return "down";
}

Level Levels::classify(const Observation& seen) const {
  if (!nominal && !degraded) return seen.outcome == "answered" ? Level::nominal : Level::down;
  if (nominal && nominal->holds(seen)) return Level::nominal;
  if (degraded && degraded->holds(seen)) return Level::degraded;
  return Level::down;
}

Result<Expected> Expected::parse(const json& value) {
  Expected out;
  if (value.is_string()) {
    out.level = value.get<std::string>();
    std::vector<std::string> levels{"nominal", "degraded", "down"};
    if (std::ranges::find(levels, out.level) == levels.end()) {
      return failure("{} is not a level: nominal, degraded, down", in_quotes(out.level));
    }
    return out;
  }
  auto predicate = Expectation::parse(value);
  if (!predicate) return std::unexpected(predicate.error());
  out.predicate = std::move(*predicate);
  return out;
}

bool Expected::holds(const Observation& seen, const Levels& levels) const {
  if (predicate) return predicate->holds(seen);
  auto found = levels.classify(seen);
  if (level == "nominal") return found == Level::nominal;
  if (level == "down") return found == Level::down;
  return found != Level::down;
}

}  // namespace reprise
