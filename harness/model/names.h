// What a shape cannot say: names exist, times make sense, paths stay inside, nothing waits for
// itself. Both files must fit their shapes before.
//
// Ownership: plain functions. Threads: any.
#pragma once

#include <array>
#include <vector>

#include "harness/model/documents/document.h"
#include "harness/model/scenario/scenario_source.h"
#include "harness/model/shapes/vocabulary.h"

namespace reprise {

// Options of assertions that may say `rto` or `rpo` instead of a duration.
inline constexpr std::array objective_keys{"within", "at-most", "younger-than"};

void check_plan_names(const Document& plan, const Vocabulary& vocabulary, Errors& errors);
void check_scenario_names(const ScenarioSource& source, const std::vector<PlacedFault>& faults,
                          const nlohmann::json& plan, const Vocabulary& vocabulary, Errors& errors);

}  // namespace reprise
