#include "harness/cli/vocabulary.h"

#include "harness/engine/injector.h"
#include "harness/engine/step.h"
#include "harness/judge/judge.h"
#include "harness/model/registry.h"
#include "harness/model/wording.h"
#include "harness/observe/probe.h"

namespace reprise {

Vocabulary linked_vocabulary() {
  Vocabulary vocabulary;
  for (const auto* kind : Registry<FaultKind>::all()) vocabulary.faults.push_back(*kind);
  for (const auto* kind : Registry<ProbeKind>::all()) vocabulary.probes.push_back(*kind);
  for (const auto* kind : Registry<StepKind>::all()) vocabulary.steps.push_back(*kind);
  for (const auto* kind : Registry<AssertionKind>::all()) vocabulary.assertions.push_back(*kind);
  return vocabulary;
}

std::optional<std::vector<LoadedPlan>> load_or_tell(
    const std::vector<std::filesystem::path>& paths) {
  auto plans = load(paths, linked_vocabulary());
  if (plans) return std::move(*plans);
  for (const Error& error : plans.error()) fmt::print(stderr, "{}\n", error.text());
  return std::nullopt;
}

bool select_scenarios(std::vector<LoadedPlan>& plans, const std::vector<std::string>& names,
                      const std::vector<std::string>& tags) {
  std::vector<std::string> known;
  for (const LoadedPlan& loaded : plans) {
    for (const Scenario& scenario : loaded.scenarios) known.push_back(scenario.name);
  }
  for (const std::string& name : names) {
    if (std::ranges::find(known, name) != known.end()) continue;
    const std::string near = nearest(name, known);
    fmt::print(stderr, "reprise: no scenario is called {}{}\n", name,
               near.empty() ? "" : fmt::format(" (did you mean {}?)", near));
    return false;
  }
  std::size_t kept = 0;
  for (LoadedPlan& loaded : plans) {
    std::erase_if(loaded.scenarios, [&](const Scenario& scenario) {
      const bool named = names.empty() || std::ranges::find(names, scenario.name) != names.end();
      const bool tagged = tags.empty() || std::ranges::any_of(scenario.tags, [&](const auto& tag) {
                            return std::ranges::find(tags, tag) != tags.end();
                          });
      return !named || !tagged;
    });
    kept += loaded.scenarios.size();
  }
  if (kept > 0) return true;
  fmt::print(stderr,
             "reprise: no scenario is left to run (see `reprise list` for names and tags)\n");
  return false;
}

void divide_words(const std::vector<std::string>& words, std::vector<std::filesystem::path>& paths,
                  std::vector<std::string>& names) {
  for (const std::string& word : words) {
    // The first word is always a path, so that a mistyped one is told as such.
    const bool path =
        paths.empty() || word.find('/') != std::string::npos || std::filesystem::exists(word);
    if (path) {
      paths.emplace_back(word);
    } else {
      names.push_back(word);
    }
  }
}

}  // namespace reprise
