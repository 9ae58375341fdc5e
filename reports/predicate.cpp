#include "reports/predicate.h"

#include <functional>
#include <set>

#include "harness/model/time.h"
#include "reports/catalogue.h"
#include "reports/escape.h"

namespace reprise {
namespace {

using nlohmann::json;

std::string as_json(const json& value) {
  return visible(value.dump(-1, ' ', false, json::error_handler_t::replace));
}

// A value that a predicate looks at.
struct Compared {
  std::string group, name;  // "json", "headers" or empty

  [[nodiscard]] bool is_time() const {
    return group.empty() && (name == "latency" || name == "age");
  }
  // Whether what the probe looks at is there at all, as a file.
  [[nodiscard]] bool is_itself() const { return group.empty() && name == "exists"; }
  [[nodiscard]] bool is_outcome() const { return group.empty() && name == "outcome"; }

  [[nodiscard]] std::string text(const std::string& language) const {
    if (group == "headers") return reprise::text("predicate.header", language, {{"name", name}});
    if (is_itself()) return reprise::text("predicate.itself", language);
    const bool whole = group == "json" && name.empty();
    return whole ? reprise::text("predicate.whole-json", language) : visible(name);
  }

  [[nodiscard]] const json* in(const Observation& seen) const {
    const json* from = &seen.values;
    if (!group.empty()) {
      if (!from->is_object() || !from->contains(group)) return nullptr;
      from = &from->at(group);
    }
    if (!from->is_object()) return nullptr;
    const auto found = from->find(name);
    return found == from->end() ? nullptr : &*found;
  }
};

// Told of a value that the predicate looks at, and of what it wants of it.
using Tell = std::function<void(const Compared&, const json&)>;

// How it ended and what it was answered first, then the rest.
void each_compared(const json& source, const Tell& tell) {
  static constexpr std::array first = {"outcome", "status"};
  for (const char* name : first) {
    if (const auto found = source.find(name); found != source.end()) tell({"", name}, *found);
  }
  for (const auto& [name, wanted] : source.items()) {
    if (std::ranges::find(first, name) != first.end()) continue;
    if ((name != "json" && name != "headers") || !wanted.is_object()) {
      tell({"", name}, wanted);
      continue;
    }
    for (const auto& [inner, demand] : wanted.items()) tell({name, inner}, demand);
  }
}

std::string scalar_text(const Compared& of, const json& value, const std::string& language) {
  if (value.is_number_float()) return number_text(value.get<double>(), 6, language);
  if (!value.is_string()) return as_json(value);
  const auto& written = value.get_ref<const std::string&>();
  if (of.is_outcome()) return visible(written);
  if (of.is_time()) {
    if (const auto duration = parse_duration(written)) return duration_text(*duration, language);
  }
  return as_json(value);
}

std::string operand_text(const Compared& of, const json& value, const std::string& language) {
  if (!value.is_array()) return scalar_text(of, value, language);
  std::string out;
  for (const json& one : value) {
    if (!out.empty()) out += ", ";
    out += scalar_text(of, one, language);
  }
  return out;
}

// One comparison, without what is compared: "is below 500 ms".
std::string clause(const Compared& of, const std::string& op, const json& operand,
                   const std::string& language) {
  static const std::map<std::string, const char*, std::less<>> keys{
      {"equals", "predicate.equals"},     {"not", "predicate.not"},    {"in", "predicate.in"},
      {"contains", "predicate.contains"}, {"<", "predicate.below"},    {"<=", "predicate.at-most"},
      {">", "predicate.above"},           {">=", "predicate.at-least"}};
  const std::string written = operand.is_string() ? operand.get<std::string>() : std::string();
  if (op == "exists" && operand.is_boolean()) {
    return text(operand.get<bool>() ? "predicate.there" : "predicate.not-there", language);
  }
  if (op == "type") return text("predicate.type." + written, language);
  if (op == "matches") return text("predicate.matches", language, {{"value", operand}});
  const auto key = keys.find(op);
  if (key == keys.end()) return visible(op) + " " + as_json(operand);
  return text(key->second, language, {{"value", operand_text(of, operand, language)}});
}

// A lower and an upper bound together: "is between 3 and 5".
std::string range(const Compared& of, const json& wanted, const std::string& language) {
  static constexpr std::array ranges = {std::array{">=", "<=", "predicate.between"},
                                        std::array{">=", "<", "predicate.at-least-below"},
                                        std::array{">", "<=", "predicate.above-at-most"},
                                        std::array{">", "<", "predicate.above-below"}};
  for (const auto& [low, high, key] : ranges) {
    if (!wanted.contains(low) || !wanted.contains(high)) continue;
    return text(key, language,
                {{"low", operand_text(of, wanted.at(low), language)},
                 {"high", operand_text(of, wanted.at(high), language)}});
  }
  return {};
}

// All that is wanted of one value.
std::string wanted_text(const Compared& of, const json& wanted, const std::string& language) {
  if (of.is_itself() && wanted.is_boolean()) return clause(of, "exists", wanted, language);
  if (!wanted.is_object()) return clause(of, "equals", wanted, language);
  std::string out = range(of, wanted, language);
  const bool ranged = !out.empty();
  for (const auto& [op, operand] : wanted.items()) {
    if (ranged && (op.starts_with('<') || op.starts_with('>'))) continue;
    if (!out.empty()) out += text("predicate.and", language);
    out += clause(of, op, operand, language);
  }
  return out;
}

bool same_type(const json& left, const json& right) {
  return left.type() == right.type() || (left.is_number() && right.is_number());
}

// "the number 5", `the text "5"`, "a list".
std::string typed(const Compared& of, const json& value, const std::string& language) {
  if (value.is_array()) return text("typed.list", language);
  if (value.is_object()) return text("typed.object", language);
  const char* key = value.is_number()   ? "typed.number"
                    : value.is_string() ? "typed.text"
                                        : "typed.value";
  return text(key, language, {{"value", scalar_text(of, value, language)}});
}

bool reads_as_number(const json& value) {
  if (!value.is_string()) return value.is_number();
  const json read = json::parse(value.get_ref<const std::string&>(), nullptr, false);
  return read.is_number();
}

// What one comparison wanted, where the value is of another type; empty where it is not.
std::string wanted_instead(const Compared& of, const std::string& op, const json& operand,
                           const json& value, const std::string& language) {
  if (op.starts_with('<') || op.starts_with('>')) {
    return reads_as_number(value) ? "" : text("typed.any-number", language);
  }
  if (op == "equals") return same_type(operand, value) ? "" : typed(of, operand, language);
  if (op != "in" || !operand.is_array()) return {};
  std::string out;
  for (const json& one : operand) {
    if (same_type(one, value)) return {};
    if (!out.empty()) out += ", ";
    out += typed(of, one, language);
  }
  return out;
}

}  // namespace

std::string predicate_text(const json& source, const std::string& language) {
  if (!source.is_object() || source.empty()) return as_json(source);
  std::string out;
  each_compared(source, [&](const Compared& of, const json& wanted) {
    if (!out.empty()) out += text("predicate.and", language);
    out += of.text(language) + " " + wanted_text(of, wanted, language);
  });
  return out;
}

std::string type_mismatch(const json& source, const Observation& seen,
                          const std::string& language) {
  std::string out;
  if (!source.is_object()) return out;
  each_compared(source, [&](const Compared& of, const json& wanted) {
    const json* value = of.in(seen);
    if (!value || !out.empty()) return;
    const json tests = wanted.is_object() ? wanted : json{{"equals", wanted}};
    for (const auto& [op, operand] : tests.items()) {
      const std::string instead = wanted_instead(of, op, operand, *value, language);
      if (instead.empty()) continue;
      out = text("typed.mismatch", language,
                 {{"what", of.text(language)},
                  {"wanted", instead},
                  {"seen", typed(of, *value, language)}});
      return;
    }
  });
  return out;
}

}  // namespace reprise
