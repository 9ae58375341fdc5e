#include "harness/engine/services/supervisor.h"

#include <set>

#include <boost/asio/co_spawn.hpp>

#include "harness/engine/services/service_controller.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

constexpr Duration last_words_within = 500ms;

using Work = std::function<boost::asio::awaitable<Result<void>>(ServiceController&)>;

// Who must be finished before whom.
using Before = std::map<std::string, std::set<std::string>>;

// Shared with the work it began, which may still go on when the waiting for it was cancelled.
struct Progress {
  explicit Progress(const boost::asio::any_io_executor& executor) : changed(executor) {}
  Event changed;
  std::set<std::string> under_way, finished;
  Result<void> first_failure;

  [[nodiscard]] bool allows(const std::set<std::string>& before) const {
    return std::ranges::includes(finished, before);
  }
};

void begin(const std::shared_ptr<ServiceController>& controller, const Work& work,
           const boost::asio::any_io_executor& executor, std::shared_ptr<Progress> progress) {
  progress->under_way.insert(controller->service().name);
  auto ended = [controller, progress](std::exception_ptr thrown, Result<void> outcome) {
    const std::string& name = controller->service().name;
    if (thrown) outcome = failure("service {}: an unexpected exception", name);
    if (!outcome && progress->first_failure) progress->first_failure = outcome;
    progress->under_way.erase(name);
    progress->finished.insert(name);
    progress->changed.notify();
  };
  boost::asio::co_spawn(executor, work(*controller), std::move(ended));
}

const ServiceControllerKind& kind_of(const Service& service) {
  const ServiceControllerKind* found = nullptr;
  for (const auto* kind : Registry<ServiceControllerKind>::all()) {
    if (!kind->controls(service)) continue;
    REPRISE_REQUIRE(!found);
    found = kind;
  }
  REPRISE_REQUIRE(found);
  return *found;
}

}  // namespace

Supervisor::Supervisor(boost::asio::any_io_executor executor, Clock& clock, Journal& journal,
                       BlockingPool& pool, const Plan& plan, Site& site,
                       std::function<void(const ProcessId&)> started, LogPatterns patterns)
    : executor_(executor), clock_(clock), pool_(pool), plan_(plan), site_(site) {
  const ControllerParts parts{std::move(executor), clock, journal, pool, site, std::move(started)};
  for (const auto& [name, service] : plan.services) {
    const ServiceControllerKind& kind = kind_of(service);
    controllers_.emplace(name, kind.make(service, parts, std::move(patterns[name])));
  }
}

Supervisor::~Supervisor() {
  kill_all();
  for (auto& [name, controller] : controllers_) controller->abandon();
}

Result<ServiceController*> Supervisor::controller(const std::string& service) const {
  const auto found = controllers_.find(service);
  if (found == controllers_.end()) return failure("the plan has no service called {}", service);
  return found->second.get();
}

boost::asio::awaitable<Result<void>> Supervisor::start_all() {
  Before before;
  for (const auto& [name, service] : plan_.services) {
    before[name].insert(service.after.begin(), service.after.end());
  }
  auto progress = std::make_shared<Progress>(executor_);
  const Work work = [](ServiceController& controller) { return controller.start(); };
  while (true) {
    for (const auto& [name, controller] : controllers_) {
      const bool begun = progress->under_way.contains(name) || progress->finished.contains(name);
      if (begun || !progress->first_failure || !progress->allows(before[name])) continue;
      begin(controller, work, executor_, progress);
    }
    if (progress->under_way.empty()) break;
    co_await progress->changed.wait();
  }
  if (!progress->first_failure) co_return progress->first_failure;
  for (const auto& [name, controller] : controllers_) {
    if (!progress->finished.contains(name)) {
      co_return failure("service {} waits for itself, or for one that does not exist", name);
    }
  }
  co_return Result<void>();
}

boost::asio::awaitable<void> Supervisor::stop_all() {
  Before before;
  for (const auto& [name, service] : plan_.services) {
    for (const auto& earlier : service.after) before[earlier].insert(name);
  }
  auto progress = std::make_shared<Progress>(executor_);
  const Work work = [](ServiceController& controller) { return controller.stop(false); };
  bool any_order = false;
  while (true) {
    bool left = false;
    for (const auto& [name, controller] : controllers_) {
      if (!controller->ends_with_drill()) {
        progress->finished.insert(name);
        continue;
      }
      if (progress->under_way.contains(name) || progress->finished.contains(name)) continue;
      if (any_order || progress->allows(before[name])) {
        begin(controller, work, executor_, progress);
      } else {
        left = true;
      }
    }
    if (progress->under_way.empty()) {
      if (!left) break;
      any_order = true;  // a circle, which no order can satisfy
      continue;
    }
    co_await progress->changed.wait();
  }
  // Commands of procedures may have left something, too.
  const Family everything{std::nullopt, drill_mark(site_.drill_id())};
  const Instant deadline = clock_.now() + std::chrono::seconds(5);
  auto sweep = [everything] { return kill_members(everything); };
  while (co_await pool_.run(sweep) > 0 && clock_.now() < deadline) co_await clock_.sleep_for(5ms);
  // Whoever still holds one of their pipes is none of ours.
  const Instant silent = clock_.now() + last_words_within;
  for (const auto& [name, controller] : controllers_) co_await controller->heard_out(silent);
}

boost::asio::awaitable<Result<void>> Supervisor::start(const std::string& service) {
  auto found = controller(service);
  if (!found) co_return std::unexpected(found.error());
  co_return co_await (*found)->start();
}

boost::asio::awaitable<Result<void>> Supervisor::stop(const std::string& service, bool force) {
  auto found = controller(service);
  if (!found) co_return std::unexpected(found.error());
  co_return co_await (*found)->stop(force);
}

boost::asio::awaitable<Result<void>> Supervisor::restart(const std::string& service) {
  auto found = controller(service);
  if (!found) co_return std::unexpected(found.error());
  if (auto stopped = co_await (*found)->stop(false); !stopped) co_return stopped;
  co_return co_await (*found)->start();
}

void Supervisor::kill_all() noexcept {
  for (auto& [name, controller] : controllers_) controller->kill();
  try {
    (void)extinguish({std::nullopt, drill_mark(site_.drill_id())}, std::chrono::seconds(2));
  } catch (...) {
    // Nothing more can be done from here; the guardian looks again.
  }
}

bool Supervisor::running(const std::string& service) const {
  const auto found = controller(service);
  return found && (*found)->running();
}

}  // namespace reprise
