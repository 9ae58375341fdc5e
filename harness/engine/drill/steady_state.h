// The steady state before anything is broken: waits for it, and for its last word at the first
// command (docs/measures.md, 4).
//
// Ownership: refers to what the drill owns. Threads: the engine thread.
#pragma once

#include <functional>
#include <string>

#include "harness/engine/drill/observers.h"

namespace reprise {

class SteadyState {
 public:
  SteadyState(Course& course, const Observers& observers)
      : course_(course), observers_(observers) {}

  // Counted from `begun` on, when the probes began to look; false when it was not reached.
  boost::asio::awaitable<bool> reach(Instant begun);
  // Waits, before the first command, until no request has been out for suspiciously long; false
  // when that never comes. Later commands do not wait.
  boost::asio::awaitable<bool> at_the_command();

 private:
  // Whether `holds` is true of each watch, with the time that it must hold; `lacking` becomes the
  // probe of the first of which it is not.
  [[nodiscard]] bool of_all(std::string& lacking,
                            const std::function<bool(const Watch&)>& holds) const;
  [[nodiscard]] bool holds_now(std::string& lacking) const;

  Course& course_;
  const Observers& observers_;
  bool commanded_ = false;  // the first command was given
};

}  // namespace reprise
