// How ledgers are written and read back: a reader that goes through the server that the writes went
// through proves nothing about a fail-over of it.
//
// Ownership: plain functions. Threads: any.
#pragma once

#include <set>
#include <string>

#include "harness/model/scenario/scenario_source.h"
#include "harness/model/shapes/vocabulary.h"

namespace reprise {

// What the texts of a value lead to: services, by name or over a link, and databases.
[[nodiscard]] std::set<std::string> destinations_of(const nlohmann::json& value,
                                                    const nlohmann::json& plan);

// One for every assertion about lost data whose ledger has one way only. Not an error: there may be
// no other.
void warn_of_ledgers(const ScenarioSource& source, const nlohmann::json& plan,
                     const Vocabulary& vocabulary, Errors& warnings);

}  // namespace reprise
