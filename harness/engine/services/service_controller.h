// What starts, watches and stops one service of the plan while a drill runs. Kinds register
// themselves, one .cpp each in this folder; each says which services are its own.
//
// Ownership: the Supervisor owns controllers; the coroutines of one keep it alive until they notice
// that it was abandoned. Threads: the engine thread only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/engine/blocking.h"
#include "harness/engine/clock.h"
#include "harness/engine/drill/log_patterns.h"
#include "harness/engine/site/site.h"
#include "harness/journal/journal.h"
#include "harness/model/plan/plan.h"

namespace reprise {

// What every controller of a drill shares; all of it outlives them.
struct ControllerParts {
  boost::asio::any_io_executor executor;
  Clock& clock;
  Journal& journal;
  BlockingPool& pool;
  Site& site;
  std::function<void(const ProcessId&)> started;  // told of every process before anything else
};

class ServiceController {
 public:
  ServiceController(const Service& service, ControllerParts parts)
      : service_(service), parts_(std::move(parts)) {}
  virtual ~ServiceController() = default;
  ServiceController(const ServiceController&) = delete;
  ServiceController& operator=(const ServiceController&) = delete;

  // See Supervisor::start and Supervisor::stop.
  virtual boost::asio::awaitable<Result<void>> start() = 0;
  virtual boost::asio::awaitable<Result<void>> stop(bool force) = 0;
  // At once and for the emergency; nothing is journaled.
  virtual void kill() noexcept = 0;
  // Returns when all that the service printed was read, or at the deadline.
  virtual boost::asio::awaitable<void> heard_out(Instant deadline) = 0;
  // After this its coroutines touch nothing but the controller itself.
  virtual void abandon() noexcept = 0;
  [[nodiscard]] virtual bool running() const = 0;
  // Whether it is stopped when the drill ends.
  [[nodiscard]] virtual bool ends_with_drill() const = 0;

  [[nodiscard]] const Service& service() const { return service_; }

 protected:
  // Tells the journal that the service is in that state now.
  void note(std::string_view state, nlohmann::json fields = nlohmann::json::object()) {
    fields["service"] = service_.name;
    fields["state"] = state;
    parts_.journal.write("service", std::move(fields));
  }

  const Service& service_;  // NOLINT(*-non-private-*, *-ref-data-members): of the plan
  ControllerParts parts_;   // NOLINT(*-non-private-*)
};

struct ServiceControllerKind {
  std::string name;  // as the journal calls it
  // Whether a service is its own: of every service, exactly one kind says so.
  std::function<bool(const Service& service)> controls;
  // `patterns`: what is asked of lines that are not kept whole.
  std::function<std::shared_ptr<ServiceController>(
      const Service& service, const ControllerParts& parts, std::vector<LogPattern> patterns)>
      make;
};

}  // namespace reprise
