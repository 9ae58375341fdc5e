// What is wrong with a predicate as one on a probe of this kind: names that it never sees, values
// of a type that they never have, demands that exclude each other. Such a predicate could never
// hold: demanded, it would always fail, and under `never` always pass.
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

// Demands on one value that no value meets: empty when one can. `value` says what it can be, and
// `demands` are what several keys that mean the same value demand of it.
[[nodiscard]] std::string contradiction(const SeenValue& value,
                                        const std::vector<nlohmann::json>& demands);

}  // namespace reprise
