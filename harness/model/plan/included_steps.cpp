#include "harness/model/plan/included_steps.h"

#include "harness/model/wording.h"

namespace reprise {

std::vector<PlacedStep> steps_of(const nlohmann::json& plan, const std::string& procedure) {
  std::vector<PlacedStep> out;
  const auto list_at = [&](const std::string& owner) -> const nlohmann::json& {
    return plan.at(nlohmann::json::json_pointer(owner + "/steps"));
  };
  const auto place = [&](const nlohmann::json& steps, std::size_t i, const std::string& owner) {
    out.push_back({&steps[i], owner + "/steps" + segment(i)});
  };
  const auto& own = list_at(procedure);
  for (std::size_t i = 0; i < own.size(); ++i) {
    const auto included = own[i].find("include");
    if (included == own[i].end()) {
      place(own, i, procedure);
      continue;
    }
    const std::string other = "/system/procedures" + segment(included->get<std::string>());
    if (!plan.contains(nlohmann::json::json_pointer(other))) continue;  // has been said
    const auto& theirs = list_at(other);
    for (std::size_t j = 0; j < theirs.size(); ++j) place(theirs, j, other);
  }
  return out;
}

}  // namespace reprise
