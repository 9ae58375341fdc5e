// How a finding is made: its sentences, the ways it can end, and what is shown beside it.
//
// Ownership: plain values. Threads: any.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/judge/judge.h"

namespace reprise {

// For a message's argument: a level's name, or {"predicate": …} as it was written, which the reader
// is told in words.
[[nodiscard]] nlohmann::json expected_text(const Expected& expected);

// A finding that has not been judged yet, and the ways it can end.
[[nodiscard]] Finding unjudged(const AssertionSpec& spec, Message statement);
[[nodiscard]] Finding passed(Finding finding, Message outcome);
[[nodiscard]] Finding inconclusive(Finding finding, Message outcome);
// A clear miss; `failure` is JUnit's type. Its cause tells what was measured so far; whoever knows
// the bad sample or the log line adds it.
[[nodiscard]] Finding missed(Finding finding, std::string failure, Message outcome);

// One finding of several about the same demand, gravest first: the gravest leads, and every other
// miss among them stands beside it. Not empty.
[[nodiscard]] Finding together(std::vector<Finding> findings);
// Whether the left one is graver: by status, then by the larger upper end.
[[nodiscard]] bool graver(const Finding& left, const Finding& right);

// What a sample tells in nanoseconds, as a backup's age; nothing where it does not.
[[nodiscard]] std::optional<Duration> told_duration(const nlohmann::json& values, const char* name);

// Where the scenario compresses time: another text for the statement, which tells what the limit
// and the period of the backups are in reality.
void tell_compression(Message& statement, const char* key, Duration limit,
                      const Scenario& scenario);
// Arguments "low_ns" and "high_ns" of an interval.
void add_interval(Message& message, const Interval& interval);
// And, where the scenario compresses time, what it is in reality.
void add_interval(Message& message, const Interval& interval, const Scenario& scenario);

}  // namespace reprise
