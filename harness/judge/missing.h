// What nobody saw is good in one history and bad in another (docs/measures.md, 11): a demand holds
// when it holds in all of them, and is missed when it is missed in all of them.
//
// Ownership: pure functions. Threads: any.
#pragma once

#include <functional>
#include <vector>

#include "harness/judge/findings.h"
#include "harness/judge/outages.h"

namespace reprise {

// `judge` of every filling of the points, as one finding; its interval spans all of theirs.
[[nodiscard]] Finding in_every_filling(
    const Finding& blank, const Timeline& line, const std::vector<Point>& points,
    const std::function<Finding(const std::vector<FilledSample>& told)>& judge);

// With the last bad sample of the outage that somebody saw as its cause.
[[nodiscard]] Finding caused_by_last(Finding finding, const Record& record,
                                     const std::string& probe,
                                     const std::vector<FilledSample>& told, const Outage& outage);

// When the engine stopped waiting for a recovery; nothing when it had not to.
[[nodiscard]] std::optional<Duration> patience_over(const Record& record);

}  // namespace reprise
