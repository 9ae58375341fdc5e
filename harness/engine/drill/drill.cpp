#include "harness/engine/drill/drill.h"

#include <set>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "harness/engine/services/process_tree.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

constexpr Duration between_looks = std::chrono::milliseconds(300);

// The probes that this scenario looks at; a browser nobody asks is not started.
std::set<std::string> probes_used(const DrillParts& parts) {
  std::set<std::string> used;
  const Scenario& scenario = parts.scenario;
  for (const Watch& watch : scenario.steady_state) used.insert(watch.probe);
  for (const Watch& watch : scenario.abort) used.insert(watch.probe);
  if (scenario.compress) used.insert(scenario.compress->probe);
  for (const AssertionSpec& assertion : scenario.assertions) {
    if (assertion.options.contains("probe")) used.insert(assertion.options.at("probe"));
  }
  for (const FaultSpec& fault : scenario.faults) {
    if (fault.start.when) used.insert(fault.start.when->probe);
  }
  for (const ProcedureRun& run : scenario.procedures) {
    if (run.start.when) used.insert(run.start.when->probe);
    for (const Step& step : parts.plan.procedures.at(run.procedure).steps) {
      if (step.kind == "wait") used.insert(step.options.at("value").at("probe"));
    }
  }
  return used;
}

}  // namespace

DrillEngine::DrillEngine(DrillParts parts)
    : parts_(std::move(parts)),
      fault_context_{parts_.clock,    parts_.origin, parts_.journal, parts_.pool,
                     parts_.undo_log, parts_.plan,   parts_.site},
      lookout_(parts_.scenario),
      changed_(parts_.executor),
      random_(parts_.seed) {}

// Newest first: what was broken last is mended first.
DrillEngine::~DrillEngine() {
  while (!active_.empty()) active_.pop_back();
}

boost::asio::awaitable<void> DrillEngine::run() {
  auto drilled = prepare_and_drill();
  co_await or_trouble(std::move(drilled));
  phase("teardown");
  co_await teardown();
  parts_.journal.write("end", {{"outcome", outcome_}, {"stolen_percent", stolen_percent_}});
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
    guarded_ = true;
    co_await inject_and_hold();
  }
  co_await heal();
  if (steady && !ending_) co_await recover();
  guarded_ = false;
  stolen_percent_ = stolen_percent(begun, cpu_time());
  phase("verify");
  co_await verify();
}

void DrillEngine::phase(std::string_view name) { parts_.journal.write("phase", {{"phase", name}}); }

boost::asio::awaitable<bool> DrillEngine::prepare() {
  using boost::asio::experimental::awaitable_operators::operator||;
  // Starting may take long; whoever interrupts does not wait for it.
  auto starting = parts_.supervisor.start_all();
  auto never = [] { return false; };
  auto ended = wait_until(never, Instant::max());
  auto either = std::move(starting) || std::move(ended);
  auto started = co_await std::move(either);
  if (ending_) co_return false;
  if (!std::get<0>(started)) {
    cannot_start(std::get<0>(started).error().text());
    co_return false;
  }
  const bool opened = co_await open_probes();
  if (!opened) co_return false;
  co_return open_ledgers();
}

void DrillEngine::cannot_start(const std::string& what) {
  parts_.journal.write("trouble", {{"what", what}});
  outcome_ = "failed-to-start";
}

bool DrillEngine::open_ledgers() {
  for (const std::string& name : parts_.scenario.ledgers_used()) {
    auto path = parts_.journal_file;
    path.replace_extension("." + name + ".ledger");
    const LedgerParts parts{parts_.executor, parts_.clock,  parts_.journal, parts_.pool,
                            parts_.site,     parts_.origin, parts_.seed};
    auto ledger = LedgerRun::open(parts_.plan.ledgers.at(name), parts, path);
    if (!ledger) {
      cannot_start(fmt::format("ledger {}: {}", name, ledger.error().text()));
      return false;
    }
    ledgers_.push_back(std::move(*ledger));
  }
  return true;
}

boost::asio::awaitable<bool> DrillEngine::open_probes() {
  const ProbeContext context{parts_.executor, parts_.site, parts_.pool};
  for (const std::string& name : probes_used(parts_)) {
    const ProbeSpec& spec = parts_.plan.probes.at(name);
    const ProbeKind* kind = Registry<ProbeKind>::find(spec.kind);
    REPRISE_REQUIRE(kind);
    auto probe = kind->make(spec, context);
    Result<void> opened = probe ? Result<void>() : std::unexpected(probe.error());
    if (probe) {
      auto told = [this](const Seen& seen) { saw(seen); };
      samplers_.push_back(std::make_unique<Sampler>(parts_.executor, parts_.clock, parts_.journal,
                                                    parts_.origin, spec, std::move(*probe), told));
      opened = co_await samplers_.back()->open();
    }
    if (!opened) {
      cannot_start(fmt::format("probe {}: {}", name, opened.error().text()));
      co_return false;
    }
  }
  co_return true;
}

bool DrillEngine::all_steady(std::string& lacking,
                             const std::function<bool(const Watch&)>& holds) const {
  for (Watch watch : parts_.scenario.steady_state) {
    watch.hold = std::max(watch.hold, parts_.scenario.steady_for);
    if (holds(watch)) continue;
    lacking = watch.probe;
    return false;
  }
  return true;
}

bool DrillEngine::steady(std::string& lacking) const {
  const Instant now = parts_.clock.now();
  return all_steady(lacking, [&](const Watch& watch) {
    return lookout_.steady(watch, now, settled(watch.probe));
  });
}

boost::asio::awaitable<bool> DrillEngine::reach_steady_state() {
  const Scenario& scenario = parts_.scenario;
  const Instant begun = parts_.clock.now();
  for (auto& sampler : samplers_) sampler->start();
  for (auto& ledger : ledgers_) ledger->start();
  std::string lacking;
  auto reached = [&] {
    const bool long_enough = all_steady(lacking, [&](const Watch& watch) {
      const auto held = lookout_.held(watch, begun);
      return held && *held >= watch.hold;
    });
    return long_enough && steady(lacking);
  };
  const Instant deadline = begun + scenario.steady_within + scenario.steady_for;
  if (co_await wait_until(reached, deadline)) {
    parts_.journal.write("steady", {{"state", "held"}});
    co_return true;
  }
  if (ending_) co_return false;
  nlohmann::json fields{
      {"state", "not-reached"}, {"probe", lacking}, {"why", lookout_.newest(lacking)}};
  parts_.journal.write("steady", std::move(fields));
  co_return false;
}

boost::asio::awaitable<bool> DrillEngine::steady_at_the_command() {
  if (commanded_ || parts_.scenario.steady_state.empty()) co_return true;
  std::string lacking;
  auto ready = [&] {
    const Instant now = parts_.clock.now();
    const bool answered = all_steady(lacking, [&](const Watch& watch) {
      return lookout_.none_overdue(watch, now, settled(watch.probe));
    });
    return answered || commanded_;
  };
  const Instant deadline = parts_.clock.now() + parts_.scenario.steady_within;
  if (co_await wait_until(ready, deadline)) co_return true;
  if (!ending_) {
    nlohmann::json fields{
        {"state", "lost"}, {"probe", lacking}, {"why", "a request has not been answered for long"}};
    end_timeline("steady", std::move(fields), outcome_);
  }
  co_return false;
}

boost::asio::awaitable<void> DrillEngine::heal() {
  phase("heal");
  healing_ = true;
  changed_.notify();
  // The rounds heal themselves; the drill waits for all of them, procedures included.
  while (launched_ > 0) co_await changed_.wait();
}

boost::asio::awaitable<void> DrillEngine::recover() {
  phase("recover");
  const Instant since = recovery_begins();
  // Patience counts from the healing on, also where events alone were at work.
  const Instant deadline = parts_.clock.now() + parts_.scenario.patience;
  const std::vector<Awaited>& at_the_end = parts_.at_the_end;
  std::vector<bool> done(parts_.awaited.size(), false);
  auto back = [&](const Awaited& one) {
    return lookout_.recovered(one, since, settled(one.probe));
  };
  auto recovered = [&] {
    bool all = true;
    for (std::size_t i = 0; i < done.size(); ++i) {
      const Awaited& awaited = parts_.awaited[i];
      if (!done[i] && back(awaited)) {
        done[i] = true;
        parts_.journal.write("recovered", {{"assertion", i}, {"probe", awaited.probe}});
      }
      all = all && done[i];
    }
    // The system must be well all at once, not one probe after the other.
    return all && std::ranges::all_of(at_the_end, back);
  };
  auto under_way = [&](const Awaited& one) {
    return back(one) || lookout_.recovering(one, since, deadline);
  };
  auto hopeless = [&] {
    for (std::size_t i = 0; i < done.size(); ++i) {
      if (!done[i] && !under_way(parts_.awaited[i])) return true;
    }
    return !std::ranges::all_of(at_the_end, under_way);
  };
  auto settled_either_way = [&] { return recovered() || hopeless(); };
  co_await wait_until(recovered, deadline);
  // Whatever has come back by now is watched until it is sustained, or breaks.
  co_await wait_until(settled_either_way, Instant::max());
  if (ending_ || recovered()) co_return;
  const auto why =
      fmt::format("not recovered within {}", format_duration(parts_.scenario.patience));
  parts_.journal.write("patience", {{"why", why}});
}

boost::asio::awaitable<void> DrillEngine::look_for_strays() {
  auto look = [this] { return strays(parts_.site.drill_id()); };
  const auto first = co_await parts_.pool.run(look);
  if (first.empty()) co_return;
  // An orphan of a script that is just ending is there only once.
  auto never = [] { return false; };
  co_await wait_until(never, parts_.clock.now() + between_looks);
  const auto second = co_await parts_.pool.run(look);
  for (const std::string& process : second) {
    if (std::ranges::find(first, process) == first.end()) continue;
    parts_.journal.write("stray", {{"process", process}});
  }
}

boost::asio::awaitable<void> DrillEngine::verify() {
  co_await look_for_strays();
  for (auto& ledger : ledgers_) co_await ledger->stop();
  for (auto& sampler : samplers_) co_await sampler->stop();
  // Whoever interrupts does not wait for it.
  for (auto& ledger : ledgers_) {
    if (!ending_) co_await ledger->read_back();
  }
}

boost::asio::awaitable<void> DrillEngine::teardown() {
  // Some still run when the drill ended by an exception.
  while (launched_ > 0) co_await changed_.wait();
  while (!active_.empty()) {
    auto newest = active_.back();
    active_.pop_back();
    auto healed = newest->heal();
    co_await or_trouble(std::move(healed));
  }
  changed_.notify();
  while (looking_ > 0) co_await changed_.wait();
  for (auto& sampler : samplers_) co_await sampler->stop();
  samplers_.clear();
  co_await parts_.supervisor.stop_all();
}

void DrillEngine::saw(const Seen& seen) {
  lookout_.add(seen);
  if (guarded_ && !ending_) {
    for (const Watch& guard : parts_.scenario.abort) {
      const auto violated = lookout_.violated(guard, timeline_);
      if (guard.probe != seen.probe.name || !violated || *violated < guard.hold) continue;
      nlohmann::json fields{{"probe", guard.probe}, {"why", lookout_.newest(guard.probe)}};
      end_timeline("abort", std::move(fields), "aborted");
      break;
    }
  }
  changed_.notify();
}

void DrillEngine::interrupt(const std::string& signal) {
  if (!ending_) end_timeline("interrupted", {{"signal", signal}}, "interrupted");
}

void DrillEngine::heal_now() {
  healing_ = true;
  changed_.notify();
}

void DrillEngine::end_timeline(std::string_view event, nlohmann::json fields, std::string outcome) {
  parts_.journal.write(event, std::move(fields));
  outcome_ = std::move(outcome);
  ending_ = true;
  healing_ = true;
  changed_.notify();
}

Instant DrillEngine::recovery_begins() const { return std::max(timeline_, last_incident_); }

Instant DrillEngine::settled(const std::string& probe) const {
  for (const auto& sampler : samplers_) {
    if (sampler->spec().name == probe) return sampler->settled();
  }
  return parts_.clock.now();
}

boost::asio::awaitable<bool> DrillEngine::wait_until(std::function<bool()> condition,
                                                     Instant deadline) {
  while (true) {
    if (ending_) co_return false;
    if (condition()) co_return true;
    if (parts_.clock.now() >= deadline) co_return false;
    co_await changed_.wait_until(parts_.clock, deadline);
  }
}

DrillEngine::Work DrillEngine::or_trouble(Work work) {
  try {
    co_await std::move(work);
  } catch (const std::exception& error) {
    end_timeline("trouble", {{"what", error.what()}}, outcome_);
  }
}

void DrillEngine::launch(Work work, std::size_t& running) {
  ++running;
  auto finished = [this, &running](std::exception_ptr) {
    --running;
    changed_.notify();
  };
  auto guarded = or_trouble(std::move(work));
  boost::asio::co_spawn(parts_.executor, std::move(guarded), finished);
}

}  // namespace reprise
