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
//   matches             ECMAScript regular expression, searched; the text is cut at 64 KiB
//   contains            substring             exists: true|false
//   type                string number boolean object array null
// An expectation that does not mention `outcome` holds only for samples that were `answered`.
//
// Ownership: immutable values. Threads: any.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>

#include <nlohmann/json.hpp>

#include "harness/model/error.h"

namespace reprise {

// What one sample saw. `outcome` is one of: answered, refused, reset, timeout, error.
// `values` is an object: status (integer), json ({pointer: value}), headers ({lower-case name:
// text}), text, latency (nanoseconds, counted from the intended instant), age (nanoseconds), … .
struct Observation {
  std::string outcome = "answered";
  nlohmann::json values = nlohmann::json::object();
};

class Expectation {
 public:
  // `value` is the object form (level names are resolved by the loader). An error names the key.
  static Result<Expectation> parse(const nlohmann::json& value);

  [[nodiscard]] bool holds(const Observation& seen) const;
  // Whether `holds` looks at latency: if not, equal values give equal answers.
  [[nodiscard]] bool depends_on_latency() const;
  // JSON pointers and headers that must be kept from an answer for this predicate to be judged.
  [[nodiscard]] std::set<std::string> pointers() const;
  [[nodiscard]] std::set<std::string> headers() const;
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

  [[nodiscard]] Level classify(const Observation& seen) const;
};

// `expect:` in a scenario: a level name, or a predicate of its own.
struct Expected {
  std::string level;  // "nominal", "degraded" (which nominal also satisfies), "down"; or empty
  std::optional<Expectation> predicate;  // set when level is empty

  // A level name or the object form, as it stands under `expect:`.
  static Result<Expected> parse(const nlohmann::json& value);
  [[nodiscard]] bool holds(const Observation& seen, const Levels& levels) const;
};

}  // namespace reprise
