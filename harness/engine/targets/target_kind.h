// What faults can be put into; kinds register themselves, one .cpp each in this folder. A fault
// names its kind (FaultInfo::target), and whoever handles faults asks the kind instead of knowing
// it.
//
// Threads: any; written before main, read-only afterwards.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/engine/site/surroundings.h"
#include "harness/model/plan/plan.h"
#include "harness/model/shapes/vocabulary.h"

namespace reprise {

// Where a fault is tried (`reprise doctor`): what the targets called "trial" there are made of.
class TrialGround {
 public:
  virtual ~TrialGround() = default;
  virtual Result<void> mount_disk() = 0;  // where there is a sandbox
  virtual Result<void> open_link() = 0;
  virtual Result<void> start_service() = 0;
};

struct TargetKind {
  std::string name;  // one of Target's
  // Whether the plan lists one of that name.
  std::function<bool(const Plan& plan, const std::string& name)> exists;
  // Whether it is the drill's own, started by it on its own copy of the system.
  std::function<bool(const Plan& plan, const std::string& name)> dies_with_drill;
  // What a fault must leave as it found it: see site/fingerprint.h. Neither is there for a target
  // that only an injector can look at. `differences` looks again and compares.
  std::function<nlohmann::json(const Surroundings& surroundings, const std::string& name,
                               Nature nature)>
      look = {};
  std::function<std::vector<std::string>(const nlohmann::json& before, Nature nature)> differences =
      {};
  // Before a fault is made, and once its instrument is installed.
  std::function<Result<void>(TrialGround& ground)> before_trial = {};
  std::function<Result<void>(TrialGround& ground)> trial = {};
  // A server of this machine, which is not reached from a network of one's own.
  bool outside_only = false;
};

// Every value of `before` that is another one `now`, in words that begin with `about`.
[[nodiscard]] std::vector<std::string> differing(const std::string& about,
                                                 const nlohmann::json& before,
                                                 const nlohmann::json& now);

// Whether the drill itself starts a service of that name.
[[nodiscard]] bool is_started(const Plan& plan, const std::string& service);

}  // namespace reprise
