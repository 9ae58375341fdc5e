// Refusing to break what is not on this machine, unless the command line names it.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/model/scenario/scenario.h"
#include "harness/model/secrets/redaction.h"

namespace CLI {
class App;
}

namespace reprise {

// `--allow-target NAME`, as often as needed.
void add_allow_target(CLI::App& verb, std::set<std::string>& allowed);

// Tells on stderr every fault whose target is elsewhere and not allowed, and every name allowed
// that no plan has, and returns false: exit code 2.
[[nodiscard]] bool targets_are_allowed(const std::vector<LoadedPlan>& plans,
                                       const std::set<std::string>& allowed,
                                       const Redaction& redaction);

}  // namespace reprise
