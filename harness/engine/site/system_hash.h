// What is in a plan's system/ folder, as one number: drills of one run must be of one system.
//
// Threads: any; blocks the caller.
#pragma once

#include <filesystem>

#include "harness/model/plan/plan.h"

namespace reprise {

// Where the plan's system/ folder is; empty when the plan has none.
[[nodiscard]] std::filesystem::path system_folder(const Plan& plan);

// SHA-256, in hex, over the names, kinds and contents of all that is below that folder, in the
// order of their names; of a link, its text; folders of runs are left out. Empty when the plan has
// none; an error when something cannot be read.
[[nodiscard]] Result<std::string> system_hash(const Plan& plan);

}  // namespace reprise
