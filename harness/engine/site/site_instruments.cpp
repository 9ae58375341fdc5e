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

Result<void> Site::install_instrument(const std::vector<FaultSpec>& faults) {
  const Foundation foundation{*this, system_.parent_path()};
  for (const FaultSpec& fault : faults) {
    const FaultKind* kind = Registry<FaultKind>::find(fault.kind);
    if (!kind || !kind->install_instrument || instrument(fault.kind, fault.into)) continue;
    const auto service = plan_.services.find(fault.into);
    if (kind->target == Target::service && service != plan_.services.end() &&
        service->second.external) {
      return failure(
          "{} into {}: it must be there when the service is started, and reprise does "
          "not start an external one",
          fault.kind, fault.into);
    }
    auto installed = kind->install_instrument(fault.into, foundation);
    if (!installed) {
      return std::unexpected(
          Error{fmt::format("{} into {}: {}", fault.kind, fault.into, installed.error().what),
                installed.error().remedy, fault.where});
    }
    instrument_.emplace(std::pair(fault.kind, fault.into), std::move(*installed));
  }
  return check_environment();
}

// Of two values for one name a program takes whichever it likes.
Result<void> Site::check_environment() const {
  for (const auto& [name, service] : plan_.services) {
    for (const std::string& assignment : instrument_environment(name)) {
      const std::string variable = assignment.substr(0, assignment.find('='));
      if (!service.env.contains(variable)) continue;
      return failure("service {} sets {}, which a fault of this scenario needs for itself", name,
                     variable);
    }
  }
  return {};
}

Instrument* Site::instrument(std::string_view kind, std::string_view into) const {
  const auto found = instrument_.find(std::pair(std::string(kind), std::string(into)));
  return found == instrument_.end() ? nullptr : found->second.get();
}

std::vector<std::string> Site::instrument_environment(std::string_view service) const {
  std::vector<std::string> assignments;
  for (const auto& [key, installed] : instrument_) {
    std::ranges::move(installed->environment(service), std::back_inserter(assignments));
  }
  return assignments;
}

}  // namespace reprise
