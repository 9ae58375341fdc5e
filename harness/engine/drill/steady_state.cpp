#include "harness/engine/drill/steady_state.h"

namespace reprise {

bool SteadyState::of_all(std::string& lacking,
                         const std::function<bool(const Watch&)>& holds) const {
  for (Watch watch : course_.parts.scenario.steady_state) {
    watch.hold = std::max(watch.hold, course_.parts.scenario.steady_for);
    if (holds(watch)) continue;
    lacking = watch.probe;
    return false;
  }
  return true;
}

bool SteadyState::holds_now(std::string& lacking) const {
  const Instant now = course_.now();
  return of_all(lacking, [&](const Watch& watch) {
    return observers_.lookout().steady(watch, now, observers_.settled(watch.probe));
  });
}

boost::asio::awaitable<bool> SteadyState::reach(Instant begun) {
  const Scenario& scenario = course_.parts.scenario;
  std::string lacking;
  auto reached = [&] {
    const bool long_enough = of_all(lacking, [&](const Watch& watch) {
      const auto held = observers_.lookout().held(watch, begun);
      return held && *held >= watch.hold;
    });
    return long_enough && holds_now(lacking);
  };
  const Instant deadline = begun + scenario.steady_within + scenario.steady_for;
  if (co_await course_.wait_until(reached, deadline)) {
    course_.parts.journal.write("steady", {{"state", "held"}});
    co_return true;
  }
  if (course_.ending()) co_return false;
  nlohmann::json fields{
      {"state", "not-reached"}, {"probe", lacking}, {"why", observers_.lookout().newest(lacking)}};
  course_.parts.journal.write("steady", std::move(fields));
  co_return false;
}

boost::asio::awaitable<bool> SteadyState::at_the_command() {
  const Scenario& scenario = course_.parts.scenario;
  std::string lacking;
  auto ready = [&] {
    if (commanded_ || scenario.steady_state.empty()) return true;
    const Instant now = course_.now();
    return of_all(lacking, [&](const Watch& watch) {
      return observers_.lookout().none_overdue(watch, now, observers_.settled(watch.probe));
    });
  };
  if (commanded_ || co_await course_.wait_until(ready, course_.now() + scenario.steady_within)) {
    commanded_ = true;
    co_return true;
  }
  if (!course_.ending()) {
    nlohmann::json fields{
        {"state", "lost"}, {"probe", lacking}, {"why", "a request has not been answered for long"}};
    course_.end("steady", std::move(fields), course_.outcome());
  }
  co_return false;
}

}  // namespace reprise
