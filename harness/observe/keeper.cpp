#include "harness/observe/keeper.h"

#include "harness/observe/answer.h"

namespace reprise {

using nlohmann::json;

namespace {

std::string name_under_cut(std::string_view group, std::string_view name) {
  return group.empty() ? std::string(name) : fmt::format("{} {}", group, name);
}

}  // namespace

void note_cut(std::string name, Observation& seen) {
  seen.values["cut"].push_back(std::move(name));
}

Result<Asked> Asked::of(const json& written) {
  auto search = Expectation::Search::read(written);
  if (!search) return std::unexpected(search.error());
  Asked asked(std::move(*search));
  asked.key_ = asked.search_.key();
  if (asked.search_.op == "matches") {
    auto pattern = Pattern::compile(asked.search_.operand.get_ref<const std::string&>());
    if (!pattern) return std::unexpected(pattern.error());
    asked.pattern_ = std::move(*pattern);
  }
  return asked;
}

bool Asked::found(std::string_view text, bool more) const {
  if (pattern_) return more ? pattern_->begins_in(text) : pattern_->found_in(text);
  return text.find(search_.operand.get_ref<const std::string&>()) != text.npos;
}

// Whether the text that so begins may be one of those it is compared with.
bool Asked::may_equal(std::string_view beginning) const {
  const auto may = [&](const json& operand) {
    return operand.is_string() && operand.get_ref<const std::string&>().starts_with(beginning);
  };
  return search_.op == "in" ? std::ranges::any_of(search_.operand, may) : may(search_.operand);
}

std::optional<bool> Asked::in(std::string_view text, bool more) const {
  const bool compares = search_.op != "matches" && search_.op != "contains";
  if (!compares) {
    const bool is_found = found(text, more);
    return more && !is_found ? std::nullopt : std::optional(is_found);
  }
  if (!more) return search_.found_in(std::string(text));
  return may_equal(text) ? std::nullopt : std::optional(search_.op == "not");
}

std::optional<bool> Asked::in_structure(std::string_view written, bool more) const {
  const bool compares = search_.op != "matches" && search_.op != "contains";
  return compares ? search_.op == "not" : in(written, more);
}

Result<Keeper> Keeper::of(const ProbeSpec& spec) {
  Keeper kept;
  kept.served_by_ = spec.served_by;
  std::set<std::string> wanted(spec.pointers.begin(), spec.pointers.end());
  if (!spec.served_by.empty()) wanted.insert(spec.served_by);
  for (const auto& text : wanted) {
    try {
      kept.pointers_.push_back({text, json::json_pointer(text)});
    } catch (const json::exception&) {
      return failure("'{}' is not a JSON pointer", text);
    }
  }
  for (const json& written : spec.searches) {
    auto asked = Asked::of(written);
    if (!asked) return std::unexpected(asked.error());
    kept.asked_.push_back(std::move(*asked));
  }
  return kept;
}

bool Keeper::asks(std::string_view name) const {
  return std::ranges::any_of(asked_, [&](const Asked& one) { return one.about("", name); });
}

std::string Keeper::shortened_text(std::string_view group, const std::string& name,
                                   std::string_view whole, Observation& seen, bool more) const {
  if (more || whole.size() > kept_text) {
    const auto searched = whole.substr(0, max_searched_bytes);
    const bool unsearched = more || searched.size() < whole.size();
    note_cut(name_under_cut(group, name), seen);
    for (const Asked& one : asked_) {
      if (!one.about(group, name)) continue;
      const auto found = one.in(searched, unsearched);
      if (found) seen.values["searched"][one.key()] = *found;
    }
  }
  return cut_text(whole);
}

void Keeper::search_structure(std::string_view group, const std::string& name,
                              std::string_view written, Observation& seen) const {
  const auto searched = written.substr(0, max_searched_bytes);
  for (const Asked& one : asked_) {
    if (!one.about(group, name)) continue;
    const auto found = one.in_structure(searched, searched.size() < written.size());
    if (found) seen.values["searched"][one.key()] = *found;
  }
}

json Keeper::shortened(std::string_view group, const std::string& name, const json& whole,
                       Observation& seen) const {
  if (whole.is_string()) {
    return shortened_text(group, name, whole.get_ref<const std::string&>(), seen, false);
  }
  if (!whole.is_structured()) return whole;
  const auto written = whole.dump(-1, ' ', false, json::error_handler_t::replace);
  if (written.size() <= kept_value) return whole;
  note_cut(name_under_cut(group, name), seen);
  search_structure(group, name, written, seen);
  return whole.is_array() ? json::array() : json::object();
}

void Keeper::text(const std::string& name, std::string_view whole, Observation& seen,
                  bool more) const {
  seen.values[name] = shortened_text("", name, whole, seen, more);
}

void Keeper::header(const std::string& name, std::string_view whole, Observation& seen) const {
  seen.values["headers"][name] = shortened_text("headers", name, whole, seen, false);
}

void Keeper::value(const std::string& name, const json& whole, Observation& seen) const {
  seen.values[name] = shortened("", name, whole, seen);
}

void Keeper::row(const std::string& name, const json& whole, bool known, Observation& seen) const {
  json& row = seen.values[name] = json::object();
  Observation cut;  // columns have no names of their own under `cut`
  for (const auto& [column, value] : whole.items()) {
    row[cut_text(column)] = shortened("column", column, value, cut);
  }
  if (known && !cut.values.contains("cut")) return;
  note_cut(name, seen);
  if (!known) return;
  const auto written = whole.dump(-1, ' ', false, json::error_handler_t::replace);
  search_structure("", name, written, seen);
}

void Keeper::document(const json& document, Observation& seen) const {
  if (!any_pointers()) return;
  seen.values["json"] = json::object();
  for (const auto& [text, pointer] : pointers_) {
    if (!document.contains(pointer)) continue;
    json value = shortened("json", text, document.at(pointer), seen);
    if (text == served_by_) {
      const bool whole = value == document.at(pointer);
      if (!whole) note_cut("source", seen);
      seen.values["source"] = value;
    }
    seen.values["json"][text] = std::move(value);
  }
}

void Keeper::unread_document(Observation& seen) const {
  for (const auto& [text, pointer] : pointers_) {
    note_cut(name_under_cut("json", text), seen);
    if (text == served_by_) note_cut("source", seen);
  }
}

}  // namespace reprise
