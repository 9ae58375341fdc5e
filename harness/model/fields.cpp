#include "harness/model/fields.h"

#include <charconv>

#include "harness/model/wording.h"

namespace reprise {

using nlohmann::json;

namespace {

const json nothing;

// "file:line:column" apart again; a file name may hold colons.
Location location_of(const std::string& text) {
  Location out{text, 0, 0};
  for (int* number : {&out.column, &out.line}) {
    auto colon = out.file.rfind(':');
    if (colon == std::string::npos) break;
    const char* end = out.file.data() + out.file.size();
    auto read = std::from_chars(out.file.data() + colon + 1, end, *number);
    if (read.ec != std::errc() || read.ptr != end || *number < 1) {
      *number = 0;
      break;
    }
    out.file.erase(colon);
  }
  if (out.line == 0) std::swap(out.line, out.column);  // "file:line"
  return out;
}

}  // namespace

Fields::Fields(const json& value, std::string called, std::optional<Error>& error)
    : value_(value), called_(std::move(called)), error_(error) {
  if (!value.is_object()) fail(fmt::format("found {}, expected an object", described(value)));
}

void Fields::fail(const std::string& what) const {
  if (!error_) error_ = Error{fmt::format("{}: {}", called_, what), {}, {}};
}

const json* Fields::find(const char* key) const {
  if (!value_.is_object()) return nullptr;
  auto found = value_.find(key);
  return found != value_.end() ? &*found : nullptr;
}

bool Fields::has(const char* key) const { return find(key) != nullptr; }

std::string Fields::text(const char* key, std::string fallback) const {
  const json* found = find(key);
  if (found == nullptr) return fallback;
  if (found->is_string()) return found->get<std::string>();
  fail(fmt::format("'{}' is {}, expected text", key, described(*found)));
  return fallback;
}

std::string Fields::needed_text(const char* key) const {
  auto out = text(key);
  if (out.empty()) fail(fmt::format("'{}' is missing", key));
  return out;
}

bool Fields::boolean(const char* key, bool fallback) const {
  const json* found = find(key);
  if (found == nullptr) return fallback;
  if (found->is_boolean()) return found->get<bool>();
  fail(fmt::format("'{}' is {}, expected true or false", key, described(*found)));
  return fallback;
}

int Fields::integer(const char* key, int low, int high, int fallback) const {
  const json* found = find(key);
  if (found == nullptr) return fallback;
  if (found->is_number_integer()) {
    auto number = found->get<double>();
    if (number >= low && number <= high) return static_cast<int>(number);
  }
  fail(fmt::format("'{}' is {}, expected an integer {}-{}", key, described(*found), low, high));
  return fallback;
}

std::optional<Duration> Fields::duration(const char* key) const {
  if (!has(key)) return std::nullopt;
  auto parsed = parse_duration(text(key));
  if (parsed) return *parsed;
  fail(fmt::format("'{}': {}", key, parsed.error().what));
  return std::nullopt;
}

Duration Fields::duration(const char* key, Duration fallback) const {
  return duration(key).value_or(fallback);
}

Text Fields::translated(const char* key) const {
  Text out;
  const json* found = find(key);
  if (found == nullptr) return out;
  if (found->is_object()) {
    out.by_language = text_map(key);
  } else {
    out.by_language[""] = text(key);
  }
  return out;
}

Location Fields::where() const { return location_of(text("where")); }

std::vector<std::string> Fields::texts(const char* key) const {
  std::vector<std::string> out;
  const json* found = find(key);
  if (found == nullptr) return out;
  if (!found->is_array()) fail(fmt::format("'{}' is {}, expected a list", key, described(*found)));
  if (!found->is_array()) return out;
  for (const json& item : *found) {
    if (item.is_string()) {
      out.push_back(item.get<std::string>());
    } else {
      fail(fmt::format("'{}' holds {}, expected text", key, described(item)));
    }
  }
  return out;
}

std::map<std::string, std::string> Fields::text_map(const char* key) const {
  std::map<std::string, std::string> out;
  const json* found = find(key);
  if (found == nullptr) return out;
  if (!found->is_object()) {
    fail(fmt::format("'{}' is {}, expected an object", key, described(*found)));
    return out;
  }
  for (const auto& [name, item] : found->items()) {
    const json& text = item.is_object() && item.contains("secret") ? item.at("secret") : item;
    if (text.is_string()) {
      out[name] = text.get<std::string>();
    } else {
      fail(fmt::format("'{}' holds {}, expected text", key, described(item)));
    }
  }
  return out;
}

json Fields::value(const char* key) const {
  const json* found = find(key);
  return found != nullptr ? *found : json();
}

Expected Fields::expected(const char* key) const {
  auto parsed = Expected::parse(value(key));
  if (parsed) return std::move(*parsed);
  fail(fmt::format("'{}': {}", key, parsed.error().what));
  Expected out;
  out.level = "nominal";
  return out;
}

Fields Fields::object(const char* key) const {
  const json* found = find(key);
  return {found != nullptr ? *found : nothing, called_ + "." + key, error_};
}

void Fields::each_item(const char* key, const std::function<void(const Fields&)>& action) const {
  const json* found = find(key);
  if (found == nullptr) return;
  if (!found->is_array()) fail(fmt::format("'{}' is {}, expected a list", key, described(*found)));
  if (!found->is_array()) return;
  for (const json& item : *found) action(Fields(item, called_ + "." + key, error_));
}

void Fields::each_entry(
    const char* key, const std::function<void(const std::string&, const Fields&)>& action) const {
  const json* found = find(key);
  if (found == nullptr) return;
  if (!found->is_object()) {
    fail(fmt::format("'{}' is {}, expected an object", key, described(*found)));
    return;
  }
  for (const auto& [name, item] : found->items()) {
    action(name, Fields(item, called_ + "." + key, error_));
  }
}

}  // namespace reprise
