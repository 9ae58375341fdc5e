// A fault is three verbs and a piece of evidence; a fault kind is one .cpp in injectors/.
//
// The runner calls prepare, writes the receipt to the undo log and syncs it, then calls inject.
// From that instant revert may be called at any time, any number of times, in this process or in
// another one that has nothing but the receipt (the guardian, `reprise undo`).
//
// Threads: verbs run one after another, on a pool thread, so they may block (they should not
// for longer than a few seconds). confirm is polled from when armed until it answers.
// Ownership: an Injector belongs to the runner; the Surroundings outlive it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "harness/engine/site/instrument.h"
#include "harness/engine/site/surroundings.h"
#include "harness/model/scenario/scenario.h"
#include "harness/model/shapes/vocabulary.h"

namespace reprise {

// Evidence that a fault had a victim. `at` is when, as exactly as the injector can tell.
struct Bite {
  Instant at;
  std::string evidence;  // one sentence: "1 request answered with 500", "process 4711 is gone"
};

class Injector {
 public:
  virtual ~Injector() = default;
  // Looks and touches nothing. The receipt holds everything that revert needs. A secret of the plan
  // may stand in it: the undo log seals it, and revert is given it again. No other secret may.
  virtual Result<nlohmann::json> prepare() = 0;
  virtual Result<void> inject(const nlohmann::json& receipt) = 0;
  // Idempotent; safe when inject ran half or not at all. Never overwrites what the system itself
  // has rebuilt. Success means: nothing of this fault is left.
  virtual Result<void> revert(const nlohmann::json& receipt) = 0;
  // Nothing yet, or the first victim.
  virtual std::optional<Bite> confirm() = 0;
  // What this kind changes besides files, processes and mounts: rules, queues, settings; name to
  // words. Asked after `prepare` and after `revert`, and compared. What cannot be told is left out.
  [[nodiscard]] virtual nlohmann::json state() { return nlohmann::json::object(); }
};

struct FaultKind : FaultInfo {
  // `spec.with` fits the kind's options. `surroundings` may be those of an undo, where links and
  // services are gone.
  std::function<Result<std::unique_ptr<Injector>>(const FaultSpec& spec,
                                                  const Surroundings& surroundings)>
      make;
  // Once a target and drill, before the system is started; most kinds need nothing.
  InstallInstrument install_instrument = {};
};

}  // namespace reprise
