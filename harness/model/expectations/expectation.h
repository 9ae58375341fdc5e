// One predicate syntax everywhere (`expect:`), evaluated on what a probe saw.
//
//   expect: nominal                          a service level of that probe
//   expect: {status: 200, json: {/mode: nominal}, headers: {content-type: {matches: "json"}}}
//   expect: {rows: {">=": 3}, latency: {"<": 500ms}, outcome: refused}
//
// Keys name observed values; `json` and `headers` hold maps of them. A value to compare with is
// a scalar (equality) or an object of operators, all of which must hold:
//   "<" "<=" ">" ">="   numbers, or durations against `latency` and `age`
//   equals, not         any scalar            in: [a, b]
//   matches             regular expression, searched anywhere; see pattern.h
//   contains            substring             exists: true|false
//   type                string number boolean object array null
// An expectation that does not mention `outcome` holds only for samples that were `answered`.
//
// An expectation holds, fails, or is unknown (docs/measures.md, 2). Unknown is only what limits of
// our own hid. What is absent fails every operator but `exists: false`.
//
// Ownership: immutable values. Threads: any.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/model/error.h"

namespace reprise {

// What one sample saw. `outcome` is one of: answered, refused, reset, timeout, error.
// `values` is an object: status (integer), json ({pointer: value}), headers ({lower-case name:
// text}), text, latency (nanoseconds, counted from the intended instant), age (nanoseconds), … .
// Three more tell what is not kept whole:
//   cut       [names]        a text that was shortened or a value that was left out: "text",
//                            "json /pointer", "headers name", or the name of another value
//   searched  {search: bool} what a search of the whole found; see Expectation::Search
//   partial   true           the answer was broken off midway: what is missing may have been there
struct Observation {
  std::string outcome = "answered";
  nlohmann::json values = nlohmann::json::object();
};

enum class Truth : char { holds, fails, unknown };

// Whether an expectation is what must be seen, or (`never`) what must not: what cannot be compared
// is then unknown, so that it supports no pass.
enum class Meant : char { demanded, forbidden };

// Whether a better level satisfies a wanted one: being nominal is no *fallback* to degraded, but
// it is an acceptable service.
enum class Match : char { at_least, exactly };

class Expectation {
 public:
  // A comparison that looks at the whole of a text. A probe answers it before it cuts the text and
  // stores the answer under `searched`, by its key.
  struct Search {
    std::string group, name;  // "json" or "headers" and what is looked at there; or "" and "text"
    std::string op;           // equals, not, in, matches, contains
    nlohmann::json operand;

    [[nodiscard]] std::string key() const;
    [[nodiscard]] nlohmann::json written() const;  // [group, name, op, operand], as resolved plans
    [[nodiscard]] static Result<Search> read(const nlohmann::json& written);
    [[nodiscard]] bool found_in(const std::string& whole) const;
  };

  // `value` is the object form (level names are resolved by the loader). An error names the key.
  static Result<Expectation> parse(const nlohmann::json& value);

  [[nodiscard]] Truth evaluate(const Observation& seen, Meant meant = Meant::demanded) const;
  [[nodiscard]] bool holds(const Observation& seen) const { return evaluate(seen) == Truth::holds; }
  // Whether `evaluate` looks at latency: if not, equal values give equal answers.
  [[nodiscard]] bool depends_on_latency() const;
  // JSON pointers and headers that must be kept from an answer for this predicate to be judged.
  [[nodiscard]] std::set<std::string> pointers() const;
  [[nodiscard]] std::set<std::string> headers() const;
  // What it asks of texts that may be longer than what is kept of them.
  [[nodiscard]] std::vector<Search> searches() const;
  // Pointers that are compared with something, not only asked whether they exist.
  [[nodiscard]] std::set<std::string> compared_pointers() const;
  // What it was written as, for reports: the source JSON.
  [[nodiscard]] const nlohmann::json& source() const { return source_; }

 private:
  struct Test;  // one comparison
  nlohmann::json source_;
  std::shared_ptr<const std::vector<Test>> tests_;
};

// The three service levels a sample is classed into.
enum class Level { nominal, degraded, down };
[[nodiscard]] std::string_view level_name(Level level);

// The levels of one probe in one scenario. A probe without levels is nominal when answered.
struct Levels {
  std::optional<Expectation> nominal;
  std::optional<Expectation> degraded;

  // Nothing where the observation does not tell.
  [[nodiscard]] std::optional<Level> classify(const Observation& seen) const;
};

// `expect:` in a scenario: a level name, or a predicate of its own.
struct Expected {
  std::string level;  // "nominal", "degraded" (which nominal also satisfies), "down"; or empty
  std::optional<Expectation> predicate;  // set when level is empty

  // A level name or the object form, as it stands under `expect:`.
  static Result<Expected> parse(const nlohmann::json& value);
  [[nodiscard]] Truth evaluate(const Observation& seen, const Levels& levels, Match match,
                               Meant meant = Meant::demanded) const;
  [[nodiscard]] bool holds(const Observation& seen, const Levels& levels) const {
    return evaluate(seen, levels, Match::at_least) == Truth::holds;
  }
};

}  // namespace reprise
