// Predicates of files against what the kinds of their probes see; see predicate_flaws.h.
//
// Ownership: plain functions. Threads: any.
#pragma once

#include "harness/model/scenario/mentions.h"
#include "harness/model/shapes/vocabulary.h"

namespace reprise {

// Of levels, watches, triggers and assertions. `plan` fits its shape.
void check_scenario_predicates(const nlohmann::json& scenario, const nlohmann::json& plan,
                               const Vocabulary& vocabulary, Mentions& mentions);
// Of what procedures wait for and ask, and of the acknowledgements of ledgers.
void check_plan_predicates(const nlohmann::json& plan, const Vocabulary& vocabulary,
                           Mentions& mentions);

}  // namespace reprise
