// The processes of a service that a fault makes stand still for a while, and then lets go on.
//
// The receipt names those that were there when the fault was prepared; whoever descends from them
// is found anew, so that a child born meanwhile does not stay behind, stopped.
// Ownership: the caller holds the processes. Threads: one at a time.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/engine/site/surroundings.h"
#include "injectors/processes/held_process.h"

namespace reprise {

// {service, processes, stood_still}; an error when the service does not run or stands still.
[[nodiscard]] Result<nlohmann::json> stopped_tree_receipt(const Surroundings& surroundings,
                                                          const std::string& service);

// Who of the receipt still lives, and whoever descends from them; not those who stood still before
// we came.
[[nodiscard]] Result<std::vector<HeldProcess>> stopped_tree(const nlohmann::json& receipt);

// Success means that none of them is stopped any more.
Result<void> let_go_on(const std::vector<HeldProcess>& members);

}  // namespace reprise
