// Trying a fault for real, on a ground made for it and gone afterwards: a file, a link, a process,
// a disk where there is a sandbox.
//
// Threads: call from a single-threaded process; every trial has a process of its own.
#pragma once

#include "harness/engine/injector.h"

namespace reprise {

struct TrialOf {
  const FaultKind& kind;
  nlohmann::json with;
  std::string database;  // URL of the one to try database faults on
};

// Prepares, injects and reverts it once; what it did in another way than asked, mostly empty. An
// error says what is missing here.
[[nodiscard]] Result<std::string> try_fault(const TrialOf& trial, bool sandboxed);

}  // namespace reprise
