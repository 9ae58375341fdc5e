// What some faults need beneath the system before it is started.
#include "harness/engine/injector.h"
#include "harness/engine/site/disk.h"
#include "harness/engine/site/site.h"
#include "harness/model/registry.h"

namespace reprise {

// A drill whose folder lies there would not find itself again.
Result<void> Site::mount_own_shared_memory() {
  std::error_code error;
  const auto folder = std::filesystem::canonical(system_, error);
  if (!sandboxed_ || error || folder.string().starts_with("/dev/shm/")) return {};
  return mount_shared_memory();
}

Result<void> Site::lay_groundwork(const std::vector<FaultSpec>& faults) {
  const Foundation foundation{*this, system_.parent_path()};
  for (const FaultSpec& fault : faults) {
    const FaultKind* kind = Registry<FaultKind>::find(fault.kind);
    if (!kind || !kind->lay_groundwork || groundwork(fault.kind, fault.into)) continue;
    const auto service = plan_.services.find(fault.into);
    if (kind->target == Target::service && service != plan_.services.end() &&
        service->second.external) {
      return failure(
          "{} into {}: it must be there when the service is started, and reprise does "
          "not start an external one",
          fault.kind, fault.into);
    }
    auto laid = kind->lay_groundwork(fault.into, foundation);
    if (!laid) {
      return std::unexpected(
          Error{fmt::format("{} into {}: {}", fault.kind, fault.into, laid.error().what),
                laid.error().remedy, fault.where});
    }
    groundwork_.emplace(std::pair(fault.kind, fault.into), std::move(*laid));
  }
  return check_environment();
}

// Of two values for one name a program takes whichever it likes.
Result<void> Site::check_environment() const {
  for (const auto& [name, service] : plan_.services) {
    for (const std::string& assignment : groundwork_environment(name)) {
      const std::string variable = assignment.substr(0, assignment.find('='));
      if (!service.env.contains(variable)) continue;
      return failure("service {} sets {}, which a fault of this scenario needs for itself", name,
                     variable);
    }
  }
  return {};
}

Groundwork* Site::groundwork(std::string_view kind, std::string_view into) const {
  const auto found = groundwork_.find(std::pair(std::string(kind), std::string(into)));
  return found == groundwork_.end() ? nullptr : found->second.get();
}

std::vector<std::string> Site::groundwork_environment(std::string_view service) const {
  std::vector<std::string> assignments;
  for (const auto& [key, laid] : groundwork_) {
    std::ranges::move(laid->environment(service), std::back_inserter(assignments));
  }
  return assignments;
}

}  // namespace reprise
