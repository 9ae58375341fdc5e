// A process held by its descriptor, so that a signal reaches it or nobody.
//
// A pid is used again after its process has ended, so a receipt names a process by pid, start
// time, boot and pid namespace, and signals go through a pidfd that was checked against them.
// Ownership: a HeldProcess owns its descriptor. Threads: one thread at a time per object.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/engine/services/process_table.h"
#include "harness/model/error.h"

namespace reprise {

// The process as a receipt keeps it: {pid, start_ticks, boot_id, pid_namespace, identity}.
[[nodiscard]] nlohmann::json process_receipt(const ProcessId& process);

// "KILL" -> SIGKILL; 0 for a name that is not known.
[[nodiscard]] int signal_number(const std::string& name);

class HeldProcess {
 public:
  // Nothing when the process has ended, or when its pid belongs to somebody else by now. A receipt
  // from inside a pid namespace is found from outside as well. An error is a broken receipt or a
  // kernel without pidfds.
  static Result<std::optional<HeldProcess>> open(const nlohmann::json& receipt);

  HeldProcess(HeldProcess&& other) noexcept;
  HeldProcess& operator=(HeldProcess&& other) noexcept;
  ~HeldProcess();

  // A process that ended in the meantime is no error: false tells.
  [[nodiscard]] Result<bool> signal(int number) const;
  [[nodiscard]] bool ended() const { return ends_within(Duration::zero()); }  // or a zombie
  [[nodiscard]] bool ends_within(Duration limit) const;                       // waits for it
  [[nodiscard]] bool stopped() const;               // by a signal (state T), not by a debugger
  [[nodiscard]] pid_t pid() const { return pid_; }  // in our own pid namespace

 private:
  HeldProcess(int descriptor, pid_t pid) : descriptor_(descriptor), pid_(pid) {}
  int descriptor_ = -1;
  pid_t pid_ = 0;
};

}  // namespace reprise
