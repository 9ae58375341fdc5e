#include "harness/model/expectations/predicate_flaws.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <regex>

#include "harness/model/expectations/seen_values.h"
#include "harness/model/wording.h"

namespace reprise {
namespace {

using nlohmann::json;

using Type = SeenValue::Type;

const std::vector<std::string> outcomes{"answered", "refused", "reset", "timeout", "error"};

// With what every probe sees.
std::vector<SeenValue> all_seen(const ProbeInfo& kind) {
  std::vector<SeenValue> out = kind.sees;
  const auto lacks = [&](const char* name) {
    return std::ranges::find(out, name, &SeenValue::name) == out.end();
  };
  if (lacks("outcome")) out.push_back(seen::outcome(outcomes));
  if (lacks("latency")) out.push_back(seen::duration("latency"));
  if (lacks("text")) out.push_back(seen::without_answer(seen::text("text")));  // says why
  if (!lacks("json")) out.push_back(seen::only_with("served-by", seen::any("source")));
  return out;
}

// "is true", ">= 1".
std::string in_words(const json& demand) {
  if (!demand.is_object()) return "is " + demand.dump();
  return fmt::format("{} {}", demand.begin().key(), demand.begin()->dump());
}

bool good_escapes(std::string_view pointer) {
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] != '~') continue;
    if (i + 1 == pointer.size() || (pointer[i + 1] != '0' && pointer[i + 1] != '1')) return false;
  }
  return true;
}

class Predicate {
 public:
  Predicate(const json& predicate, const ProbeInfo& kind, const json& probe)
      : predicate_(predicate), kind_(kind), probe_(probe), sees_(all_seen(kind)) {}

  std::vector<Flaw> flaws() {
    find_outcomes();
    find_unasked();
    for (const auto& [key, wanted] : predicate_.items()) {
      const auto value = std::ranges::find(sees_, key, &SeenValue::name);
      if (value == sees_.end()) {
        unknown(key);
      } else if (value->type == Type::documents || value->type == Type::headers) {
        if (seen_at_all(*value, wanted)) group(*value, wanted);
      } else if (seen_at_all(*value, wanted)) {
        one(bounded(*value), in_quotes(key), segment(key), {wanted});
      }
    }
    find_excluded();
    return std::move(flaws_);
  }

 private:
  // Whoever asks the service nothing is answered whatever the service does.
  void find_unasked() {
    const bool alone = predicate_.size() == 1 && predicate_.contains("outcome");
    if (!kind_.asks_nothing || !alone || !answered()) return;
    add("/outcome", fmt::format("a probe of kind {} is always answered", kind_.name),
        "demand something of what it sees");
  }

  // An answer takes less time than the probe waits for it.
  [[nodiscard]] SeenValue bounded(SeenValue value) const {
    if (value.name != "latency" || !answered() || !probe_.contains("timeout")) return value;
    const auto timeout = parse_duration(probe_.at("timeout").get<std::string>());
    if (timeout) value.high = timeout->count() - 1;
    return value;
  }

  // What another value must be for this one to be seen, against what is demanded of that one.
  void find_excluded() {
    for (const SeenValue& value : sees_) {
      if (wants(value.name)) excluded(value, value);
    }
  }

  // What `wanted` needs directly or by way of `link`.
  void excluded(const SeenValue& wanted, const SeenValue& link) {
    if (!link.beside) return;
    const auto other = std::ranges::find(sees_, link.beside->name, &SeenValue::name);
    if (other == sees_.end()) return;
    const auto demand = predicate_.find(other->name);
    if (demand == predicate_.end()) return excluded(wanted, *other);
    const auto both = contradiction(*other, {*demand, link.beside->demand});
    if (both.empty()) return excluded(wanted, *other);
    add(segment(wanted.name),
        fmt::format("{} is seen only where {} {}", in_quotes(wanted.name), in_quotes(other->name),
                    in_words(link.beside->demand)),
        "give one of them");
  }

  // Asked for, and not only to be absent.
  [[nodiscard]] bool wants(const std::string& name) const {
    const auto wanted = predicate_.find(name);
    if (wanted == predicate_.end()) return false;
    return !is_absent(*wanted);
  }

  void find_outcomes() {
    const auto given = predicate_.find("outcome");
    if (given == predicate_.end()) {
      possible_ = {"answered"};
      return;
    }
    for (const std::string& word : std::ranges::find(sees_, "outcome", &SeenValue::name)->words) {
      const SeenValue alone = seen::word("outcome", {word});
      if (contradiction(alone, {*given}).empty()) possible_.push_back(word);
    }
  }

  void add(const std::string& pointer, std::string what, std::string remedy) {
    flaws_.push_back({pointer, std::move(what), std::move(remedy)});
  }

  void unknown(const std::string& key) {
    std::vector<std::string> names;
    for (const SeenValue& value : sees_) names.push_back(value.name);
    std::ranges::sort(names);
    const auto near = nearest(key, names);
    add(segment(key),
        fmt::format("a probe of kind {} sees nothing called {}", kind_.name, in_quotes(key)),
        fmt::format("{}it sees {}", near.empty() ? "" : fmt::format("did you mean '{}'? ", near),
                    joined(names)));
  }

  // Whether it can be there, given what the predicate says of the outcome.
  bool seen_at_all(const SeenValue& value, const json& wanted) {
    const auto& name = value.name;
    if (name == "outcome" || name == "latency" || is_absent(wanted) || possible_.empty())
      return true;
    if (value.without_answer && answered()) {
      add(segment(name),
          fmt::format("a probe of kind {} sees {} only where there is no answer", kind_.name,
                      in_quotes(name)),
          "say outcome: as well, as in outcome: error");
      return false;
    }
    if (answered() && !value.only_with.empty() && !has_option(value.only_with)) {
      add(segment(name),
          fmt::format("this probe sees no {}: it has no '{}'", in_quotes(name), value.only_with),
          fmt::format("give the probe {}", value.only_with));
      return false;
    }
    const auto& [option, given] = value.never_with;
    const auto place = json::json_pointer("/" + kind_.name + "/" + option);
    if (!option.empty() && probe_.value(place, json()) == given) {
      add(segment(name),
          fmt::format("this probe sees no {}: its '{}' is {}", in_quotes(name), option, given),
          "look with another one");
      return false;
    }
    if (can_be_seen(value)) return true;
    add(segment(name),
        fmt::format("of what is {} nothing is seen, and so no {}", fmt::join(possible_, " or "),
                    in_quotes(name)),
        "give either 'outcome' or this");
    return false;
  }

  // With one of the outcomes that are possible.
  [[nodiscard]] bool can_be_seen(const SeenValue& value) const {
    return std::ranges::any_of(possible_, [&](const std::string& outcome) {
      if (outcome == "answered") return true;  // what is seen without one has been told apart
      if (outcome == "error") return value.in_part || value.without_answer;
      return outcome != "refused" && value.in_part;
    });
  }

  [[nodiscard]] bool answered() const { return possible_ == std::vector<std::string>{"answered"}; }

  [[nodiscard]] bool has_option(const std::string& option) const {
    const auto options = probe_.find(kind_.name);
    return probe_.contains(option) || (options != probe_.end() && options->contains(option));
  }

  void group(const SeenValue& value, const json& wanted) {
    const auto group_type = value.type == Type::documents ? Type::any : Type::headers;
    if (wanted.empty()) {
      add(segment(value.name), fmt::format("{} demands nothing", in_quotes(value.name)),
          "name what is looked at, or leave it out");
    }
    // A header is the same however it is written.
    std::map<std::string, std::vector<json>> demands;
    for (const auto& [key, demand] : wanted.items()) {
      std::string name = key;
      if (value.type == Type::headers) {
        std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
      }
      demands[name].push_back(demand);
      const auto at = segment(value.name) + segment(key);
      if (value.type == Type::documents && !good_escapes(key)) {
        add(at, fmt::format("{} is not a JSON pointer", in_quotes(key)),
            "after '~' comes 0 (for '~' itself) or 1 (for '/')");
        continue;
      }
      if (value.type == Type::headers && !valid_header_name(key)) {
        add(at, fmt::format("{} is no name of a header", in_quotes(key)),
            "letters, digits and '-', without blanks");
        continue;
      }
      SeenValue inner{key, group_type};
      const auto called = fmt::format("{} {}", value.name, in_quotes(key));
      one(inner, called, at, demands[name]);
    }
    if (value.type == Type::documents) nested(wanted);
  }

  // What lies below a value that holds nothing.
  void nested(const json& by_pointer) {
    for (const auto& [above, demand] : by_pointer.items()) {
      if (!holds_nothing(demand)) continue;
      for (const auto& [below, wanted] : by_pointer.items()) {
        if (!below.starts_with(above + "/") || is_absent(wanted)) continue;
        add("/json" + segment(below),
            fmt::format("json {} is never there: {} has nothing below it", in_quotes(below),
                        in_quotes(above)),
            "give one of them");
      }
    }
  }

  static bool is_absent(const json& demand) {
    return demand.is_object() && demand.value("exists", true) == json(false);
  }

  // It demands a value that is neither an object nor a list, or none at all.
  static bool holds_nothing(const json& demand) {
    if (!demand.is_object()) return !demand.is_array();
    if (is_absent(demand)) return true;
    if (demand.contains("equals") && !demand.at("equals").is_structured()) return true;
    const json type = demand.value("type", json());
    return type.is_string() && type != "object" && type != "array";
  }

  // Where the probe is answered by others than the service, that it is answered is no news.
  [[nodiscard]] bool holds_anyway(const SeenValue& value, const json& demand) const {
    if (value.name == "outcome") return always_holds(value, demand);
    return kind_.asks_nothing && value.always && answered() && always_holds(value, demand);
  }

  // The last of the demands is the one that stands here.
  void one(const SeenValue& value, const std::string& called, const std::string& at,
           const std::vector<json>& demands) {
    const auto before = flaws_.size();
    const json& demand = demands.back();
    if (!demand.is_object()) operand(value, called, at, "equals", demand);
    if (demand.is_object()) {
      for (const auto& [op, wanted] : demand.items()) {
        operand(value, called, at + segment(op), op, wanted);
      }
    }
    if (flaws_.size() != before) return;
    if (holds_anyway(value, demand)) {
      return add(at,
                 fmt::format("{}: every {} meets this", called,
                             value.name == "outcome" ? "outcome" : "answer"),
                 "demand what could be missed");
    }
    const auto excluded = contradiction(value, demands);
    if (excluded.empty()) return;
    const bool bounded =
        value.type != Type::any && value.type != Type::text && value.type != Type::headers;
    add(at, fmt::format("{}: {} can never hold", called, excluded),
        bounded ? "it is " + what_it_is(value) : "no value meets all of it");
  }

  void operand(const SeenValue& value, const std::string& called, const std::string& at,
               const std::string& op, const json& wanted) {
    const auto always = value.name == "outcome" || value.name == "latency";
    if (op == "exists") {
      if (always && wanted == false) add(at, fmt::format("{} is always there", called), "");
      if (value.always && wanted == false && answered()) {
        add(at, fmt::format("every answer has {}", called), "say outcome: as well");
      }
      return;
    }
    if (op == "type") {
      const auto type = type_name(value);
      if (type && *type != wanted) {
        add(at,
            fmt::format("{} is {}: its type is never {}", called, what_it_is(value), wanted.dump()),
            fmt::format("it is {}", *type));
      }
      return;
    }
    if (op == "in") {
      for (std::size_t i = 0; i < wanted.size(); ++i)
        equal(value, called, at + segment(i), wanted[i]);
    } else if (op == "equals" || op == "not") {
      equal(value, called, at, wanted);
    } else {
      comparable(value, called, at, op);
    }
  }

  void equal(const SeenValue& value, const std::string& called, const std::string& at,
             const json& wanted) {
    if (can_equal(value, wanted)) {
      held(value, called, at, wanted);
      if (value.form.empty() || !(wanted.is_string() || wanted.is_number_integer())) return;
      const auto text = wanted.is_string() ? wanted.get<std::string>() : wanted.dump();
      if (std::regex_match(text, std::regex(value.form))) return;
      add(at, fmt::format("{} is never {}", called, described(wanted)),
          fmt::format("it is of the form {}", value.form));
      return;
    }
    add(at, fmt::format("{} is {}: it is never {}", called, what_it_is(value), described(wanted)),
        remedy_for(value, wanted));
  }

  // Whether the text holds what the probe waits for.
  void held(const SeenValue& value, const std::string& called, const std::string& at,
            const json& wanted) {
    if (value.holds.empty() || !wanted.is_string() || !answered()) return;
    const auto option = json::json_pointer("/" + kind_.name + "/" + value.holds);
    const auto awaited = probe_.value(option, std::string());
    if (wanted.get_ref<const std::string&>().find(awaited) != std::string::npos) return;
    add(at,
        fmt::format("{} is never {}: an answer holds {}", called, described(wanted),
                    in_quotes(awaited)),
        fmt::format("see the probe's '{}'", value.holds));
  }

  void comparable(const SeenValue& value, const std::string& called, const std::string& at,
                  const std::string& op) {
    const bool order = op != "matches" && op != "contains";
    const bool truth = value.type == Type::boolean || value.type == Type::columns;
    const bool wrong = truth || (order ? value.type == Type::word : value.type == Type::duration);
    if (!wrong) return;
    add(at, fmt::format("{} is {}: it cannot be compared by '{}'", called, what_it_is(value), op),
        order ? "give the value itself" : "give the value itself, or bounds");
  }

  const json& predicate_;
  const ProbeInfo& kind_;
  const json& probe_;
  std::vector<SeenValue> sees_;
  std::vector<std::string> possible_;  // outcomes
  std::vector<Flaw> flaws_;
};

}  // namespace

bool is_invariant(const json& predicate, const ProbeInfo& kind) {
  const json there{{"exists", true}};
  const auto says_something = [&](const std::string& key, const json& demand) {
    if (key == "outcome" || key == "status" || key == "latency") return false;
    if (key == "json") {
      return std::ranges::any_of(demand, [&](const json& one) { return one != there; });
    }
    const auto value = std::ranges::find(kind.sees, key, &SeenValue::name);
    return value == kind.sees.end() || !value->always || !always_holds(*value, demand);
  };
  const auto& keys = predicate.items();
  return std::any_of(keys.begin(), keys.end(),
                     [&](const auto& one) { return says_something(one.key(), one.value()); });
}

std::vector<Flaw> flaws_of(const json& predicate, const ProbeInfo& kind, const json& probe) {
  if (!predicate.is_object()) return {};
  return Predicate(predicate, kind, probe).flaws();
}

}  // namespace reprise
