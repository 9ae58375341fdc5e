#include "harness/engine/drill/drill.h"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "harness/engine/drill/stolen_time.h"
#include "harness/engine/services/process_tree.h"

namespace reprise {
namespace {

constexpr Duration between_looks = std::chrono::milliseconds(300);

}  // namespace

DrillEngine::DrillEngine(DrillParts parts)
    : course_(std::move(parts)),
      observers_(course_),
      steady_(course_, observers_),
      starts_(course_, observers_),
      faults_(course_, starts_, steady_),
      procedures_(course_, starts_, observers_) {}

boost::asio::awaitable<void> DrillEngine::run() {
  auto drilled = prepare_and_drill();
  co_await course_.or_trouble(std::move(drilled));
  phase("teardown");
  co_await teardown();
  course_.parts.journal.write(
      "end", {{"outcome", course_.outcome()}, {"stolen_percent", stolen_percent_}});
}

boost::asio::awaitable<void> DrillEngine::prepare_and_drill() {
  phase("prepare");
  const bool prepared = co_await prepare();
  if (prepared) co_await drill_prepared();
}

boost::asio::awaitable<void> DrillEngine::drill_prepared() {
  phase("steady");
  const bool steady = co_await reach_steady_state();
  const CpuTime begun = cpu_time();
  if (steady) {
    observers_.guard(true);
    co_await inject_and_hold();
  }
  co_await heal();
  if (steady && !course_.ending()) co_await recover();
  observers_.guard(false);
  stolen_percent_ = stolen_percent(begun, cpu_time());
  phase("verify");
  co_await verify();
}

void DrillEngine::phase(std::string_view name) {
  course_.parts.journal.write("phase", {{"phase", name}});
}

boost::asio::awaitable<bool> DrillEngine::prepare() {
  using boost::asio::experimental::awaitable_operators::operator||;
  // Starting may take long; whoever interrupts does not wait for it.
  auto starting = course_.parts.supervisor.start_all();
  auto ended = course_.pause_until(Instant::max());
  auto either = std::move(starting) || std::move(ended);
  auto started = co_await std::move(either);
  if (course_.ending()) co_return false;
  if (!std::get<0>(started)) {
    course_.cannot_start(std::get<0>(started).error().text());
    co_return false;
  }
  const bool opened = co_await observers_.open();
  if (!opened) co_return false;
  co_return open_ledgers();
}

bool DrillEngine::open_ledgers() {
  const DrillParts& parts = course_.parts;
  const LedgerParts of_each{parts.executor, parts.clock,  parts.journal, parts.pool,
                            parts.site,     parts.origin, parts.seed};
  for (const std::string& name : parts.scenario.ledgers_used()) {
    auto path = parts.journal_file;
    path.replace_extension("." + name + ".ledger");
    auto ledger = LedgerRun::open(parts.plan.ledgers.at(name), of_each, path);
    if (!ledger) {
      course_.cannot_start(fmt::format("ledger {}: {}", name, ledger.error().text()));
      return false;
    }
    ledgers_.push_back(std::move(*ledger));
  }
  return true;
}

boost::asio::awaitable<bool> DrillEngine::reach_steady_state() {
  const Instant begun = course_.now();
  observers_.start();
  for (auto& ledger : ledgers_) ledger->start();
  co_return co_await steady_.reach(begun);
}

boost::asio::awaitable<void> DrillEngine::inject_and_hold() {
  phase("inject");
  const DrillParts& parts = course_.parts;
  course_.begun = course_.last_start = course_.last_incident = course_.now();
  if (parts.repeat > 0) {
    // Repeats meet the system at another point of its own cycle.
    Duration cycle = std::chrono::milliseconds(50);
    for (const auto& [name, service] : parts.plan.services) {
      cycle = std::max(cycle, service.health_period);
    }
    std::uniform_int_distribution<std::int64_t> anywhere(0, cycle.count());
    course_.begun += Duration(anywhere(course_.random));
  }
  faults_.launch_all();
  procedures_.launch_all();

  // What ends by itself is waited for; what lasts is held for `hold` after the last start.
  auto only_lasting = [this] { return course_.launched == course_.lasting || course_.healing(); };
  co_await course_.wait_until(only_lasting, Instant::max());
  phase("hold");
  co_await course_.wait_for_healing(course_.last_start + parts.scenario.hold);
}

boost::asio::awaitable<void> DrillEngine::heal() {
  phase("heal");
  course_.heal();
  // The rounds heal themselves; the drill waits for all of them, procedures included.
  co_await course_.wait_for_none(course_.launched);
}

boost::asio::awaitable<void> DrillEngine::recover() {
  phase("recover");
  const DrillParts& parts = course_.parts;
  const Instant since = std::max(course_.begun, course_.last_incident);
  // Patience counts from the healing on, also where events alone were at work.
  const Instant deadline = course_.now() + parts.scenario.patience;
  const std::vector<Awaited>& at_the_end = parts.at_the_end;
  std::vector<bool> done(parts.awaited.size(), false);
  auto back = [&](const Awaited& one) {
    return observers_.lookout().recovered(one, since, observers_.settled(one.probe));
  };
  auto recovered = [&] {
    bool all = true;
    for (std::size_t i = 0; i < done.size(); ++i) {
      const Awaited& awaited = parts.awaited[i];
      if (!done[i] && back(awaited)) {
        done[i] = true;
        parts.journal.write("recovered", {{"assertion", i}, {"probe", awaited.probe}});
      }
      all = all && done[i];
    }
    // The system must be well all at once, not one probe after the other.
    return all && std::ranges::all_of(at_the_end, back);
  };
  auto under_way = [&](const Awaited& one) {
    return back(one) || observers_.lookout().recovering(one, since, deadline);
  };
  auto hopeless = [&] {
    for (std::size_t i = 0; i < done.size(); ++i) {
      if (!done[i] && !under_way(parts.awaited[i])) return true;
    }
    return !std::ranges::all_of(at_the_end, under_way);
  };
  auto settled_either_way = [&] { return recovered() || hopeless(); };
  co_await course_.wait_until(recovered, deadline);
  // Whatever has come back by now is watched until it is sustained, or breaks.
  co_await course_.wait_until(settled_either_way, Instant::max());
  if (course_.ending() || recovered()) co_return;
  const auto why = fmt::format("not recovered within {}", format_duration(parts.scenario.patience));
  parts.journal.write("patience", {{"why", why}});
}

boost::asio::awaitable<void> DrillEngine::look_for_strays() {
  auto look = [this] { return strays(course_.parts.site.drill_id()); };
  const auto first = co_await course_.parts.pool.run(look);
  if (first.empty()) co_return;
  // An orphan of a script that is just ending is there only once.
  co_await course_.pause_until(course_.now() + between_looks);
  const auto second = co_await course_.parts.pool.run(look);
  for (const std::string& process : second) {
    if (std::ranges::find(first, process) == first.end()) continue;
    course_.parts.journal.write("stray", {{"process", process}});
  }
}

boost::asio::awaitable<void> DrillEngine::verify() {
  co_await look_for_strays();
  for (auto& ledger : ledgers_) co_await ledger->stop();
  co_await observers_.stop();
  // Whoever interrupts does not wait for it.
  for (auto& ledger : ledgers_) {
    if (!course_.ending()) co_await ledger->read_back();
  }
}

boost::asio::awaitable<void> DrillEngine::teardown() {
  // Some still run when the drill ended by an exception.
  co_await course_.wait_for_none(course_.launched);
  co_await faults_.undo_the_rest();
  co_await observers_.close();
  co_await course_.parts.supervisor.stop_all();
}

void DrillEngine::interrupt(const std::string& signal) {
  if (!course_.ending()) course_.end("interrupted", {{"signal", signal}}, "interrupted");
}

}  // namespace reprise
