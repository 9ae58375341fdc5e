// A validator for the part of JSON Schema 2020-12 that our own schemas use, so that what we publish
// can be held against what we load. A keyword it does not know fails the test that meets it.
// Threads: any.
#pragma once

#include <nlohmann/json.hpp>

namespace reprise {

[[nodiscard]] bool valid_by_schema(const nlohmann::json& schema, const nlohmann::json& value);

}  // namespace reprise
