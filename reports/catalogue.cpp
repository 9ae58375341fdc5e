#include "reports/catalogue.h"

#include <cmath>
#include <map>

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "harness/model/registry.h"
#include "harness/model/speaker.h"
#include "reports/escape.h"
#include "reports/predicate.h"
#include "reports/sentences.h"

namespace reprise {

extern const char* const messages_yaml;

namespace {

using nlohmann::json;
using Catalogue = std::map<std::string, std::map<std::string, std::string>, std::less<>>;

const Catalogue& catalogue() {
  static const Catalogue read = [] {
    Catalogue all;
    const YAML::Node root = YAML::Load(messages_yaml);
    for (const auto& entry : root) {
      auto& languages = all[entry.first.as<std::string>()];
      for (const auto& translated : entry.second) {
        languages[translated.first.as<std::string>()] = translated.second.as<std::string>();
      }
    }
    return all;
  }();
  return read;
}

// A text by language, as a plan gives its titles.
bool is_translated(const json& value) {
  if (!value.is_object()) return false;
  for (const auto& [language, text] : value.items()) {
    const bool known = language.empty() || language == "en" || language == "fr";
    if (!known || !text.is_string()) return false;
  }
  return !value.empty();
}

// What an assertion expects of a probe, as the judge passes it: a predicate, or a level's name.
std::optional<std::string> expected_words(std::string_view name, const json& value,
                                          const std::string& language) {
  if (value.is_object() && value.size() == 1 && value.contains("predicate")) {
    const std::string said = predicate_text(value.at("predicate"), language);
    return text("predicate.quoted", language, {{"predicate", said}});
  }
  static constexpr std::array levels = {"nominal", "degraded", "down"};
  if (name != "expect" || !value.is_string()) return std::nullopt;
  const auto& level = value.get_ref<const std::string&>();
  if (std::ranges::find(levels, level) == levels.end()) return std::nullopt;
  return text("level." + level, language);
}

std::string argument_text(std::string_view name, const json& value, const std::string& language) {
  if (name.ends_with("_ns")) {
    if (value.is_null()) return text("unbounded", language);
    if (value.is_number()) return duration_text(Duration(value.get<std::int64_t>()), language);
  }
  if (name.ends_with("_key") && value.is_string()) {
    return text(value.get_ref<const std::string&>(), language);
  }
  if (auto expected = expected_words(name, value, language)) return std::move(*expected);
  if (value.is_string()) return visible(value.get_ref<const std::string&>());
  if (value.is_number_float()) return number_text(value.get<double>(), 6, language);
  if (value.is_array()) {
    std::string joined;
    for (const json& item : value) {
      if (!joined.empty()) joined += ", ";
      joined += argument_text({}, item, language);
    }
    return joined;
  }
  if (is_translated(value)) {
    return visible(Text{value.get<std::map<std::string, std::string>>()}.in(language));
  }
  return visible(value.dump(-1, ' ', false, json::error_handler_t::replace));
}

std::string filled(std::string_view pattern, const json& arguments, const std::string& language) {
  std::string out;
  while (!pattern.empty()) {
    const std::size_t open = pattern.find('{');
    const std::size_t close = open == pattern.npos ? pattern.npos : pattern.find('}', open);
    if (close == pattern.npos) break;
    const std::string name(pattern.substr(open + 1, close - open - 1));
    out += pattern.substr(0, open);
    const auto found = arguments.find(name);
    out += found == arguments.end() ? "{" + name + "}" : argument_text(name, *found, language);
    pattern.remove_prefix(close + 1);
  }
  return out.append(pattern);
}

// The step that is still worth showing at that size.
Duration quantum(Duration size) {
  if (size < 1us) return 1ns;
  if (size < 1ms) return 1us;
  if (size < 10ms) return 10us;
  if (size < 100ms) return 100us;
  if (size < 10s) return 1ms;
  if (size < 1min) return 10ms;
  if (size < 10min) return 100ms;
  if (size < 24h) return 1s;
  return 1min;
}

// Two arguments as one interval; nothing when the message has no such.
std::optional<std::string> argument_interval(const json& arguments, const char* low,
                                             const char* high, const std::string& language) {
  const auto from = arguments.find(low), to = arguments.find(high);
  if (from == arguments.end() || to == arguments.end()) return std::nullopt;
  Interval interval{.low = Duration(from->get<std::int64_t>()), .high = {}};
  if (!to->is_null()) interval.high = Duration(to->get<std::int64_t>());
  return interval_text(interval, language);
}

}  // namespace

std::string number_text(double number, int places, const std::string& language) {
  std::string out = fmt::format("{:.{}f}", number, places);
  if (out.find('.') != std::string::npos) {
    out.erase(out.find_last_not_of('0') + 1);
    if (out.back() == '.') out.pop_back();
  }
  if (language == "fr") std::ranges::replace(out, '.', ',');
  return out;
}

std::string duration_text(Duration duration, const std::string& language) {
  if (duration < Duration::zero()) {
    const Duration turned = duration == Duration::min() ? Duration::max() : -duration;
    return "−" + duration_text(turned, language);
  }
  const Duration step = quantum(duration);
  Duration rest = duration - duration % step;
  if (duration % step >= step - duration % step && rest <= Duration::max() - step) rest += step;
  const auto in = [&](Duration unit) {
    return static_cast<double>(rest.count()) / static_cast<double>(unit.count());
  };
  if (rest == Duration::zero()) return "0 s";
  if (rest < 1us) return number_text(in(1ns), 0, language) + " ns";
  if (rest < 1ms) return number_text(in(1us), 0, language) + " µs";
  if (rest < 1s) return number_text(in(1ms), 2, language) + " ms";
  if (rest < 1min) return number_text(in(1s), 3, language) + " s";
  std::string out;
  const auto part = [&](Duration unit, std::string_view name) {
    if (rest < unit) return;
    out += fmt::format("{}{} {}", out.empty() ? "" : " ", rest / unit, name);
    rest %= unit;
  };
  part(24h, language == "fr" ? "j" : "d");
  part(1h, "h");
  part(1min, "min");
  if (rest > Duration::zero()) out += " " + number_text(in(1s), 1, language) + " s";
  return out;
}

std::string text(std::string_view key, const std::string& language, const json& arguments) {
  const auto entry = catalogue().find(key);
  if (entry == catalogue().end()) {
    std::string plain(key);
    for (const auto& [name, value] : arguments.items()) {
      plain += fmt::format(", {}: {}", name, argument_text(name, value, language));
    }
    return visible(plain);
  }
  auto pattern = entry->second.find(language);
  if (pattern == entry->second.end()) pattern = entry->second.find("en");
  if (pattern == entry->second.end()) return std::string(key);
  return filled(pattern->second, arguments, language);
}

std::string render(const Message& message, const std::string& language) {
  auto interval = argument_interval(message.arguments, "low_ns", "high_ns", language);
  if (!interval) return text(message.key, language, message.arguments);
  const auto real = argument_interval(message.arguments, "real_low_ns", "real_high_ns", language);
  json arguments = message.arguments;
  arguments["interval"] =
      real ? text("interval.compressed", language, {{"interval", *interval}, {"real", *real}})
           : *interval;
  return text(message.key, language, arguments);
}

namespace {

const Registered<Speaker> catalogue_registered{
    {.name = "catalogue",
     .say = [](const std::string& key, const json& arguments, const std::string& language) {
       return render({key, arguments}, language);
     }}};

}  // namespace

std::vector<std::string> catalogue_keys() {
  std::vector<std::string> keys;
  for (const auto& [key, languages] : catalogue()) keys.push_back(key);
  return keys;
}

}  // namespace reprise
