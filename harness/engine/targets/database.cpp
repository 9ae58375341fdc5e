// A database of the plan: the drill's own where one of its services serves it.
#include "harness/engine/targets/target_kind.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

bool dies_with_drill(const Plan& plan, const std::string& name) {
  const auto url = plan.databases.find(name);
  if (url == plan.databases.end()) return false;
  return std::ranges::any_of(plan.services, [&](const auto& service) {
    return is_started(plan, service.first) &&
           url->second.find(fmt::format("${{services.{}.", service.first)) != std::string::npos;
  });
}

const Registered<TargetKind> database_registered{{
    .name = Target::database,
    .exists = [](const Plan& plan,
                 const std::string& name) { return plan.databases.contains(name); },
    .dies_with_drill = dies_with_drill,
    .outside_only = true,
}};

}  // namespace
}  // namespace reprise
