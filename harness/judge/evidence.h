// What every assertion asks first: its options, the instants of the faults, the window it judges,
// and whether there is anything to judge from.
//
// Ownership: pure functions of the Record. Threads: any.
#pragma once

#include <optional>
#include <string>

#include "harness/judge/judge.h"
#include "harness/judge/timeline.h"

namespace reprise {

// Options as the loader checked them; durations as text with units, or as nanoseconds.
[[nodiscard]] std::optional<Duration> duration_option(const AssertionSpec& spec, const char* name);
[[nodiscard]] std::string text_option(const AssertionSpec& spec, const char* name);
[[nodiscard]] bool flag_option(const AssertionSpec& spec, const char* name);
[[nodiscard]] std::optional<std::int64_t> integer_option(const AssertionSpec& spec,
                                                         const char* name);
// Never negative, and so short that sums of several do not overflow.
[[nodiscard]] Duration tamed(Duration duration);
// What a sample tells in nanoseconds, as a backup's age; nothing where it does not.
[[nodiscard]] std::optional<Duration> told_duration(const nlohmann::json& values, const char* name);
// `expect:`; an unreadable one (a forged journal) is an error.
[[nodiscard]] Result<Expected> expected_option(const AssertionSpec& spec);
// A level's name, or the predicate as it was written.
[[nodiscard]] std::string expected_text(const Expected& expected);

// A finding that has not been judged yet, and the ways it can end.
[[nodiscard]] Finding unjudged(const AssertionSpec& spec, Message statement);
[[nodiscard]] Finding passed(Finding finding, Message outcome);
[[nodiscard]] Finding inconclusive(Finding finding, Message outcome);
// A clear miss; `failure` is JUnit's type. Its cause tells what was measured so far; whoever knows
// the bad sample or the log line adds it.
[[nodiscard]] Finding missed(Finding finding, std::string failure, Message outcome);

// From the beginning of the inject phase (or of what follows steady) to the end of recover.
[[nodiscard]] std::optional<Window> drill_window(const Record& record);
// From the first command to the last healing; events last until the heal phase begins.
[[nodiscard]] std::optional<Window> fault_window(const Record& record);
// `during: fault | all`.
[[nodiscard]] std::optional<Window> window_option(const AssertionSpec& spec, const Record& record);

[[nodiscard]] std::optional<Duration> first_commanded(const Record& record);
[[nodiscard]] std::optional<Duration> first_bit(const Record& record);
// The last instant at which a fault was healed or a procedure ended; nothing where neither was.
[[nodiscard]] std::optional<Duration> last_mended(const Record& record);
// The last instant at which a fault was armed or healed or a procedure ended.
[[nodiscard]] Duration last_incident(const Record& record);

// Why nothing can be judged from this probe: no samples at all in the points, or never an answer
// in the whole drill (nor anything that the expectation waits for).
[[nodiscard]] std::optional<Message> unusable(const Timeline& line, const std::string& probe,
                                              const std::vector<Point>& points);

// The service that a probe looks at, as far as its options say; empty otherwise.
[[nodiscard]] std::string service_of(const Plan& plan, const std::string& probe);
// How long a recovery must hold: the option, else the scenario's, else the larger of 20 intervals
// and three of the service's own health periods.
[[nodiscard]] Duration sustained_of(const AssertionSpec& spec, const Scenario& scenario,
                                    const Plan& plan);

// Where the scenario compresses time: another text for the statement, which tells what the limit
// and the period of the backups are in reality.
void tell_compression(Message& statement, const char* key, Duration limit,
                      const Scenario& scenario);
// Arguments "low_ns" and "high_ns" of an interval.
void add_interval(Message& message, const Interval& interval);
// And, where the scenario compresses time, what it is in reality.
void add_interval(Message& message, const Interval& interval, const Scenario& scenario);

}  // namespace reprise
