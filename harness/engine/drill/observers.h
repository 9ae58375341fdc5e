// Everything that looks at the system during a drill: the probes that its scenario names, what they
// see, and the guards that end the drill.
//
// Ownership: the drill owns it; `stop` must have returned before it is destroyed. Threads: the
// engine thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/engine/drill/course.h"
#include "harness/engine/drill/lookout.h"
#include "harness/engine/drill/sampler.h"

namespace reprise {

class Observers {
 public:
  explicit Observers(Course& course) : course_(course), lookout_(course.parts.scenario) {}

  // False when one cannot be opened: the course says so.
  boost::asio::awaitable<bool> open();
  void start();
  boost::asio::awaitable<void> stop();
  // And gives up every connection that was kept.
  boost::asio::awaitable<void> close();
  // Whether a guard that fails ends the drill.
  void guard(bool on) { guarding_ = on; }

  [[nodiscard]] const Lookout& lookout() const { return lookout_; }
  // Every sample of the probe that was intended before this instant has finished.
  [[nodiscard]] Instant settled(const std::string& probe) const;

 private:
  void saw(const Seen& seen);

  Course& course_;
  Lookout lookout_;
  std::vector<std::unique_ptr<Sampler>> samplers_;
  bool guarding_ = false;
};

}  // namespace reprise
