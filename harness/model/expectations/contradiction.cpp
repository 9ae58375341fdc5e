// Demands on one value that exclude each other: tried on every value where there are few, else on
// the ends of what the comparisons leave.
#include <algorithm>
#include <cmath>
#include <optional>
#include <regex>

#include "harness/model/expectations/expectation.h"
#include "harness/model/expectations/predicate_flaws.h"
#include "harness/model/time.h"
#include "harness/model/wording.h"

namespace reprise {
namespace {

using nlohmann::json;

using Type = SeenValue::Type;

// What a predicate sees of a duration.
json in_nanoseconds(const json& operand) {
  if (operand.is_array()) {
    json out = json::array();
    for (const json& item : operand) out.push_back(in_nanoseconds(item));
    return out;
  }
  const auto duration = operand.is_string() ? parse_duration(operand.get<std::string>())
                                            : Result<Duration>(Duration{});
  return duration ? json(duration->count()) : operand;
}

class Demands {
 public:
  Demands(const SeenValue& value, const std::vector<json>& demands) : value_(value) {
    for (const json& demand : demands) add(demand);
  }

  [[nodiscard]] bool exclude_each_other() const {
    const json* exists = find("exists");
    if (exists != nullptr && *exists == false) return tests_.size() > 1;
    if (const auto few = candidates()) {
      return std::ranges::none_of(*few, [&](const json& one) { return meets_all(one); });
    }
    const json* type = find("type");
    const bool structure = type != nullptr && (*type == "object" || *type == "array");
    if (structure && std::ranges::any_of(tests_, is_order)) return true;
    const bool whole = value_.type == Type::integer || value_.type == Type::duration;
    return whole ? leave_no_whole_number() : leave_no_number();
  }

  // Every value that there can be meets them. Of texts, and of what may be anything, nobody knows.
  [[nodiscard]] bool always_hold() const {
    if (const auto all = domain()) {
      return std::ranges::all_of(*all, [&](const json& one) { return meets_all(one); });
    }
    if (value_.type != Type::integer) return false;
    return std::ranges::all_of(tests_, [&](const Test& test) {
      if (test.op == "exists" || test.op == "type") return true;  // else it could never hold
      const auto low = static_cast<double>(value_.low);
      if (test.op == ">=") return test.operand.get<double>() <= low;
      return test.op == ">" && test.operand.get<double>() < low;
    });
  }

  [[nodiscard]] std::string text() const {
    std::vector<std::string> out;
    for (const Test& test : tests_) {
      out.push_back(fmt::format("{} {}", test.op,
                                test.written.dump(-1, ' ', false, json::error_handler_t::replace)));
    }
    return fmt::format("{}", fmt::join(out, " and "));
  }

 private:
  struct Test {
    std::string op;
    json written;
    json operand;  // a duration in nanoseconds
  };

  void add(const json& demand) {
    const json by_operator = demand.is_object() ? demand : json{{"equals", demand}};
    for (const auto& [op, written] : by_operator.items()) {
      const bool time = value_.type == Type::duration && op != "exists" && op != "type";
      const json operand = time ? in_nanoseconds(written) : written;
      tests_.push_back({op, written, operand});
      // Judged as every value of an answer is.
      auto judge = Expectation::parse({{"json", {{"/value", {{op, operand}}}}}});
      if (judge) judges_.push_back(std::move(*judge));
    }
  }

  [[nodiscard]] const json* find(std::string_view op) const {
    const auto found = std::ranges::find(tests_, op, &Test::op);
    return found != tests_.end() ? &found->operand : nullptr;
  }

  // All that the value can be, where that is little.
  [[nodiscard]] std::optional<json> domain() const {
    if (value_.type == Type::word) return json(value_.words);
    if (value_.type == Type::boolean) return json::array({false, true});
    constexpr std::int64_t few = 1000;
    if (value_.type != Type::integer || value_.high - value_.low > few) return std::nullopt;
    const std::regex form(value_.form);
    json out = json::array();
    for (auto one = value_.low; one <= value_.high; ++one) {
      if (value_.form.empty() || std::regex_match(std::to_string(one), form)) out.push_back(one);
    }
    return out;
  }

  // All that need to be tried.
  [[nodiscard]] std::optional<json> candidates() const {
    if (auto all = domain()) return all;
    if (const json* equal = find("equals")) return json::array({*equal});
    if (const json* in = find("in")) return *in;
    const json* type = find("type");
    if (type != nullptr && *type == "boolean") return json::array({false, true});
    if (type != nullptr && *type == "null") return json::array({nullptr});
    return std::nullopt;
  }

  [[nodiscard]] bool meets_all(const json& one) const {
    Observation seen;
    seen.values["json"]["/value"] = one;
    return std::ranges::all_of(judges_,
                               [&](const Expectation& judge) { return judge.holds(seen); });
  }

  static bool is_order(const Test& test) {
    return test.op.starts_with('<') || test.op.starts_with('>');
  }

  [[nodiscard]] bool leave_no_whole_number() const {
    auto low = static_cast<double>(value_.low);
    auto high = static_cast<double>(value_.high);
    for (const Test& test : tests_) {
      if (!is_order(test)) continue;
      const auto bound = test.operand.get<double>();
      if (test.op == ">") low = std::max(low, std::floor(bound) + 1);
      if (test.op == ">=") low = std::max(low, std::ceil(bound));
      if (test.op == "<") high = std::min(high, std::ceil(bound) - 1);
      if (test.op == "<=") high = std::min(high, std::floor(bound));
    }
    constexpr double exact = 9007199254740992.0;
    if (low != high || std::abs(low) > exact) return low > high;
    return !meets_all(json(static_cast<std::int64_t>(low)));
  }

  [[nodiscard]] bool leave_no_number() const {
    constexpr double endless = std::numeric_limits<double>::infinity();
    double low = -endless;
    double high = endless;
    bool open = false;  // the greatest of the lower bounds, or the least of the upper ones
    for (const Test& test : tests_) {
      if (!is_order(test)) continue;
      const auto bound = test.operand.get<double>();
      if (test.op[0] == '>') low = std::max(low, bound);
      if (test.op[0] == '<') high = std::min(high, bound);
    }
    for (const Test& test : tests_) {
      const bool strict = test.op == ">" || test.op == "<";
      open = open || (strict && test.operand == (test.op == ">" ? low : high));
    }
    return low > high || (low == high && open);
  }

  const SeenValue& value_;
  std::vector<Test> tests_;
  std::vector<Expectation> judges_;
};

}  // namespace

bool always_holds(const SeenValue& value, const json& demand) {
  return Demands(value, {demand}).always_hold();
}

std::string contradiction(const SeenValue& value, const std::vector<json>& demands) {
  const Demands all(value, demands);
  return all.exclude_each_other() ? all.text() : std::string();
}

}  // namespace reprise
