// The running drill as faults, probes and steps see it.
//
// Ownership: owned by the drill, outlives every injector, probe and step. Threads: every function
// may be called from any thread, since fault verbs run on a pool.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include <nlohmann/json_fwd.hpp>

#include "harness/model/error.h"
#include "harness/model/time.h"
#include "harness/observe/address.h"

namespace reprise {

// A process we may signal: the pid alone is not enough, since pids are used again.
struct ProcessId {
  pid_t pid = 0;
  std::uint64_t start_ticks = 0;  // field 22 of /proc/PID/stat
  bool operator==(const ProcessId&) const = default;
};

// The listening end of a link. The proxy in injectors/proxy/ implements it; nothing in harness/
// needs to know more than where it listens.
class LinkServer {
 public:
  virtual ~LinkServer() = default;
  [[nodiscard]] virtual Address endpoint() const = 0;
};

class Instrument;

// A line of a service's log as it was kept, or what is told of some that were left out.
struct Printed {
  explicit Printed(std::string line_kept = {}) : line(std::move(line_kept)) {}

  std::string line;
  std::size_t left_out = 0;  // it stands for so many lines, and was not printed itself
  bool cut = false;          // there was more of it
  // Of what is not here: in how many lines each pattern was found that somebody asks about.
  std::map<std::string, std::size_t> found;
  bool unsearched = false;  // nor was all of it searched
};

class Surroundings {
 public:
  virtual ~Surroundings() = default;

  // The drill's own copy of the plan's system/ folder; absolute.
  [[nodiscard]] virtual const std::filesystem::path& folder() const = 0;
  // Fills in ${…} references; an unknown one is an error.
  [[nodiscard]] virtual Result<std::string> resolve(std::string_view text) const = 0;
  // A link of this drill, or null where there is none (also in the guardian and in `reprise
  // undo`, when the worker is dead and its proxy with it).
  [[nodiscard]] virtual LinkServer* link(std::string_view name) const = 0;
  // The first process of a running service; an error when it is not running.
  [[nodiscard]] virtual Result<ProcessId> process(std::string_view service) const = 0;
  // Every process of a running service, parent first (descendants of the first one).
  [[nodiscard]] virtual std::vector<ProcessId> process_tree(std::string_view service) const = 0;
  // What was installed for that kind of fault and target before the system was started, or null
  // where nothing was (also in the guardian and in `reprise undo`).
  [[nodiscard]] virtual Instrument* instrument(std::string_view kind,
                                               std::string_view into) const = 0;
  // The connection URL of a named database, references filled in.
  [[nodiscard]] virtual Result<std::string> database(std::string_view name) const = 0;
  // Absolute path of a named file of the plan.
  [[nodiscard]] virtual Result<std::filesystem::path> file(std::string_view name) const = 0;
  // Absolute path of a named disk of the plan, which is a file system of this drill's own; an
  // error where the drill has no mounts of its own, since others would share the disk.
  [[nodiscard]] virtual Result<std::filesystem::path> disk(std::string_view name) const = 0;
  // Log lines of a service so far, oldest first (both streams), from `from` on.
  [[nodiscard]] virtual std::vector<Printed> log(std::string_view service,
                                                 std::size_t from) const = 0;
  // Environment of the drill's own commands (marks processes as ours): NAME=value.
  [[nodiscard]] virtual std::vector<std::string> environment() const = 0;
  [[nodiscard]] virtual Instant now() const = 0;
  // Network, mounts and processes are this drill's own, and gone with it.
  [[nodiscard]] virtual bool sandboxed() const { return false; }
};

// A list of texts of the plan, such as an argument vector, with its references filled in.
[[nodiscard]] Result<std::vector<std::string>> resolved_words(const Surroundings& surroundings,
                                                              const nlohmann::json& words);

// Where the option `folder` of a program leads, from the drill's copy on, and the copy itself
// without one. Absolute.
[[nodiscard]] Result<std::filesystem::path> resolved_folder(const Surroundings& surroundings,
                                                            const nlohmann::json& options);

}  // namespace reprise
