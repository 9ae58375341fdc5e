// The steps of a procedure with those that it includes in their places.
//
// Ownership: refers to the plan's JSON, which outlives it. Threads: any.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace reprise {

struct PlacedStep {
  const nlohmann::json* step;  // as it is written
  std::string pointer;         // where, in the plan
};

// Of the procedure at that pointer. The plan fits its shape, what is included exists and includes
// nothing itself.
[[nodiscard]] std::vector<PlacedStep> steps_of(const nlohmann::json& plan,
                                               const std::string& procedure);

}  // namespace reprise
