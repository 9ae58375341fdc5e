// What a condition must leave as it found it, written down before it is injected and compared after
// its revert: kind, mode and owner of a file; whether a process stands still, and its limits.
//
// What a file says is not part of it: the system goes on writing while the fault lasts.
// Threads: any; looks at files and /proc.
#pragma once

#include <string>
#include <vector>

#include "harness/engine/surroundings.h"
#include "harness/model/vocabulary.h"

namespace reprise {

// Empty for targets whose faults live and die with the program (links, disks).
[[nodiscard]] nlohmann::json fingerprint(const Surroundings& surroundings, Target target,
                                         const std::string& into);

// What is not as it was, in words. A process that has ended since is no difference.
[[nodiscard]] std::vector<std::string> differences(const nlohmann::json& before);

}  // namespace reprise
