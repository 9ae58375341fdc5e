#include "harness/engine/targets/target_kind.h"

namespace reprise {

std::vector<std::string> differing(const std::string& about, const nlohmann::json& before,
                                   const nlohmann::json& now) {
  std::vector<std::string> found;
  for (const auto& [what, value] : before.items()) {
    const auto was = value.get<std::string>();
    const std::string is = now.value(what, "none");
    if (is != was) found.push_back(fmt::format("{}{} was {}, is {}", about, what, was, is));
  }
  return found;
}

bool is_started(const Plan& plan, const std::string& service) {
  const auto found = plan.services.find(service);
  return found != plan.services.end() && !found->second.external;
}

}  // namespace reprise
