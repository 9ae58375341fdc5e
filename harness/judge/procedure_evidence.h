// What a run of a procedure tells, to whoever judges it.
//
// Ownership: pure functions of the Record. Threads: any.
#pragma once

#include <string>
#include <vector>

#include "harness/journal/record.h"

namespace reprise {

// The steps of the procedure that ran; none when the plan does not know it.
[[nodiscard]] const std::vector<Step>& planned_steps(const ProcedureRecord& run, const Plan& plan);

// The step at which it ended, or null.
[[nodiscard]] const StepRecord* failed_step(const ProcedureRecord& run);

// Whether the assertion is the one that reports failed steps of its `run`: the first `procedure`
// that names it and does not tolerate them, else the first `restore`. So a failure is told once,
// whoever else looks at it.
[[nodiscard]] bool reports_failed_steps(const AssertionSpec& spec, const Scenario& scenario);

// Of the step that failed: a manual one that did before its time was over failed because nobody was
// there. That tells nothing about the plan.
[[nodiscard]] bool nobody_there(const StepRecord& step, const ProcedureRecord& run,
                                const Plan& plan);

// An argument of messages: a text, or one in each language that the plan gives it in.
[[nodiscard]] nlohmann::json text_argument(const Text& text);
// Its number and its title, as such an argument.
[[nodiscard]] nlohmann::json step_text(const StepRecord& step);

}  // namespace reprise
