// What is wrong with a predicate as one on a probe of this kind: names that it never sees, values
// of a type that they never have, demands that exclude each other. Such a predicate could never
// hold: demanded, it would always fail, and under `never` always pass. Demands that every value
// meets are as bad: what always holds could not be missed.
//
// Ownership: plain functions. Threads: any.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/model/shapes/vocabulary.h"

namespace reprise {

struct Flaw {
  std::string pointer;  // below the predicate: "/json/~1mode"
  std::string what;
  std::string remedy;
};

// `predicate` fits its shape; `probe` is as a plan gives it: {http: {url: …}, timeout: 1s}.
[[nodiscard]] std::vector<Flaw> flaws_of(const nlohmann::json& predicate, const ProbeInfo& kind,
                                         const nlohmann::json& probe);

// Whether every value that there can be meets the demand, as far as that is known.
[[nodiscard]] bool always_holds(const SeenValue& value, const nlohmann::json& demand);

// Whether good answers, those that have every pointer of the predicate, could ever break it.
[[nodiscard]] bool is_invariant(const nlohmann::json& predicate, const ProbeInfo& kind);

// Demands on one value that no value meets: empty when one can. `value` says what it can be, and
// `demands` are what several keys that mean the same value demand of it.
[[nodiscard]] std::string contradiction(const SeenValue& value,
                                        const std::vector<nlohmann::json>& demands);

}  // namespace reprise
