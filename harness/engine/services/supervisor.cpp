#include "harness/engine/services/supervisor.h"

#include <set>

#include <boost/asio/co_spawn.hpp>

#include "harness/engine/services/service_runner.h"

namespace reprise {
namespace {

constexpr Duration last_words_within = 500ms;

using Work = std::function<boost::asio::awaitable<Result<void>>(ServiceRunner&)>;

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

void begin(const std::shared_ptr<ServiceRunner>& runner, const Work& work,
           const boost::asio::any_io_executor& executor, std::shared_ptr<Progress> progress) {
  progress->under_way.insert(runner->service().name);
  auto ended = [runner, progress](std::exception_ptr thrown, Result<void> outcome) {
    const std::string& name = runner->service().name;
    if (thrown) outcome = failure("service {}: an unexpected exception", name);
    if (!outcome && progress->first_failure) progress->first_failure = outcome;
    progress->under_way.erase(name);
    progress->finished.insert(name);
    progress->changed.notify();
  };
  boost::asio::co_spawn(executor, work(*runner), std::move(ended));
}

}  // namespace

Supervisor::Supervisor(boost::asio::any_io_executor executor, Clock& clock, Journal& journal,
                       BlockingPool& pool, const Plan& plan, Site& site,
                       std::function<void(const ProcessId&)> started, LogPatterns patterns)
    : executor_(executor), clock_(clock), pool_(pool), plan_(plan), site_(site) {
  const RunnerParts parts{std::move(executor), clock, journal, pool, site, std::move(started)};
  for (const auto& [name, service] : plan.services) {
    runners_.emplace(name,
                     std::make_shared<ServiceRunner>(service, parts, std::move(patterns[name])));
  }
}

Supervisor::~Supervisor() {
  kill_all();
  for (auto& [name, runner] : runners_) runner->abandon();
}

Result<ServiceRunner*> Supervisor::runner(const std::string& service) const {
  const auto found = runners_.find(service);
  if (found == runners_.end()) return failure("the plan has no service called {}", service);
  return found->second.get();
}

boost::asio::awaitable<Result<void>> Supervisor::start_all() {
  Before before;
  for (const auto& [name, service] : plan_.services) {
    before[name].insert(service.after.begin(), service.after.end());
  }
  auto progress = std::make_shared<Progress>(executor_);
  const Work work = [](ServiceRunner& runner) { return runner.start(); };
  while (true) {
    for (const auto& [name, runner] : runners_) {
      const bool begun = progress->under_way.contains(name) || progress->finished.contains(name);
      if (begun || !progress->first_failure || !progress->allows(before[name])) continue;
      begin(runner, work, executor_, progress);
    }
    if (progress->under_way.empty()) break;
    co_await progress->changed.wait();
  }
  if (!progress->first_failure) co_return progress->first_failure;
  for (const auto& [name, runner] : runners_) {
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
  const Work work = [](ServiceRunner& runner) { return runner.stop(false); };
  bool any_order = false;
  while (true) {
    bool left = false;
    for (const auto& [name, runner] : runners_) {
      if (runner->service().external) {
        progress->finished.insert(name);
        continue;
      }
      if (progress->under_way.contains(name) || progress->finished.contains(name)) continue;
      if (any_order || progress->allows(before[name])) {
        begin(runner, work, executor_, progress);
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
  for (const auto& [name, runner] : runners_) co_await runner->heard_out(silent);
}

boost::asio::awaitable<Result<void>> Supervisor::start(const std::string& service) {
  auto found = runner(service);
  if (!found) co_return std::unexpected(found.error());
  co_return co_await (*found)->start();
}

boost::asio::awaitable<Result<void>> Supervisor::stop(const std::string& service, bool force) {
  auto found = runner(service);
  if (!found) co_return std::unexpected(found.error());
  co_return co_await (*found)->stop(force);
}

boost::asio::awaitable<Result<void>> Supervisor::restart(const std::string& service) {
  auto found = runner(service);
  if (!found) co_return std::unexpected(found.error());
  if (auto stopped = co_await (*found)->stop(false); !stopped) co_return stopped;
  co_return co_await (*found)->start();
}

void Supervisor::kill_all() noexcept {
  for (auto& [name, runner] : runners_) {
    if (!runner->service().external) runner->kill();
  }
  try {
    (void)extinguish({std::nullopt, drill_mark(site_.drill_id())}, std::chrono::seconds(2));
  } catch (...) {
    // Nothing more can be done from here; the guardian looks again.
  }
}

bool Supervisor::running(const std::string& service) const {
  const auto found = runner(service);
  return found && (*found)->running();
}

}  // namespace reprise
