// What probes of a kind see: the values that a predicate may name, and what each of them can be.
//
// A kind declares its own with the words below; `outcome` and `latency` every probe sees.
// Ownership: plain values. Threads: any.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace reprise {

struct SeenValue {
  // What another value must be for this one to be seen.
  struct Beside {
    std::string name;
    nlohmann::json demand;  // as a predicate writes it
  };
  enum class Type : char {
    any,
    text,
    word,  // a text of which all that it can be is known
    integer,
    boolean,
    duration,
    columns,    // {column: value}: shown in reports, not compared
    documents,  // {pointer: any}
    headers     // {name: text}, which may mean numbers
  };

  std::string name;
  Type type = Type::any;
  std::vector<std::string> words = {};  // of a word
  std::int64_t low = 0;                 // of an integer
  std::int64_t high = std::numeric_limits<std::int64_t>::max();
  std::string only_with = {};  // an option of the probe without which it is never seen
  std::pair<std::string, std::string> never_with = {};  // an option of the probe, and its value
  bool without_answer = false;  // seen only where there is no answer: it says why
  bool in_part = false;         // also seen of an answer that broke off
  bool always = false;          // every answer has it
  std::optional<Beside> beside = {};
  std::string form = {};   // a regular expression that it meets as a whole, as a text
  std::string holds = {};  // of a text: an option of the probe; the text holds what it says
};

namespace seen {

using Type = SeenValue::Type;

inline SeenValue any(std::string name) { return {std::move(name), Type::any}; }
inline SeenValue text(std::string name) { return {std::move(name), Type::text}; }
inline SeenValue boolean(std::string name) { return {std::move(name), Type::boolean}; }
inline SeenValue duration(std::string name) { return {std::move(name), Type::duration}; }
inline SeenValue columns(std::string name) { return {std::move(name), Type::columns}; }
inline SeenValue documents() { return {"json", Type::documents}; }
inline SeenValue headers() { return {"headers", Type::headers}; }
inline SeenValue word(std::string name, std::vector<std::string> words) {
  return {std::move(name), Type::word, std::move(words)};
}
inline SeenValue integer(std::string name, std::int64_t low = 0,
                         std::int64_t high = std::numeric_limits<std::int64_t>::max()) {
  return {std::move(name), Type::integer, {}, low, high};
}
inline SeenValue only_with(std::string option, SeenValue value) {
  value.only_with = std::move(option);
  return value;
}
inline SeenValue without_answer(SeenValue value) {
  value.without_answer = true;
  return value;
}
inline SeenValue never_with(std::string option, std::string given, SeenValue value) {
  value.never_with = {std::move(option), std::move(given)};
  return value;
}
inline SeenValue in_part(SeenValue value) {
  value.in_part = true;
  return value;
}
inline SeenValue always(SeenValue value) {
  value.always = true;
  return value;
}
inline SeenValue holds(std::string option, SeenValue value) {
  value.holds = std::move(option);
  return value;
}
inline SeenValue beside(std::string other, nlohmann::json demand, SeenValue value) {
  value.beside = {std::move(other), std::move(demand)};
  return value;
}
inline SeenValue of_form(std::string form, SeenValue value) {
  value.form = std::move(form);
  return value;
}
inline SeenValue sha256(std::string name) { return of_form("[0-9a-f]{64}", text(std::move(name))); }
// Of an answer: informational ones come before it.
inline SeenValue http_status() {
  return of_form("101|[2-5][0-9][0-9]", integer("status", 100, 599));
}
// Where not all of answered, refused, reset, timeout and error can be.
inline SeenValue outcome(std::vector<std::string> words) {
  return word("outcome", std::move(words));
}

}  // namespace seen
}  // namespace reprise
