// The place of one drill: its own copy of the plan's system, its ports, its links, what its
// processes printed. This is what faults, probes and steps see as Surroundings.
//
// Ownership: the drill owns the Site, which owns the port leases and the link servers. The copy
// lies in the drill's working folder, which the guardian removes once all is undone (undo.h). The
// plan and the clock outlive the Site.
// Threads: any; what changes while the drill runs is behind one mutex.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "harness/engine/clock.h"
#include "harness/engine/services/ports.h"
#include "harness/engine/site/instrument.h"
#include "harness/engine/site/surroundings.h"
#include "harness/model/scenario/scenario.h"

namespace reprise {

class Site final : public Surroundings {
 public:
  // Copies plan.system to `folder`/system, lays what the faults need beneath the system, leases a
  // port for every service and opens a link server for every link. Starts no process of the
  // system. `sandboxed`: mounts are the drill's own, so the plan's disks can be. `seed`: what
  // ${seed} stands for.
  static Result<std::unique_ptr<Site>> prepare(const Plan& plan, std::filesystem::path folder,
                                               std::string drill_id, const Clock& clock,
                                               bool sandboxed = false,
                                               const std::vector<FaultSpec>& faults = {},
                                               std::uint64_t seed = 0);

  [[nodiscard]] const std::filesystem::path& folder() const override { return system_; }
  [[nodiscard]] Result<std::string> resolve(std::string_view text) const override;
  [[nodiscard]] LinkServer* link(std::string_view name) const override;
  [[nodiscard]] Result<ProcessId> process(std::string_view service) const override;
  [[nodiscard]] std::vector<ProcessId> process_tree(std::string_view service) const override;
  [[nodiscard]] Instrument* instrument(std::string_view kind, std::string_view into) const override;
  [[nodiscard]] Result<std::string> database(std::string_view name) const override;
  [[nodiscard]] Result<std::filesystem::path> file(std::string_view name) const override;
  [[nodiscard]] Result<std::filesystem::path> disk(std::string_view name) const override;
  [[nodiscard]] std::vector<Printed> log(std::string_view service, std::size_t from) const override;
  [[nodiscard]] std::vector<std::string> environment() const override;
  [[nodiscard]] Instant now() const override { return clock_.now(); }
  [[nodiscard]] bool sandboxed() const override { return sandboxed_; }

  // The same as resolve, inside a service's definition, where ${port} is its own port.
  [[nodiscard]] Result<std::string> resolve_for(std::string_view service,
                                                std::string_view text) const;
  [[nodiscard]] Result<std::uint16_t> port(std::string_view service) const;
  // What instrument adds to the environment of a service.
  [[nodiscard]] std::vector<std::string> instrument_environment(std::string_view service) const;
  [[nodiscard]] const std::string& drill_id() const { return drill_id_; }

  void set_process(std::string_view service, std::optional<ProcessId> process);
  void add_log(std::string_view service, Printed printed);

 private:
  Site(const Plan& plan, std::filesystem::path folder, std::string drill_id, const Clock& clock);
  Result<void> lease_ports();
  Result<void> open_links();
  Result<void> mount_disks();
  Result<void> mount_own_shared_memory();
  Result<void> install_instrument(const std::vector<FaultSpec>& faults);
  [[nodiscard]] Result<void> check_environment() const;
  [[nodiscard]] Result<std::string> reference(std::string_view service,
                                              std::string_view name) const;
  [[nodiscard]] Result<std::string> service_address(std::string_view service) const;

  const Plan& plan_;
  std::filesystem::path system_;
  std::string drill_id_;
  const Clock& clock_;
  bool sandboxed_ = false;
  std::uint64_t seed_ = 0;
  // By kind of fault and target.
  std::map<std::pair<std::string, std::string>, std::unique_ptr<Instrument>> instrument_;
  std::map<std::string, PortLease, std::less<>> ports_;
  std::map<std::string, std::unique_ptr<LinkServer>, std::less<>> links_;
  mutable std::mutex mutex_;  // guards what follows
  std::map<std::string, ProcessId, std::less<>> processes_;
  std::map<std::string, std::vector<Printed>, std::less<>> logs_;
};

}  // namespace reprise
