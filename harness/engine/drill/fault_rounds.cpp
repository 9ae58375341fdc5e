#include "harness/engine/drill/fault_rounds.h"

namespace reprise {
namespace {

// How long to look for a victim between two tries: often at first, for exact instants.
constexpr Duration first_look = std::chrono::milliseconds(2);
constexpr Duration last_look = std::chrono::milliseconds(50);

FaultContext context_of(const DrillParts& parts) {
  return {parts.clock,    parts.origin, parts.journal, parts.pool,
          parts.undo_log, parts.plan,   parts.site};
}

}  // namespace

FaultRounds::FaultRounds(Course& course, Starts& starts, SteadyState& steady)
    : course_(course), starts_(starts), steady_(steady), context_(context_of(course.parts)) {}

// Newest first: what was broken last is mended first.
FaultRounds::~FaultRounds() {
  while (!active_.empty()) active_.pop_back();
}

void FaultRounds::launch_all() {
  for (const FaultSpec& spec : course_.parts.scenario.faults) {
    course_.launch(run(spec), course_.launched);
  }
}

FaultRounds::Work FaultRounds::undo_the_rest() {
  while (!active_.empty()) {
    auto newest = active_.back();
    active_.pop_back();
    auto healed = newest->heal();
    co_await course_.or_trouble(std::move(healed));
  }
  course_.changed();
  co_await course_.wait_for_none(course_.looking);
}

FaultRounds::Work FaultRounds::run(const FaultSpec& spec) {
  const bool comes = co_await starts_.wait_for(spec.start);
  if (!comes && !course_.healing()) {
    nlohmann::json fields{{"fault", spec.id}, {"kind", spec.kind}, {"into", spec.into},
                          {"round", 0},       {"step", "failed"},  {"why", "its start never came"}};
    course_.parts.journal.write("fault", std::move(fields));
  }
  const Instant first = course_.now();
  for (int round = 0; comes && round < spec.times && !course_.healing(); ++round) {
    Instant planned = first + round * spec.every;
    if (spec.jitter.count() > 0) {
      std::uniform_int_distribution<std::int64_t> jitter(-spec.jitter.count(), spec.jitter.count());
      planned += Duration(jitter(course_.random));
    }
    if (co_await course_.wait_for_healing(planned) || course_.ending()) break;
    co_await run_round(spec, round);
  }
  starts_.over(spec.id);
}

FaultRounds::Work FaultRounds::run_round(const FaultSpec& spec, int round) {
  if (!co_await steady_.at_the_command()) co_return;
  course_.last_start = course_.now();
  auto fault = std::make_shared<ActiveFault>(context_, spec, round);
  active_.push_back(fault);
  const bool armed = co_await fault->inject();
  const Instant begun = course_.last_start = course_.last_incident = course_.now();
  course_.changed();
  if (!armed) {
    active_.remove(fault);
    co_return;
  }
  starts_.injected(spec.id);
  course_.launch(look_for_victim(fault), course_.looking);
  // The revert of an event is tidying: it waits for teardown.
  if (fault->nature() == Nature::event) co_return;
  std::size_t& in_place = spec.lasting ? course_.at_work : course_.lasting;
  ++in_place;
  course_.changed();
  const Instant until = spec.lasting ? begun + *spec.lasting : Instant::max();
  co_await course_.wait_for_healing(until);
  co_await fault->heal();
  course_.last_incident = course_.now();
  --in_place;
  course_.changed();
  active_.remove(fault);
}

FaultRounds::Work FaultRounds::look_for_victim(std::shared_ptr<ActiveFault> fault) {
  // An event has its victims also while the system recovers.
  auto over = [&] { return course_.ending() || !fault->in_place(); };
  Duration pause = first_look;
  while (!over() && !co_await fault->confirm()) {
    co_await course_.wait_until(over, course_.now() + pause);
    pause = std::min(2 * pause, last_look);
  }
}

}  // namespace reprise
