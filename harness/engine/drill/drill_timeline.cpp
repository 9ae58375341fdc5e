// The inject and hold phases of a drill: when faults and procedures start and end.
#include <boost/asio/co_spawn.hpp>

#include "harness/engine/drill/drill.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

// How long to look for a victim between two tries: often at first, for exact instants.
constexpr Duration first_look = std::chrono::milliseconds(2);
constexpr Duration last_look = std::chrono::milliseconds(50);

}  // namespace

boost::asio::awaitable<void> DrillEngine::inject_and_hold() {
  phase("inject");
  const Scenario& scenario = parts_.scenario;
  timeline_ = last_start_ = last_incident_ = parts_.clock.now();
  if (parts_.repeat > 0) {
    // Repeats meet the system at another point of its own cycle.
    Duration cycle = std::chrono::milliseconds(50);
    for (const auto& [name, service] : parts_.plan.services) {
      cycle = std::max(cycle, service.health_period);
    }
    timeline_ += Duration(std::uniform_int_distribution<std::int64_t>(0, cycle.count())(random_));
  }
  for (const FaultSpec& fault : scenario.faults) over_[fault.id] = injected_[fault.id] = false;
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) launch(run_fault(i), launched_);
  for (std::size_t i = 0; i < scenario.procedures.size(); ++i) launch(run_procedure(i), launched_);

  // What ends by itself is waited for; what lasts is held for `hold` after the last start.
  auto only_lasting = [this] { return launched_ == lasting_ || healing_; };
  co_await wait_until(only_lasting, Instant::max());
  phase("hold");
  auto healed_by_hand = [this] { return healing_; };
  co_await wait_until(healed_by_hand, last_start_ + scenario.hold);
}

boost::asio::awaitable<void> DrillEngine::run_fault(std::size_t index) {
  const FaultSpec& spec = parts_.scenario.faults[index];
  const bool comes = co_await wait_for_start(spec.start);
  if (!comes && !healing_) {
    nlohmann::json fields{{"fault", spec.id}, {"kind", spec.kind}, {"into", spec.into},
                          {"round", 0},       {"step", "failed"},  {"why", "its start never came"}};
    parts_.journal.write("fault", std::move(fields));
  }
  auto healing = [this] { return healing_; };
  const Instant first = parts_.clock.now();
  for (int round = 0; comes && round < spec.times && !healing_; ++round) {
    Instant planned = first + round * spec.every;
    if (spec.jitter.count() > 0) {
      std::uniform_int_distribution<std::int64_t> jitter(-spec.jitter.count(), spec.jitter.count());
      planned += Duration(jitter(random_));
    }
    if (co_await wait_until(healing, planned) || ending_) break;
    co_await run_round(spec, round);
  }
  over_[spec.id] = true;
}

boost::asio::awaitable<void> DrillEngine::run_round(const FaultSpec& spec, int round) {
  if (!co_await steady_at_the_command()) co_return;
  commanded_ = true;
  last_start_ = parts_.clock.now();
  auto fault = std::make_shared<ActiveFault>(fault_context_, spec, round);
  active_.push_back(fault);
  const bool armed = co_await fault->inject();
  const Instant begun = last_start_ = last_incident_ = parts_.clock.now();
  changed_.notify();
  if (!armed) {
    active_.remove(fault);
    co_return;
  }
  injected_[spec.id] = true;
  launch(look_for_victim(fault), looking_);
  // The revert of an event is tidying: it waits for teardown.
  if (fault->nature() == Nature::event) co_return;
  auto healing = [this] { return healing_; };
  std::size_t& in_place = spec.lasting ? at_work_ : lasting_;
  ++in_place;
  changed_.notify();
  const Instant until = spec.lasting ? begun + *spec.lasting : Instant::max();
  co_await wait_until(healing, until);
  co_await fault->heal();
  last_incident_ = parts_.clock.now();
  --in_place;
  changed_.notify();
  active_.remove(fault);
}

boost::asio::awaitable<void> DrillEngine::look_for_victim(std::shared_ptr<ActiveFault> fault) {
  // An event has its victims also while the system recovers.
  auto over = [&] { return ending_ || !fault->in_place(); };
  Duration pause = first_look;
  while (!over() && !co_await fault->confirm()) {
    co_await wait_until(over, parts_.clock.now() + pause);
    pause = std::min(2 * pause, last_look);
  }
}

boost::asio::awaitable<bool> DrillEngine::wait_to_see(const Watch& watch) {
  const Instant begun = parts_.clock.now();
  auto seen = [&] {
    const auto held = lookout_.held(watch, timeline_);
    return (held && *held >= watch.hold) || healing_;
  };
  auto seen_or_idle = [&] { return seen() || at_work_ == 0; };
  while (!ending_) {
    // What a procedure does may bring it about, or a healing; both come to an end of their own.
    co_await wait_until(seen_or_idle, Instant::max());
    const Instant deadline = std::max(begun, last_incident_) + parts_.scenario.patience;
    if (co_await wait_until(seen, deadline)) co_return true;
    if (at_work_ == 0 && last_incident_ + parts_.scenario.patience <= parts_.clock.now()) break;
  }
  co_return false;
}

boost::asio::awaitable<bool> DrillEngine::wait_for_start(const Start& start) {
  auto healing = [this] { return healing_; };
  if (!start.after.empty()) {
    auto over = [&] { return over_.at(start.after) || healing_; };
    co_await wait_until(over, Instant::max());
    // What was never broken needs nothing that answers it.
    if (!injected_.at(start.after)) co_return false;
    co_await wait_until(healing, parts_.clock.now() + start.delay);
  } else if (start.when) {
    const bool seen = co_await wait_to_see(*start.when);
    if (!seen) co_return false;
    co_await wait_until(healing, parts_.clock.now() + start.delay);
  } else {
    co_await wait_until(healing, timeline_ + start.at);
  }
  co_return !healing_;
}

}  // namespace reprise
