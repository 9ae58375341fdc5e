// What assertions name beside the plan's entries: objectives, failures, the faults from which they
// count; and what a scenario leaves behind.
//
// Ownership: plain functions. Threads: any.
#pragma once

#include <vector>

#include "harness/model/scenario/mentions.h"
#include "harness/model/scenario/scenario_source.h"
#include "harness/model/shapes/vocabulary.h"

namespace reprise {

void check_assertion_names(const ScenarioSource& source, const std::vector<PlacedFault>& faults,
                           const nlohmann::json& plan, const Vocabulary& vocabulary,
                           Mentions& mentions);
// `leaves`: of probes of the steady state, with reasons.
void check_leaves(const ScenarioSource& source, Mentions& mentions);

// The probes of its steady state.
[[nodiscard]] std::vector<std::string> steady_probes(const nlohmann::json& scenario);

}  // namespace reprise
