// A disk of the plan, mounted by the drill: what is mounted there.
#include <fstream>
#include <sstream>

#include "harness/engine/targets/target_kind.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

// Mount points at the path, the lowest first: "tmpfs size=64k".
std::string look_at_mounts(const std::string& path) {
  std::ifstream lines("/proc/self/mountinfo");
  std::vector<std::string> mounts;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string skipped, where, type, source, options;
    words >> skipped >> skipped >> skipped >> skipped >> where;
    const auto dash = line.find(" - ");
    if (where != path || dash == line.npos) continue;
    std::istringstream rest(line.substr(dash + 3));
    rest >> type >> source >> options;
    mounts.push_back(fmt::format("{} {}", type, options));
  }
  return mounts.empty() ? "none" : fmt::format("{}", fmt::join(mounts, ", then "));
}

nlohmann::json look_at_disk(const Surroundings& surroundings, const std::string& name, Nature) {
  const auto path = surroundings.disk(name);
  if (!path) return nullptr;
  return {{"path", path->string()}, {"was", {{"mounts", look_at_mounts(*path)}}}};
}

std::vector<std::string> differences_of_disk(const nlohmann::json& before, Nature) {
  const std::string path = before.at("path");
  return differing(path + ": ", before.at("was"), {{"mounts", look_at_mounts(path)}});
}

const Registered<TargetKind> disk_registered{{
    .name = Target::disk,
    .exists = [](const Plan& plan, const std::string& name) { return plan.disks.contains(name); },
    .dies_with_drill = [](const Plan&, const std::string&) { return true; },
    .look = look_at_disk,
    .differences = differences_of_disk,
    .before_trial = [](TrialGround& ground) { return ground.mount_disk(); },
}};

}  // namespace
}  // namespace reprise
