// Levels that a scenario uses must be stated: nothing is nominal that nobody has described.
//
// Ownership: plain functions. Threads: any.
#pragma once

#include "harness/model/scenario/mentions.h"
#include "harness/model/scenario/scenario_source.h"

namespace reprise {

// Of every watch and assertion, of what the procedures that it runs wait for, and of `leaves`.
void check_levels(const ScenarioSource& source, const nlohmann::json& plan, Mentions& mentions);

}  // namespace reprise
