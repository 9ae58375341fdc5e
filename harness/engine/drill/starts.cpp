#include "harness/engine/drill/starts.h"

namespace reprise {

Starts::Starts(Course& course, const Observers& observers)
    : course_(course), observers_(observers) {
  for (const FaultSpec& fault : course.parts.scenario.faults) {
    over_[fault.id] = injected_[fault.id] = false;
  }
}

boost::asio::awaitable<bool> Starts::wait_to_see(const Watch& watch) {
  const Instant begun = course_.now();
  const Duration patience = course_.parts.scenario.patience;
  auto seen = [&] {
    const auto held = observers_.lookout().held(watch, course_.begun);
    return (held && *held >= watch.hold) || course_.healing();
  };
  auto seen_or_idle = [&] { return seen() || course_.at_work == 0; };
  while (!course_.ending()) {
    // What a procedure does may bring it about, or a healing; both come to an end of their own.
    co_await course_.wait_until(seen_or_idle, Instant::max());
    const Instant deadline = std::max(begun, course_.last_incident) + patience;
    if (co_await course_.wait_until(seen, deadline)) co_return true;
    if (course_.at_work == 0 && course_.last_incident + patience <= course_.now()) break;
  }
  co_return false;
}

boost::asio::awaitable<bool> Starts::wait_for(const Start& start) {
  if (!start.after.empty()) {
    auto over = [&] { return over_.at(start.after) || course_.healing(); };
    co_await course_.wait_until(over, Instant::max());
    // What was never broken needs nothing that answers it.
    if (!injected_.at(start.after)) co_return false;
    co_await course_.wait_for_healing(course_.now() + start.delay);
  } else if (start.when) {
    const bool seen = co_await wait_to_see(*start.when);
    if (!seen) co_return false;
    co_await course_.wait_for_healing(course_.now() + start.delay);
  } else {
    co_await course_.wait_for_healing(course_.begun + start.at);
  }
  co_return !course_.healing();
}

}  // namespace reprise
