#include "harness/model/included_steps.h"

#include "harness/model/wording.h"

namespace reprise {

std::vector<PlacedStep> steps_of(const nlohmann::json& plan, const std::string& procedure) {
  std::vector<PlacedStep> out;
  const auto list = [&](const std::string& owner) -> const nlohmann::json& {
    return plan.at(nlohmann::json::json_pointer(owner + "/steps"));
  };
  const auto place = [&](const std::string& owner, std::size_t i) {
    out.push_back({&list(owner)[i], owner + "/steps" + segment(i)});
  };
  for (std::size_t i = 0; i < list(procedure).size(); ++i) {
    const auto included = list(procedure)[i].find("include");
    if (included == list(procedure)[i].end()) {
      place(procedure, i);
      continue;
    }
    const std::string other = "/system/procedures" + segment(included->get<std::string>());
    for (std::size_t j = 0; j < list(other).size(); ++j) place(other, j);
  }
  return out;
}

}  // namespace reprise
