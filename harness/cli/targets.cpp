#include "harness/cli/targets.h"

#include <CLI/CLI.hpp>

#include "harness/cli/secrecy.h"
#include "harness/cli/vocabulary.h"
#include "harness/model/plan/reach.h"
#include "harness/model/wording.h"

namespace reprise {

void add_allow_target(CLI::App& verb, std::set<std::string>& allowed) {
  verb.add_option("--allow-target", allowed,
                  "A link, database or external service that is not on this machine and may be "
                  "broken all the same")
      ->type_name("NAME")
      ->expected(1)
      ->take_all();
}

bool targets_are_allowed(const std::vector<LoadedPlan>& plans, const std::set<std::string>& allowed,
                         const Redaction& redaction) {
  std::vector<std::string> known;
  Errors errors;
  for (const LoadedPlan& loaded : plans) {
    for (const auto& [name, link] : loaded.plan.links) known.push_back(name);
    for (const auto& [name, url] : loaded.plan.databases) known.push_back(name);
    for (const auto& [name, service] : loaded.plan.services) {
      if (service.external) known.push_back(name);
    }
    auto found = out_of_reach(loaded, linked_vocabulary(), allowed);
    std::ranges::move(found, std::back_inserter(errors));
  }
  for (const std::string& name : allowed) {
    if (std::ranges::find(known, name) != known.end()) continue;
    errors.push_back({fmt::format("--allow-target {}: no plan here has such a target", name),
                      suggestion(name, known),
                      {}});
  }
  for (const Error& error : errors) complain(redaction, error.text());
  return errors.empty();
}

}  // namespace reprise
