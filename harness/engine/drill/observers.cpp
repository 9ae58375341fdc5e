#include "harness/engine/drill/observers.h"

#include <set>

#include "harness/model/registry.h"

namespace reprise {
namespace {

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

boost::asio::awaitable<bool> Observers::open() {
  const DrillParts& parts = course_.parts;
  const ProbeContext context{parts.executor, parts.site, parts.pool};
  for (const std::string& name : probes_used(parts)) {
    const ProbeSpec& spec = parts.plan.probes.at(name);
    const ProbeKind* kind = Registry<ProbeKind>::find(spec.kind);
    REPRISE_REQUIRE(kind);
    auto probe = kind->make(spec, context);
    Result<void> opened = probe ? Result<void>() : std::unexpected(probe.error());
    if (probe) {
      auto told = [this](const Seen& seen) { saw(seen); };
      samplers_.push_back(std::make_unique<Sampler>(parts.executor, parts.clock, parts.journal,
                                                    parts.origin, spec, std::move(*probe), told));
      opened = co_await samplers_.back()->open();
    }
    if (!opened) {
      course_.cannot_start(fmt::format("probe {}: {}", name, opened.error().text()));
      co_return false;
    }
  }
  co_return true;
}

void Observers::start() {
  for (auto& sampler : samplers_) sampler->start();
}

boost::asio::awaitable<void> Observers::stop() {
  for (auto& sampler : samplers_) co_await sampler->stop();
}

boost::asio::awaitable<void> Observers::close() {
  co_await stop();
  samplers_.clear();
}

Instant Observers::settled(const std::string& probe) const {
  for (const auto& sampler : samplers_) {
    if (sampler->spec().name == probe) return sampler->settled();
  }
  return course_.now();
}

void Observers::saw(const Seen& seen) {
  lookout_.add(seen);
  if (guarding_ && !course_.ending()) {
    for (const Watch& guard : course_.parts.scenario.abort) {
      const auto violated = lookout_.violated(guard, course_.begun);
      if (guard.probe != seen.probe.name || !violated || *violated < guard.hold) continue;
      nlohmann::json fields{{"probe", guard.probe}, {"why", lookout_.newest(guard.probe)}};
      course_.end("abort", std::move(fields), "aborted");
      break;
    }
  }
  course_.changed();
}

}  // namespace reprise
