// The kinds that this program was linked with, and the loading of files against them.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "harness/model/scenario/scenario.h"

namespace reprise {

[[nodiscard]] Vocabulary linked_vocabulary();

// Loads, or prints every problem to stderr and returns nothing: exit code 2.
[[nodiscard]] std::optional<std::vector<LoadedPlan>> load_or_tell(
    const std::vector<std::filesystem::path>& paths);

// What weakens the drills of these plans, to stderr.
void tell_warnings(const std::vector<LoadedPlan>& plans);

// Keeps the scenarios that are named (all when none is) and carry one of the tags (any when none
// is). A name or tag that no scenario has is told and gives nothing: exit code 2.
[[nodiscard]] bool select_scenarios(std::vector<LoadedPlan>& plans,
                                    const std::vector<std::string>& names,
                                    const std::vector<std::string>& tags);

// Divides the words of `run scenarios/sp-e weather-api-500` into paths and scenario names.
void divide_words(const std::vector<std::string>& words, std::vector<std::filesystem::path>& paths,
                  std::vector<std::string>& names);

}  // namespace reprise
