// The YAML 1.2 core schema: what an unquoted scalar means.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "harness/model/error.h"

namespace reprise {

// true, null, 42, 0x2a, 0o52, 1.5 and 1e3 become values; everything else is text. A number too
// large to hold, and .inf and .nan, which JSON cannot write, are errors.
[[nodiscard]] Result<nlohmann::json> plain_scalar(const std::string& text);

}  // namespace reprise
