// How far the faults of a scenario reach: whether what they break is on this machine.
//
// A link, a database or an external service that leads elsewhere is somebody else's as well, so it
// is broken only when whoever starts the drill names it.
// Ownership: plain functions. Threads: any, as long as nobody changes the environment.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/model/scenario/scenario.h"

namespace reprise {

// Where the connections to an address (host:port) or a database (a URL or settings of libpq) end
// up, when that is not this machine; empty when it is. References to services and links of the
// plan are followed.
[[nodiscard]] std::string elsewhere(const Plan& plan, const std::string& address);
[[nodiscard]] std::string database_elsewhere(const Plan& plan, const std::string& settings);

// One error for every fault whose target is elsewhere, or a database that the plan does not start,
// and not among those allowed.
[[nodiscard]] Errors out_of_reach(const LoadedPlan& loaded, const Vocabulary& vocabulary,
                                  const std::set<std::string>& allowed);

}  // namespace reprise
