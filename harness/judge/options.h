// The options of an assertion, as the loader checked them; a forged journal's read as absent.
//
// Ownership: pure functions. Threads: any.
#pragma once

#include <optional>
#include <string>

#include "harness/model/scenario/scenario.h"

namespace reprise {

// Durations stand as text with units, or as nanoseconds.
[[nodiscard]] std::optional<Duration> duration_option(const AssertionSpec& spec, const char* name);
[[nodiscard]] std::string text_option(const AssertionSpec& spec, const char* name);
[[nodiscard]] bool flag_option(const AssertionSpec& spec, const char* name);
[[nodiscard]] std::optional<std::int64_t> integer_option(const AssertionSpec& spec,
                                                         const char* name);
// `expect:`; an unreadable one (a forged journal) is an error.
[[nodiscard]] Result<Expected> expected_option(const AssertionSpec& spec);

// Never negative, and so short that sums of several do not overflow.
[[nodiscard]] Duration tamed(Duration duration);

// The service that a probe looks at, as far as its options say; empty otherwise.
[[nodiscard]] std::string service_of(const Plan& plan, const std::string& probe);
// W: how long a recovery of the probe must hold: the assertion's own, else the scenario's, else the
// larger of 20 intervals and three of the service's own health periods.
[[nodiscard]] Duration sustained_of(const AssertionSpec& spec, const Scenario& scenario,
                                    const Plan& plan);
[[nodiscard]] Duration sustained_of(const std::string& probe, const Scenario& scenario,
                                    const Plan& plan);

}  // namespace reprise
