// Why an assertion was missed, in the same parts every time.
//
// Ownership: pure functions of the Record. Threads: any.
#pragma once

#include <string>
#include <vector>

#include "harness/judge/judge.h"
#include "harness/judge/timeline.h"

namespace reprise {

// In a few words that need no translation: "status 503, /mode degraded" or "refused".
[[nodiscard]] std::string saw_text(const Observation& seen);

// The objective and what was measured, taken from the finding.
[[nodiscard]] Cause cause_of(const Finding& finding);
// The same with a bad sample and the service's own log line nearest to its intended instant.
[[nodiscard]] Cause cause_of(const Finding& finding, const Record& record, const std::string& probe,
                             const Sample& bad);
// The line of `service` nearest to `instant`; of any service when its name is empty.
void add_nearest_log(Cause& cause, const Record& record, const std::string& service,
                     Duration instant);

}  // namespace reprise
