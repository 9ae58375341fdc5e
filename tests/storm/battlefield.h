// Plans that can be broken in every way, and what the machine looks like beside them: `field` is
// started and stopped by each drill, `store` is a database that lives on and is lent to it.
//
// Lives in a namespace of its own that is seeded with things that belong to others: a packet filter
// table, a queueing discipline, a mount, a process, a file. Nothing of theirs may ever change.
// Ownership: the folder and the foreign process go with the object. Threads: none.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "tests/support/postgres_server.h"
#include "tests/support/program.h"
#include "tests/support/redis_server.h"

namespace reprise::testing {

class Battlefield {
 public:
  Battlefield();
  ~Battlefield();
  Battlefield(const Battlefield&) = delete;
  Battlefield& operator=(const Battlefield&) = delete;

  // One a fault kind (and variant).
  struct Scenario {
    std::string plan, name;
    // A plan that names something outside of a sandbox is drilled without one.
    [[nodiscard]] bool may_be_sandboxed() const { return plan == "field"; }
  };
  [[nodiscard]] const std::vector<Scenario>& scenarios() const { return scenarios_; }

  // Starts a drill; the program's pid.
  pid_t start(const Scenario& scenario, const std::vector<std::string>& options);
  Finished wait(pid_t program) { return place_.wait(program); }
  // `reprise undo`.
  Finished undo() { return place_.run({"undo"}); }

  // Lines of the one undo log there is, 0 without one.
  [[nodiscard]] std::size_t undo_lines() const;
  // Every process of a drill here: the program, its guardian, worker, services and helpers.
  [[nodiscard]] std::vector<pid_t> processes() const;
  // Rules, queueing disciplines, mounts, the foreign process and file, the database's settings and
  // rows, and everything that a drill may leave: folders, undo logs, processes, sessions.
  [[nodiscard]] std::string fingerprint() const;
  [[nodiscard]] std::filesystem::path journal(const Scenario& scenario) const;

 private:
  void seed();
  void write_plans();
  void write_scenarios(const nlohmann::json& kind);
  [[nodiscard]] std::string psql(const std::string& query) const;

  PostgresServer server_;  // first, so that neither carries the mark of the drills
  RedisServer redis_;
  Workplace place_;
  std::vector<Scenario> scenarios_;
  pid_t foreign_ = -1;
};

// The one child of a process, when it has one.
[[nodiscard]] std::optional<pid_t> child_of(pid_t parent);

}  // namespace reprise::testing
