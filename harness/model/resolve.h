// The canonical form of a plan and of a scenario: what the journal stores and decode reads.
//
// Durations stay text; kinds stand under "kind" and what they were given under "options"; every
// default is written out; places are "file:line:column". Both files must have been checked.
// Ownership: plain functions. Threads: any.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/model/documents/document.h"
#include "harness/model/scenario/scenario_source.h"
#include "harness/model/shapes/vocabulary.h"

namespace reprise {

// JSON pointers, headers and searches of whole texts that answers of a probe are judged by.
struct Kept {
  std::set<std::string> pointers;
  std::set<std::string> headers;
  std::set<nlohmann::json> searches;
};
using KeptByProbe = std::map<std::string, Kept>;

// Adds what levels, watches, triggers, assertions and waiting steps look at, wherever they stand.
void collect_kept(const nlohmann::json& value, KeptByProbe& kept);

[[nodiscard]] nlohmann::json resolve_plan(const Document& plan, const Vocabulary& vocabulary,
                                          const KeptByProbe& kept);
[[nodiscard]] nlohmann::json resolve_scenario(const ScenarioSource& source,
                                              const std::vector<PlacedFault>& faults,
                                              const nlohmann::json& plan,
                                              const Vocabulary& vocabulary);

}  // namespace reprise
