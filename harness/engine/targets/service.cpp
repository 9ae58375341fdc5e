// A service: whether its processes stand still, and their limits.
#include <fstream>
#include <sstream>

#include "harness/engine/services/process_table.h"
#include "harness/engine/targets/target_kind.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

std::string line_of(const std::string& path, const std::string& begin) {
  std::ifstream lines(path);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(begin)) return line;
  }
  return {};
}

// Nothing when it has ended.
nlohmann::json look_at_process(const ProcessId& process) {
  if (start_ticks(process.pid) != process.start_ticks) return nullptr;
  const std::string folder = fmt::format("/proc/{}/", process.pid);
  const bool stopped = line_of(folder + "status", "State:").find("T (") != std::string::npos;
  std::istringstream limit(line_of(folder + "limits", "Max open files"));
  std::string word, soft, hard;
  limit >> word >> word >> word >> soft >> hard;
  return {{"state", stopped ? "stopped" : "going"}, {"open files", soft + "/" + hard}};
}

nlohmann::json look_at_service(const Surroundings& surroundings, const std::string& name, Nature) {
  nlohmann::json processes = nlohmann::json::array();
  for (const ProcessId& process : surroundings.process_tree(name)) {
    auto was = look_at_process(process);
    if (was.is_null()) continue;
    processes.push_back(
        {{"pid", process.pid}, {"start_ticks", process.start_ticks}, {"was", std::move(was)}});
  }
  return processes;
}

// A process that has ended since is no difference.
std::vector<std::string> differences_of_service(const nlohmann::json& before, Nature) {
  std::vector<std::string> found;
  for (const auto& process : before) {
    const auto now = look_at_process({process.at("pid"), process.at("start_ticks")});
    if (now.is_null()) continue;
    auto was = process.at("was");
    // Another fault's doing, and healed since.
    if (was.at("state") == "stopped") was.erase("state");
    const auto about = fmt::format("process {}: ", process.at("pid").get<int>());
    std::ranges::move(differing(about, was, now), std::back_inserter(found));
  }
  return found;
}

const Registered<TargetKind> service_registered{{
    .name = Target::service,
    .exists = [](const Plan& plan,
                 const std::string& name) { return plan.services.contains(name); },
    .dies_with_drill = is_started,
    .look = look_at_service,
    .differences = differences_of_service,
    .trial = [](TrialGround& ground) { return ground.start_service(); },
}};

}  // namespace
}  // namespace reprise
