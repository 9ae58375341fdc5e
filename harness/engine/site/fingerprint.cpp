#include "harness/engine/site/fingerprint.h"

#include "harness/engine/targets/target_kind.h"
#include "harness/model/registry.h"

namespace reprise {

nlohmann::json fingerprint(const Surroundings& surroundings, const std::string& target,
                           const std::string& into, Nature nature) {
  nlohmann::json seen = nlohmann::json::object();
  const TargetKind* kind = Registry<TargetKind>::find(target);
  if (!kind || !kind->look) return seen;
  auto looked = kind->look(surroundings, into, nature);
  if (!looked.is_null()) seen[kind->name] = std::move(looked);
  return seen;
}

std::vector<std::string> differences(const nlohmann::json& before, Nature nature) {
  std::vector<std::string> found;
  for (const auto& [target, was] : before.items()) {
    const TargetKind* kind = Registry<TargetKind>::find(target);
    REPRISE_REQUIRE(kind && kind->differences);
    std::ranges::move(kind->differences(was, nature), std::back_inserter(found));
  }
  return found;
}

std::vector<std::string> differences_of_states(const nlohmann::json& before,
                                               const nlohmann::json& now) {
  auto known = before;
  known.update(now);
  return differing("", before, known);
}

}  // namespace reprise
