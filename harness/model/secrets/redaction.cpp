#include "harness/model/secrets/redaction.h"

#include <algorithm>
#include <array>

namespace reprise {
namespace {

using nlohmann::json;

constexpr std::string_view seal_begin = "${secret ";

// What a variable called like a secret holds when it is a switch; looking for it would blot texts.
bool is_switch(std::string_view value) {
  constexpr std::array words{"true", "false", "none", "null", "auto", "required"};
  return std::ranges::find(words, value) != words.end();
}

void each_text(json& value, const std::function<void(std::string&)>& action) {
  if (value.is_string()) action(value.get_ref<std::string&>());
  if (!value.is_structured()) return;
  for (json& item : value) each_text(item, action);
}

std::string without(std::string_view text, const std::vector<TextRange>& ranges) {
  std::string out;
  std::size_t from = 0;
  for (const TextRange& range : ranges) {
    out += text.substr(from, range.begin - from);
    out += hidden_value;
    from = range.end;
  }
  return out += text.substr(from);
}

}  // namespace

Redaction::Redaction(Secrets secrets, Words words) : words_(std::move(words)) {
  std::set<std::string> known;
  std::vector<std::string> values;
  for (Secret& secret : secrets) {
    if (secret.value.size() < shortest_searched || is_switch(secret.value)) continue;
    // The matrix of a scenario may put many values in one place; '}' ends a seal.
    std::ranges::replace(secret.name, '}', '_');
    std::string name = secret.name;
    for (int i = 2; by_name_.emplace(name, secret.value).first->second != secret.value; ++i) {
      name = fmt::format("{}#{}", secret.name, i);
    }
    if (!known.insert(secret.value).second) continue;
    values.push_back(secret.value);
    secrets_.push_back({std::move(name), std::move(secret.value)});
  }
  std::ranges::stable_sort(secrets_, std::greater<>(),
                           [](const Secret& secret) { return secret.value.size(); });
  search_ = SecretSearch(values);
}

bool Redaction::changes(std::string_view text, std::string& hidden) const {
  const auto found = search_.find(text);
  if (found.empty() && text.find("://") == text.npos) return false;
  if (words_.contains(text)) return false;
  hidden = without(text, found);
  hidden = without(hidden, passwords_in(hidden));
  return hidden != text;
}

std::string Redaction::text(std::string_view text) const {
  std::string hidden;
  return changes(text, hidden) ? hidden : std::string(text);
}

Error Redaction::error(const Error& error) const {
  return {text(error.what), text(error.remedy), error.where};
}

void Redaction::hide_in(json& value, bool numbers) const {
  std::string hidden;
  if (value.is_string()) {
    if (changes(value.get_ref<const std::string&>(), hidden)) value = std::move(hidden);
  } else if (value.is_array()) {
    for (json& item : value) hide_in(item, numbers);
  } else if (value.is_object()) {
    std::vector<std::pair<std::string, std::string>> renamed;
    for (auto& [key, item] : value.items()) {
      hide_in(item, numbers);
      if (changes(key, hidden)) renamed.emplace_back(key, hidden);
    }
    for (auto& [before, after] : renamed) {
      json item = std::move(value[before]);
      value.erase(before);
      value[after] = std::move(item);
    }
  } else if (numbers && value.is_number() && !secrets_.empty()) {
    const std::string digits = value.dump();
    const bool secret = std::ranges::find(secrets_, digits, &Secret::value) != secrets_.end();
    if (secret) value = hidden_value;
  }
}

json Redaction::document(json value) const {
  visit_secrets(value, [](const std::string&, std::string& text, const TextRange& range) {
    text.replace(range.begin, range.end - range.begin, hidden_value);
  });
  hide_in(value);
  return value;
}

std::string Redaction::seal(std::string_view whole) const {
  std::string out;
  std::size_t from = 0;
  for (std::size_t i = 0; i < whole.size();) {
    const auto secret = std::ranges::find_if(
        secrets_, [&](const Secret& one) { return whole.substr(i).starts_with(one.value); });
    if (secret == secrets_.end()) {
      ++i;
      continue;
    }
    out += text(whole.substr(from, i - from));
    out += fmt::format("{}{}}}", seal_begin, secret->name);
    from = i += secret->value.size();
  }
  return out += text(whole.substr(from));
}

Result<std::string> Redaction::unseal(const std::string& text) const {
  if (text.find(hidden_value) != text.npos) {
    return failure("a secret was hidden for good, since it was written in another form");
  }
  std::string out;
  std::size_t from = 0;
  for (auto begin = text.find(seal_begin); begin != text.npos;
       begin = text.find(seal_begin, from)) {
    const auto end = std::min(text.find('}', begin), text.size());
    const auto at = begin + seal_begin.size();
    const std::string name = text.substr(at, end - at);
    const auto secret = by_name_.find(name);
    if (secret == by_name_.end()) {
      return std::unexpected(Error{fmt::format("the secret of {} is not known here", name),
                                   "put the plan back where it was, and set its variables",
                                   {}});
    }
    out += text.substr(from, begin - from) + secret->second;
    from = std::min(end + 1, text.size());
  }
  return out += text.substr(from);
}

json Redaction::sealed(json value) const {
  each_text(value, [this](std::string& text) { text = seal(text); });
  return value;
}

Result<json> Redaction::unsealed(json value) const {
  std::optional<Error> error;
  each_text(value, [&](std::string& text) {
    auto known = unseal(text);
    if (known) text = std::move(*known);
    if (!known && !error) error = std::move(known.error());
  });
  if (error) return std::unexpected(std::move(*error));
  return value;
}

}  // namespace reprise
