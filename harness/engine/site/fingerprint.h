// What a fault must leave as it found it, written down before it is injected and compared when it
// is over: kind, mode and owner of a file; whether a process stands still, and its limits; what is
// mounted on a disk; and what the fault's injector says of settings (Injector::state).
//
// Of a condition a file's content is no part: the system goes on writing while it lasts. Of an
// event it is: what the system made of it is listed, and no error.
// Threads: any; looks at files and /proc.
#pragma once

#include <string>
#include <vector>

#include "harness/engine/site/surroundings.h"
#include "harness/model/shapes/vocabulary.h"

namespace reprise {

// `target` is a kind's name. Empty for targets that only an injector can look at.
[[nodiscard]] nlohmann::json fingerprint(const Surroundings& surroundings,
                                         const std::string& target, const std::string& into,
                                         Nature nature);

// What is not as it was, in words. A process that has ended since is no difference.
[[nodiscard]] std::vector<std::string> differences(const nlohmann::json& before, Nature nature);

// The same for two states told by one injector. What only one of them could tell is no difference.
[[nodiscard]] std::vector<std::string> differences_of_states(const nlohmann::json& before,
                                                             const nlohmann::json& now);

}  // namespace reprise
