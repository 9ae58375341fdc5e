#include "harness/judge/procedure_evidence.h"

#include <algorithm>

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

bool nobody_there(const StepRecord& step, const ProcedureRecord& run, const Plan& plan) {
  if (!step.manual || step.state != "failed" || !step.started || !step.finished) return false;
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
