// The instants of a drill and the windows between them (docs/measures.md, 3 and 5).
//
// Ownership: pure functions of the Record. Threads: any.
#pragma once

#include <optional>
#include <vector>

#include "harness/judge/timeline.h"

namespace reprise {

// From the beginning of the inject phase (or of what follows steady) to the end of recover.
[[nodiscard]] std::optional<Window> drill_window(const Record& record);
// From the first command to the last healing; events last until the heal phase begins.
[[nodiscard]] std::optional<Window> fault_window(const Record& record);
// `during: fault | all`.
[[nodiscard]] std::optional<Window> window_option(const AssertionSpec& spec, const Record& record);

[[nodiscard]] std::optional<Duration> first_commanded(const Record& record);
// When a command was surely over: the fault was in place, or the call had failed.
[[nodiscard]] Duration armed_of(const FaultRecord& fault);
// The last instant at which a fault was healed or a procedure ended; nothing where neither was.
[[nodiscard]] std::optional<Duration> last_mended(const Record& record);
// The last instant at which a fault was armed or healed or a procedure ended.
[[nodiscard]] Duration last_incident(const Record& record);
// That instant, or the beginning of the recover phase where that is later.
[[nodiscard]] Duration recovery_begins(const Record& record);

// The rounds from which an assertion counts, by t_cmd: those of the fault that its `incident`
// names, or of every fault (`each`, or nothing said). Rounds that were never commanded are none.
[[nodiscard]] std::vector<const FaultRecord*> incidents_of(const AssertionSpec& spec,
                                                           const Record& record);
// `incident`, as the kinds of assertion that count from a fault have it.
[[nodiscard]] Shape::Field incident_field();
// An aborted or interrupted drill did not come to its end: what is asked of the end is unknown.
[[nodiscard]] bool came_to_its_end(const Record& record);

}  // namespace reprise
