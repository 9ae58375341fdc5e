// Predicates as a person says them: `status is 200 and /mode is "nominal"`.
//
// What a predicate compares with was written by whoever wrote the plan, and may come from a forged
// journal: everything is made visible, and what cannot be read is shown as JSON.
// Ownership: pure functions. Threads: any.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "harness/model/expectations/expectation.h"

namespace reprise {

// `source` is the predicate as it stands under `expect:`.
[[nodiscard]] std::string predicate_text(const nlohmann::json& source, const std::string& language);

// Where it compares a value with one of another type, so that the two may look the same:
// `/n: expected the number 5, saw the text "5"`. Empty when nothing is of another type.
[[nodiscard]] std::string type_mismatch(const nlohmann::json& source, const Observation& seen,
                                        const std::string& language);

}  // namespace reprise
