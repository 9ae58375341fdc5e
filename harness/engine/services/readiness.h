// When a service counts as ready: its readiness check is answered with a yes.
//
// Threads: the engine thread only.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "harness/engine/event.h"
#include "harness/engine/services/service_controller.h"

namespace reprise {

struct ReadinessWait {
  Instant deadline;
  // Notified when the answers below may be others.
  Event& changed;
  // Why waiting is pointless, if it is.
  std::function<std::optional<std::string>()> hopeless;
  // Whether it is the service that answers: somebody else could in the place of one that is gone.
  std::function<bool()> there;
};

// `service` has a readiness check. An error tells why it is not ready, and what was seen last.
boost::asio::awaitable<Result<void>> wait_answer(const Service& service,
                                                 const ControllerParts& parts, ReadinessWait wait);

}  // namespace reprise
