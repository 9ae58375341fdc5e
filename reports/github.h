// Annotations and a job summary where GitHub runs the drill.
#pragma once

#include <string>

#include "harness/judge/report.h"

namespace reprise {

// Does nothing unless GITHUB_ACTIONS is set. Annotations go to stdout, one a finding that was not
// held; the summary is appended to the file that GITHUB_STEP_SUMMARY names.
void announce_on_github(const Run& run, const std::string& language);

// The two texts themselves (tests).
[[nodiscard]] std::string github_annotations(const Run& run, const std::string& language);
[[nodiscard]] std::string github_summary(const Run& run, const std::string& language);

}  // namespace reprise
