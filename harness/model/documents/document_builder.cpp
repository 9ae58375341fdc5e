#include "harness/model/documents/document_builder.h"

#include <algorithm>

#include "harness/model/documents/encoding.h"
#include "harness/model/documents/scalar.h"
#include "harness/model/wording.h"

namespace reprise {
namespace {

// An escape ("\N") may be longer than it was written; aliases may repeat a text.
constexpr std::size_t max_expanded_bytes = 4 * max_document_bytes;
constexpr std::size_t max_key_bytes = 256;
// Every value is known by its pointer: long keys above many values would cost gigabytes.
constexpr std::size_t max_pointer_bytes = 16 * max_document_bytes;

const std::string text_tag = "tag:yaml.org,2002:str";

}  // namespace

DocumentBuilder::DocumentBuilder(std::string_view text, std::string name) : text_(text) {
  document_.name_ = std::move(name);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) continuation_bytes_.push_back(i);
  }
}

Location DocumentBuilder::place(const YAML::Mark& mark) const {
  if (mark.is_null()) return {document_.name_, 0, 0};
  auto end = static_cast<std::size_t>(std::max(mark.pos, 0));
  auto start = end - std::min(end, static_cast<std::size_t>(std::max(mark.column, 0)));
  auto first = std::ranges::lower_bound(continuation_bytes_, start);
  auto last = std::ranges::lower_bound(continuation_bytes_, end);
  return {document_.name_, mark.line + 1, mark.column + 1 - static_cast<int>(last - first)};
}

void DocumentBuilder::refuse(const YAML::Mark& mark, std::string what, std::string remedy) const {
  throw Refused{Error{std::move(what), std::move(remedy), place(mark)}};
}

bool DocumentBuilder::expects_key() const {
  return !stack_.empty() && stack_.back().value.is_object() && !stack_.back().key_seen;
}

void DocumentBuilder::take_key(const YAML::Mark& mark, const std::string& key) {
  auto& parent = stack_.back();
  if (key.size() > max_key_bytes) refuse(mark, "the key " + in_quotes(key) + " is too long");
  if (auto bad = find_bad_byte(key)) refuse(mark, "a key holds " + bad->what);
  if (key == "<<") refuse(mark, "merge keys ('<<') are not part of YAML 1.2");
  if (parent.value.contains(key)) {
    auto earlier = document_.where_key(parent.pointer + segment(key));
    refuse(mark, fmt::format("the key {} is given twice", in_quotes(key)),
           fmt::format("first on line {}", earlier.line));
  }
  parent.key = key;
  parent.key_seen = true;
  key_place_ = place(mark);
}

void DocumentBuilder::count(const YAML::Mark& mark, const Cost& cost) {
  total_.nodes += cost.nodes;
  total_.bytes += cost.bytes;
  if (total_.nodes > max_document_nodes) {
    refuse(mark, fmt::format("more than {} values, aliases expanded", max_document_nodes));
  }
  if (total_.bytes > max_expanded_bytes) {
    refuse(mark, fmt::format("more than {} bytes of text, aliases expanded", max_expanded_bytes));
  }
  if (stack_.size() + cost.depth > max_document_depth) {
    refuse(mark, fmt::format("nested deeper than {} levels", max_document_depth));
  }
}

// Records where the value stands and returns its pointer.
std::string DocumentBuilder::begin_value(const YAML::Mark& mark) {
  std::string pointer;
  Location key;
  if (!stack_.empty()) {
    auto& parent = stack_.back();
    if (parent.value.is_object()) {
      pointer = parent.pointer + segment(parent.key);
      key = key_place_;
    } else {
      pointer = parent.pointer + segment(parent.value.size());
    }
  }
  pointer_bytes_ += pointer.size();
  if (pointer_bytes_ > max_pointer_bytes) refuse(mark, "too many values under too long keys");
  document_.places_[pointer] = {place(mark), std::move(key)};
  last_ = mark;
  return pointer;
}

void DocumentBuilder::open(const YAML::Mark& mark, nlohmann::json empty, YAML::anchor_t anchor) {
  if (expects_key()) {
    refuse(mark, "a key must be a text, not a list or an object", "or a bracket is not closed");
  }
  Cost cost{.nodes = 1, .bytes = 0, .depth = 1};
  count(mark, cost);
  Open level;
  level.value = std::move(empty);
  level.pointer = begin_value(mark);
  level.anchor = anchor;
  level.cost = cost;
  stack_.push_back(std::move(level));
}

void DocumentBuilder::close() {
  auto level = std::move(stack_.back());
  stack_.pop_back();
  put(std::move(level.value), level.cost, level.anchor, level.pointer);
}

std::string DocumentBuilder::add(const YAML::Mark& mark, nlohmann::json value, const Cost& cost,
                                 YAML::anchor_t anchor) {
  count(mark, cost);
  auto pointer = begin_value(mark);
  put(std::move(value), cost, anchor, pointer);
  return pointer;
}

void DocumentBuilder::note_written(const YAML::Mark& mark, const std::string& pointer,
                                   const std::string& text) {
  pointer_bytes_ += pointer.size();
  if (pointer_bytes_ > max_pointer_bytes) refuse(mark, "too many values under too long keys");
  document_.note_written(pointer, text);
}

// Of everything in a value that an alias repeats.
void DocumentBuilder::copy_written(const YAML::Mark& mark, const std::string& from,
                                   const std::string& to) {
  std::vector<std::pair<std::string, std::string>> copies;
  const auto& all = document_.written_;
  for (auto one = all.lower_bound(from); one != all.end() && one->first.starts_with(from); ++one) {
    const auto below = one->first.substr(from.size());
    if (below.empty() || below.front() == '/') copies.emplace_back(to + below, one->second);
  }
  for (const auto& [pointer, text] : copies) note_written(mark, pointer, text);
}

// Into the open list or map; the outermost value is the document's root.
void DocumentBuilder::put(nlohmann::json value, const Cost& cost, YAML::anchor_t anchor,
                          const std::string& pointer) {
  if (anchor != 0) {
    anchored_nodes_ += cost.nodes;
    anchored_bytes_ += cost.bytes;
    if (anchored_nodes_ > max_document_nodes || anchored_bytes_ > max_expanded_bytes) {
      refuse(last_, "too much under anchors");
    }
    anchors_[anchor] = {value, cost, pointer};
  }
  if (stack_.empty()) {
    document_.root_ = std::move(value);
    return;
  }
  auto& parent = stack_.back();
  parent.cost.nodes += cost.nodes;
  parent.cost.bytes += cost.bytes;
  parent.cost.depth = std::max(parent.cost.depth, cost.depth + 1);
  if (parent.value.is_array()) {
    parent.value.push_back(std::move(value));
  } else {
    parent.value[parent.key] = std::move(value);
    parent.key_seen = false;
  }
}

void DocumentBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (expects_key()) refuse(mark, "a key must be a text, not nothing");
  add(mark, nullptr, {.nodes = 1, .bytes = 0, .depth = 0}, anchor);
  // Nothing written has no place of its own: yaml-cpp gives that of whatever comes next.
  if (stack_.empty() || !stack_.back().value.is_object()) return;
  const auto& parent = stack_.back();
  auto& place_of_value = document_.places_[parent.pointer + segment(parent.key)];
  if (place_of_value.value.line != key_place_.line) place_of_value.value = key_place_;
}

void DocumentBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (expects_key()) refuse(mark, "a key must be a text, not an alias");
  auto found = anchors_.find(anchor);
  // An anchor that is still open holds the alias itself.
  if (found == anchors_.end()) refuse(mark, "an alias inside the very value that it names");
  // Counted first, copied only when it is small enough.
  auto cost = found->second.cost;
  count(mark, cost);
  total_.nodes -= cost.nodes;
  total_.bytes -= cost.bytes;
  const auto from = found->second.pointer;
  const auto to = add(mark, found->second.value, cost, 0);
  copy_written(mark, from, to);
}

void DocumentBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag,
                               YAML::anchor_t anchor, const std::string& value) {
  if (expects_key()) {
    take_key(mark, value);
    return;
  }
  if (auto bad = find_bad_byte(value)) refuse(mark, "a text holds " + bad->what);
  nlohmann::json typed = value;
  if (tag == "?") {
    auto plain = plain_scalar(value);
    if (!plain) refuse(mark, plain.error().what, "in quotes it is a text");
    typed = std::move(*plain);
  } else if (tag != "!" && tag != text_tag) {
    refuse(mark, fmt::format("the tag {} is not known", in_quotes(tag)));
  }
  const bool other = !typed.is_string() && typed.dump() != value;
  const auto pointer =
      add(mark, std::move(typed), {.nodes = 1, .bytes = value.size(), .depth = 0}, anchor);
  if (other) note_written(mark, pointer, value);
}

void DocumentBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                                      YAML::anchor_t anchor, YAML::EmitterStyle::value) {
  if (tag != "?") refuse(mark, fmt::format("the tag {} is not known", in_quotes(tag)));
  open(mark, nlohmann::json::array(), anchor);
}

void DocumentBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag,
                                 YAML::anchor_t anchor, YAML::EmitterStyle::value) {
  if (tag != "?") refuse(mark, fmt::format("the tag {} is not known", in_quotes(tag)));
  open(mark, nlohmann::json::object(), anchor);
}

}  // namespace reprise
