#include "harness/model/expectations/expectation.h"

#include <charconv>
#include <functional>

#include "harness/model/expectations/pattern.h"
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

  [[nodiscard]] Truth evaluate(const Observation& seen, Meant meant) const;
  [[nodiscard]] Truth of_cut(const json* kept, const json& values) const;
  [[nodiscard]] Truth of_broken_off(const json* value) const;
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

// Of a value that is there and whole.
bool satisfied(const std::string& op, const json& operand, const std::optional<Pattern>& pattern,
               const json& seen) {
  if (op == "exists") return operand.get<bool>();
  if (op == "equals") return seen == operand;
  if (op == "not") return seen != operand;
  if (op == "in") return std::ranges::find(operand, seen) != operand.end();
  if (op == "matches") return pattern->found_in(as_text(seen));
  if (op == "contains") return as_text(seen).find(operand.get<std::string>()) != std::string::npos;
  if (op == "type") return has_type(seen, operand.get<std::string>());
  return ordered(seen, op, operand);
}

Truth truth(bool holds) { return holds ? Truth::holds : Truth::fails; }

bool is_order(const std::string& op) { return op == "<" || op == "<=" || op == ">" || op == ">="; }

bool is_search(const std::string& op) {
  return op == "equals" || op == "not" || op == "in" || op == "matches" || op == "contains";
}

// How a value is named under `cut`.
std::string name_of_value(const std::string& group, const std::string& key) {
  return group.empty() ? key : group + " " + key;
}

bool listed(const json& values, const char* list, const std::string& name) {
  const auto found = values.find(list);
  return found != values.end() && found->is_array() &&
         std::ranges::find(*found, json(name)) != found->end();
}

bool is_partial(const Observation& seen) {
  return seen.values.is_object() && seen.values.value("partial", json()) == true;
}

Truth both(Truth left, Truth right) {
  if (left == Truth::fails || right == Truth::fails) return Truth::fails;
  return left == Truth::unknown ? left : right;
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
  if (is_order(op)) {
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

Truth Expectation::Test::evaluate(const Observation& seen, Meant meant) const {
  const json* value = nullptr;
  const json outcome = seen.outcome;
  if (group.empty() && key == "outcome") {
    value = &outcome;
  } else if (seen.values.is_object()) {
    const json* from = &seen.values;
    if (!group.empty()) {
      const auto inner = seen.values.find(group);
      from = inner != seen.values.end() ? &*inner : nullptr;
    }
    if (from != nullptr && from->is_object()) {
      const auto found = from->find(key);
      if (found != from->end()) value = &*found;
    }
  }
  if (seen.values.is_object() && listed(seen.values, "cut", name_of_value(group, key))) {
    return of_cut(value, seen.values);
  }
  if (is_partial(seen) && key != "outcome" && key != "latency") return of_broken_off(value);
  if (value == nullptr) return truth(op == "exists" && !operand.get<bool>());
  const bool comparable = !is_order(op) || as_number(*value);
  if (!comparable && meant == Meant::forbidden && seen.outcome == "answered") {
    return Truth::unknown;
  }
  return truth(satisfied(op, operand, pattern, *value));
}

// Only a part of it was kept: what a search of the whole found, or what the part alone tells.
Truth Expectation::Test::of_cut(const json* kept, const json& values) const {
  if (op == "exists") return kept != nullptr ? truth(operand.get<bool>()) : Truth::unknown;
  const auto searched = values.find("searched");
  if (searched != values.end() && searched->is_object() && is_search(op)) {
    const auto answer = searched->find(Search{group, key, op, operand}.key());
    if (answer != searched->end() && answer->is_boolean()) return truth(answer->get<bool>());
  }
  if (kept == nullptr) return Truth::unknown;
  if (op == "type") return truth(satisfied(op, operand, pattern, *kept));
  const bool found = op == "contains" && satisfied(op, operand, pattern, *kept);
  return found ? Truth::holds : Truth::unknown;
}

// A status and headers came whole before the answer broke off; of what follows a part may be there.
Truth Expectation::Test::of_broken_off(const json* value) const {
  const bool whole = key == "status" || group == "headers";
  if (whole) {
    if (value == nullptr) return truth(op == "exists" && !operand.get<bool>());
    return truth(satisfied(op, operand, pattern, *value));
  }
  const bool found =
      value != nullptr && op == "contains" && satisfied(op, operand, pattern, *value);
  return found ? Truth::holds : Truth::unknown;
}

Truth Expectation::evaluate(const Observation& seen, Meant meant) const {
  Truth out = Truth::holds;
  bool outcome_judged = false;
  for (const Test& test : *tests_) {
    outcome_judged = outcome_judged || (test.group.empty() && test.key == "outcome");
    out = both(out, test.evaluate(seen, meant));
    if (out == Truth::fails) return out;
  }
  if (outcome_judged || seen.outcome == "answered") return out;
  // Whoever got half an answer was told half of it.
  if (meant == Meant::forbidden && is_partial(seen)) return out;
  return Truth::fails;
}

std::string Expectation::Search::key() const { return written().dump(); }

json Expectation::Search::written() const { return json::array({group, name, op, operand}); }

Result<Expectation::Search> Expectation::Search::read(const json& written) {
  const bool fits = written.is_array() && written.size() == 4 && written[0].is_string() &&
                    written[1].is_string() && written[2].is_string();
  if (!fits)
    return failure("found {}, expected [group, name, operator, operand]", described(written));
  Search out{written[0], written[1], written[2], written[3]};
  auto operand = operand_of(out.op, out.operand, false);
  if (!is_search(out.op) || !operand) {
    return failure("{} is no search", in_quotes(written.dump()));
  }
  if (out.op == "matches") {
    if (auto pattern = Pattern::compile(out.operand.get<std::string>()); !pattern) {
      return std::unexpected(pattern.error());
    }
  }
  return out;
}

bool Expectation::Search::found_in(const std::string& whole) const {
  std::optional<Pattern> pattern;
  if (op == "matches") {
    auto compiled = Pattern::compile(operand.get<std::string>());
    if (!compiled) return false;
    pattern = std::move(*compiled);
  }
  return satisfied(op, operand, pattern, whole);
}

std::vector<Expectation::Search> Expectation::searches() const {
  std::vector<Search> out;
  for (const Test& test : *tests_) {
    const bool of_text = !test.group.empty() || test.key == "text" || test.key == "stderr" ||
                         test.key == "value" || test.key == "line" || test.key == "row" ||
                         test.key == "title";
    if (of_text && is_search(test.op)) out.push_back({test.group, test.key, test.op, test.operand});
  }
  return out;
}

std::set<std::string> Expectation::compared_pointers() const {
  std::set<std::string> out;
  for (const Test& test : *tests_) {
    if (test.group == "json" && test.op != "exists") out.insert(test.key);
  }
  return out;
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

}  // namespace reprise
