// Starts, watches, restarts and stops the services of a drill, and nothing else on the machine.
//
// Ownership: the drill owns the Supervisor, which owns every process it started: destroying it
// kills and reaps what still runs. What the constructor refers to outlives it.
// Threads: the engine thread only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "harness/engine/blocking.h"
#include "harness/engine/clock.h"
#include "harness/engine/drill/log_patterns.h"
#include "harness/engine/site/site.h"
#include "harness/journal/journal.h"
#include "harness/model/plan/plan.h"

namespace reprise {

class ServiceController;

class Supervisor {
 public:
  // `started` is told of every process before anything else is done with it: the undo log.
  // `patterns`: what is asked of lines that are not kept whole.
  Supervisor(boost::asio::any_io_executor executor, Clock& clock, Journal& journal,
             BlockingPool& pool, const Plan& plan, Site& site,
             std::function<void(const ProcessId&)> started, LogPatterns patterns = {});
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  // By dependency, in parallel where independent; each is waited ready. The first failure ends it.
  boost::asio::awaitable<Result<void>> start_all();
  // Waits until ready. Fails with the last log lines when the service exits or is late. A service
  // that is ready already is left alone; of an external one only the readiness is waited for.
  boost::asio::awaitable<Result<void>> start(const std::string& service);
  // The orderly signal, then SIGKILL after stop_within. `force`: SIGKILL at once. Either way to
  // the whole process group and every descendant. Stopping what does not run is fine.
  boost::asio::awaitable<Result<void>> stop(const std::string& service, bool force);
  boost::asio::awaitable<Result<void>> restart(const std::string& service);
  // In reverse dependency order, everything, whatever goes wrong; leaves no zombie.
  boost::asio::awaitable<void> stop_all();
  // Synchronous SIGKILL of everything, for the emergency.
  void kill_all() noexcept;
  [[nodiscard]] bool running(const std::string& service) const;

 private:
  [[nodiscard]] Result<ServiceController*> controller(const std::string& service) const;

  boost::asio::any_io_executor executor_;
  Clock& clock_;
  BlockingPool& pool_;
  const Plan& plan_;
  Site& site_;
  std::map<std::string, std::shared_ptr<ServiceController>> controllers_;
};

}  // namespace reprise
