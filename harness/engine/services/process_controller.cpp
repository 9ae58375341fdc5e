#include "harness/engine/services/process_controller.h"

#include <signal.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "harness/model/registry.h"

namespace reprise {
namespace {

constexpr Duration longest_backoff = 5s;
constexpr Duration good_life = 5s;    // having run so long, a service has not failed at once
constexpr Duration kill_limit = 10s;  // not even SIGKILL ends a process that waits for a disk
constexpr Duration look_again = 5ms;

int number_of(const std::string& signal) {
  if (signal == "INT") return SIGINT;
  if (signal == "QUIT") return SIGQUIT;
  return SIGTERM;
}

nlohmann::json ending_fields(const Process& child, const Ending& ending) {
  nlohmann::json fields{{"pid", child.id().pid}, {"why", ending.text()}};
  if (ending.signal != 0) {
    fields["signal"] = ending.signal;
  } else {
    fields["exit"] = ending.code;
  }
  return fields;
}

}  // namespace

ProcessController::ProcessController(const Service& service, ControllerParts parts,
                                     std::vector<LogPattern> patterns)
    : ServiceController(service, std::move(parts)),
      log_(service.name, parts_.clock, parts_.journal, parts_.site, std::move(patterns)),
      changed_(parts_.executor) {}

void ProcessController::note(std::string_view state, nlohmann::json fields) {
  ServiceController::note(state, std::move(fields));
  changed_.notify();
}

bool ProcessController::running() const { return child_ && !child_->ending(); }

Family ProcessController::family() const {
  Family family{std::nullopt, service_mark(parts_.site.drill_id(), service_.name)};
  if (child_) family.first = child_->id();
  return family;
}

Result<Launch> ProcessController::description() const {
  Launch launch;
  for (const auto& word : service_.command) {
    auto filled = parts_.site.resolve_for(service_.name, word);
    if (!filled) return std::unexpected(filled.error());
    launch.command.push_back(std::move(*filled));
  }
  launch.environment = parts_.site.environment();
  for (const auto& [name, value] : service_.env) {
    auto filled = parts_.site.resolve_for(service_.name, value);
    if (!filled) return std::unexpected(filled.error());
    launch.environment.push_back(fmt::format("{}={}", name, *filled));
  }
  std::ranges::move(parts_.site.instrument_environment(service_.name),
                    std::back_inserter(launch.environment));
  // Last, so that no service can shed the marks by which it is found.
  launch.environment.push_back(drill_mark(parts_.site.drill_id()));
  launch.environment.push_back(family().mark);
  launch.folder = (parts_.site.folder() / service_.folder).lexically_normal();
  return launch;
}

boost::asio::awaitable<Result<void>> ProcessController::launch() {
  ready_ = false;
  ending_.reset();
  // On the pool: on a busy machine a fork takes longer than a probe can be late.
  auto work = [description = description(), executor = parts_.executor] {
    return description ? Process::launch(executor, *description)
                       : Result<std::unique_ptr<Process>>(std::unexpected(description.error()));
  };
  std::optional<Counted> counted(std::in_place, launching_);
  auto process = co_await parts_.pool.run(work);
  counted.reset();
  if (abandoned_) co_return failure("the drill is over");
  if (!process) {
    wanted_ = false;
    note("failed", {{"why", process.error().text()}});
    co_return failure("service {} cannot be started: {}", service_.name, process.error().text());
  }
  child_ = std::move(*process);
  parts_.started(child_->id());
  parts_.site.set_process(service_.name, child_->id());
  launched_ = parts_.clock.now();
  log_from_ = parts_.site.log(service_.name, 0).size();
  note("starting", {{"pid", child_->id().pid}});

  // Each holds the controller: the coroutines may outlive the supervisor.
  auto self = shared_from_this();
  auto spawn = [&](boost::asio::awaitable<void> coroutine) {
    auto finished = [self](std::exception_ptr) {};
    boost::asio::co_spawn(parts_.executor, std::move(coroutine), finished);
  };
  open_streams_ += 2;
  spawn(follow(child_, Stream::out));
  spawn(follow(child_, Stream::err));
  spawn(watch(child_));
  co_return Result<void>();
}

void ProcessController::settle(Child child) {
  if (child_ != child) return;
  const auto ending = child->ending();
  if (!ending) return;
  child_.reset();
  ending_ = ending;
  ready_ = false;
  parts_.site.set_process(service_.name, std::nullopt);
  note(stopping_ > 0 ? "stopped" : "exited", ending_fields(*child, *ending));
}

bool ProcessController::wants_restart(const Ending& ending) const {
  if (!wanted_) return false;
  return service_.restart == "always" || (service_.restart == "on-failure" && !ending.clean());
}

Duration ProcessController::next_delay() {
  failures_ = parts_.clock.now() - launched_ >= good_life ? 0 : failures_ + 1;
  Duration delay = service_.restart_delay;
  for (int i = 1; i < failures_ && delay < longest_backoff; ++i) {
    delay = std::min(delay * 2, longest_backoff);
  }
  return delay;
}

boost::asio::awaitable<void> ProcessController::watch(Child child) {
  co_await child->ended();
  if (abandoned_) co_return;
  settle(child);
  if (child_ || !ending_ || !wants_restart(*ending_)) co_return;
  co_await restart_later();
}

boost::asio::awaitable<void> ProcessController::restart_later() {
  const Duration delay = next_delay();
  restarting_ = true;
  note("restarting", {{"why", "after " + format_duration(delay)}});
  const Instant deadline = parts_.clock.now() + delay;
  while (wanted_ && restarting_ && parts_.clock.now() < deadline) {
    co_await changed_.wait_until(parts_.clock, deadline);
    if (abandoned_) co_return;
  }
  if (!wanted_ || !restarting_) co_return;  // stopped, or started by hand, meanwhile
  // As supervisors do: what the last one left behind would still hold its port.
  auto cleared = co_await extinguish_family(family());
  if (abandoned_ || !wanted_ || !restarting_) co_return;
  restarting_ = false;
  if (!cleared) {
    wanted_ = false;
    note("failed", {{"why", cleared.error().text()}});
    co_return;
  }
  auto launched = co_await launch();
  if (launched && waiting_ == 0) co_await wait_ready();
}

boost::asio::awaitable<Result<void>> ProcessController::start() {
  auto self = shared_from_this();
  while (stopping_ > 0 && !abandoned_) co_await look_again_soon();
  if (abandoned_) co_return failure("the drill is over");
  if (child_) settle(child_);
  if (running() && ready_) co_return Result<void>();
  wanted_ = true;
  if (!running() && launching_ == 0) {
    restarting_ = false;
    auto cleared = co_await extinguish_family(family());
    if (!cleared) co_return cleared;
    if (abandoned_ || !wanted_) co_return failure("service {} was stopped", service_.name);
    if (!child_ && launching_ == 0) {
      auto launched = co_await launch();
      if (!launched) co_return launched;
    }
  }
  co_return co_await wait_ready();
}

boost::asio::awaitable<bool> ProcessController::wait_gone(std::vector<ProcessHandle>& handles,
                                                          Instant deadline) {
  while (true) {
    std::erase_if(handles, [](const ProcessHandle& handle) { return !handle.alive(); });
    if (handles.empty()) co_return true;
    if (parts_.clock.now() >= deadline) co_return false;
    co_await look_again_soon();
  }
}

boost::asio::awaitable<void> ProcessController::look_again_soon() {
  co_await changed_.wait_until(parts_.clock, parts_.clock.now() + look_again);
}

boost::asio::awaitable<Result<void>> ProcessController::extinguish_family(Family family) {
  const Instant deadline = parts_.clock.now() + kill_limit;
  // Looking through /proc takes its time, too.
  auto work = [family] { return kill_members(family); };
  while (co_await parts_.pool.run(work) > 0) {
    if (abandoned_) break;
    if (parts_.clock.now() >= deadline) {
      co_return failure("processes of service {} survive SIGKILL", service_.name);
    }
    co_await parts_.clock.sleep_for(look_again);
  }
  co_return Result<void>();
}

boost::asio::awaitable<Result<void>> ProcessController::stop(bool force) {
  auto self = shared_from_this();
  wanted_ = false;
  if (std::exchange(restarting_, false)) note("stopped", {{"why", "before it was restarted"}});
  {
    Counted counted(stopping_);
    while (launching_ > 0 && !abandoned_) co_await look_again_soon();
    if (abandoned_) co_return failure("the drill is over");
    if (child_) settle(child_);
    const Child child = child_;
    const Family everybody = family();
    if (child) note("stopping", {{"pid", child->id().pid}, {"why", force ? "force" : "orderly"}});
    if (child && !force) co_await stop_orderly(*child, everybody);
    auto gone = co_await extinguish_family(everybody);
    if (abandoned_) co_return failure("the drill is over");
    if (child) settle(child);
    if (!gone) co_return gone;
  }
  changed_.notify();
  co_return Result<void>();
}

boost::asio::awaitable<void> ProcessController::stop_orderly(Process& child,
                                                             const Family& everybody) {
  const Instant deadline = parts_.clock.now() + service_.stop_within;
  auto work = [&everybody] { return members(everybody); };
  auto processes = co_await parts_.pool.run(work);
  std::vector<ProcessHandle> handles;
  for (const auto& process : processes) handles.emplace_back(process);
  child.signal_group(number_of(service_.stop_signal));
  co_await wait_gone(handles, deadline);
}

void ProcessController::kill() noexcept {
  wanted_ = false;
  restarting_ = false;
  try {
    (void)extinguish(family(), std::chrono::seconds(2));
    if (child_) (void)child_->ending();
  } catch (...) {
    // No memory to look around with: at least the process itself, by its destructor.
    child_.reset();
  }
}

void ProcessController::abandon() noexcept { abandoned_ = true; }

namespace {

const Registered<ServiceControllerKind> process_registered{{
    .name = "process",
    .controls = [](const Service& service) { return !service.external; },
    .make = [](const Service& service, const ControllerParts& parts,
               std::vector<LogPattern> patterns) -> std::shared_ptr<ServiceController> {
      return std::make_shared<ProcessController>(service, parts, std::move(patterns));
    },
}};

}  // namespace

}  // namespace reprise
