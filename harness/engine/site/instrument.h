// What a kind of fault needs beneath the system from its start: a library that every service loads,
// a file system that can be told to fail. Installed before the first service is started, and only
// in drills that have such a fault; without an armed fault the system must not notice it.
//
// Ownership: the drill owns it and keeps it until its services have ended. Threads: `install` is
// called while the process is single-threaded, so it may fork; what a kind adds may be used by any
// thread.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/engine/site/surroundings.h"

namespace reprise {

// An injector finds its own with a dynamic_cast.
class Instrument {
 public:
  virtual ~Instrument() = default;
  // NAME=value that the service is started with, each time, beside what the plan gives it.
  [[nodiscard]] virtual std::vector<std::string> environment(std::string_view service) const = 0;
};

// Where it is installed.
struct Foundation {
  const Surroundings& surroundings;
  std::filesystem::path folder;  // the drill's own, outside the system's copy; it exists
};

// `into` is the fault's target. An error says what is missing here: the drill does not begin.
using InstallInstrument = std::function<Result<std::unique_ptr<Instrument>>(
    const std::string& into, const Foundation& foundation)>;

}  // namespace reprise
