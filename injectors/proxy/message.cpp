#include "injectors/proxy/message.h"

#include <algorithm>

#include <fmt/format.h>

namespace reprise::proxy {
namespace {

char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? char(letter + 32) : letter; }

}  // namespace

bool same_name(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, {}, lower, lower);
}

const std::string* Head::find(std::string_view name) const {
  for (const auto& [key, value] : fields) {
    if (same_name(key, name)) return &value;
  }
  return nullptr;
}

void Head::set(std::string_view name, std::string value) {
  changed = true;
  const auto named = [&](const auto& field) { return same_name(field.first, name); };
  const auto first = std::ranges::find_if(fields, named);
  if (first == fields.end()) {
    fields.emplace_back(name, std::move(value));
    return;
  }
  first->second = std::move(value);
  fields.erase(std::remove_if(first + 1, fields.end(), named), fields.end());
}

void Head::add(std::string_view name, std::string value) {
  changed = true;
  fields.emplace_back(name, std::move(value));
}

void Head::remove(std::string_view name) {
  const auto gone =
      std::erase_if(fields, [&](const auto& field) { return same_name(field.first, name); });
  if (gone > 0) changed = true;
}

std::string Head::text() const {
  auto text = status == 0
                  ? fmt::format("{} {} HTTP/{}.{}\r\n", method, target, version / 10, version % 10)
                  : fmt::format("HTTP/{}.{} {} {}\r\n", version / 10, version % 10, status, reason);
  for (const auto& [name, value] : fields) text += fmt::format("{}: {}\r\n", name, value);
  return text += "\r\n";
}

void Response::tell_changed() {
  for (const auto& tell : std::exchange(when_changed, {})) tell();
}

}  // namespace reprise::proxy
