// What must not be shown of loaded plans, and refusing to start when that cannot work.
#pragma once

#include <filesystem>
#include <vector>

#include "harness/model/scenario/scenario.h"
#include "harness/model/secrets/redaction.h"

namespace reprise {

// The secrets of the plans, of their scenarios and of the environment.
[[nodiscard]] Redaction redaction_of(const std::vector<LoadedPlan>& plans);

// The same for a plan of an earlier drill; only those of the environment when it is gone or wrong.
[[nodiscard]] Redaction redaction_of_folder(const std::filesystem::path& plan);

// As a reader of its journal sees it; an error when a secret is a word that it cannot do without.
[[nodiscard]] Result<LoadedPlan> without_secrets(const LoadedPlan& loaded,
                                                 const Redaction& redaction);

// Tells on stderr, and returns false, when a secret is not set, or when the record of a drill could
// not be read back with its secrets hidden: exit code 2.
[[nodiscard]] bool secrets_can_be_kept(const std::vector<LoadedPlan>& plans,
                                       const Redaction& redaction);

// "reprise: …" on stderr, without secrets.
void complain(const Redaction& redaction, const std::string& text);

}  // namespace reprise
