#include "harness/judge/procedure_evidence.h"

#include <algorithm>

#include "harness/judge/options.h"

namespace reprise {

const std::vector<Step>& planned_steps(const ProcedureRecord& run, const Plan& plan) {
  static const std::vector<Step> none;
  const auto procedure = plan.procedures.find(run.name);
  return procedure == plan.procedures.end() ? none : procedure->second.steps;
}

const StepRecord* failed_step(const ProcedureRecord& run) {
  const auto found = std::ranges::find(run.steps, std::string("failed"), &StepRecord::state);
  return found == run.steps.end() ? nullptr : &*found;
}

bool reports_failed_steps(const AssertionSpec& spec, const Scenario& scenario) {
  const std::string run = text_option(spec, "run");
  for (const char* kind : {"procedure", "restore"}) {
    for (const AssertionSpec& other : scenario.assertions) {
      if (other.kind != kind || text_option(other, "run") != run) continue;
      // One that tolerates failed steps does not speak for one that does not.
      if (!flag_option(other, "allow-failed")) return other.name == spec.name;
    }
  }
  return true;  // nobody names it: whoever asks all the same is the first
}

bool nobody_there(const StepRecord& step, const ProcedureRecord& run, const Plan& plan) {
  if (!step.manual || !step.started || !step.finished) return false;
  const auto& steps = planned_steps(run, plan);
  const auto index = static_cast<std::size_t>(std::max(0, step.index));
  return index < steps.size() && *step.finished - *step.started < steps[index].within;
}

nlohmann::json text_argument(const Text& text) {
  const bool translated = text.by_language.size() > 1 || !text.by_language.contains("");
  if (!translated) return text.in("");
  return text.by_language;
}

nlohmann::json step_text(const StepRecord& step) {
  Text out = step.name();
  for (auto& [language, title] : out.by_language) {
    title = fmt::format("{} ({})", step.index + 1, title);
  }
  return text_argument(out);
}

}  // namespace reprise
