#include "harness/judge/figures.h"

#include <algorithm>

#include "harness/judge/findings.h"
#include "harness/judge/incidents.h"
#include "harness/judge/options.h"
#include "harness/judge/statistics.h"

namespace reprise {
namespace {

struct Classed {
  const Sample* sample;
  std::optional<Level> level;  // nothing where limits of our own hid it
};

void add_levels(ProbeFigures& out, const std::vector<Classed>& samples) {
  for (const auto& [sample, level] : samples) {
    if (level == Level::nominal) ++out.nominal;
    if (level == Level::degraded) ++out.degraded;
    if (level == Level::down) ++out.down;
    if (!level) ++out.unknown;
  }
}

void add_times(ProbeFigures& out, const std::vector<Classed>& samples, Duration every) {
  std::vector<Duration> latencies;
  std::vector<Duration> delays;
  for (const auto& [sample, level] : samples) {
    latencies.push_back(sample->finished - sample->intended);
    delays.push_back(sample->sent - sample->intended);
  }
  if (!latencies.empty()) out.latency_max = *std::ranges::max_element(latencies);
  out.latency_p50 = percentile(latencies, 0.50);
  out.latency_p99 = percentile(std::move(latencies), 0.99);
  out.late_p99 = percentile(std::move(delays), 0.99);
  out.resolution = every + out.latency_max;
}

// From the intended instant of the first down sample to the completion of the first that is not; an
// unknown one ends no outage.
void add_outages(ProbeFigures& out, const std::vector<Classed>& samples, const Record& record) {
  // Of a forged journal's outages each may last for decades: nanoseconds would overflow.
  std::chrono::duration<double> down{};
  const Sample* first = nullptr;
  auto close = [&](Duration end) {
    const Duration lasted = std::max(Duration::zero(), end - first->intended);
    out.longest_outage = std::max(out.longest_outage, lasted);
    down += lasted;
    first = nullptr;
  };
  for (const auto& [sample, level] : samples) {
    if (level == Level::down && !first) first = sample;
    if (level && level != Level::down && first) close(sample->finished);
  }
  if (first) close(std::max(record.length, first->intended));
  const auto availability = record.plan.objectives.availability;
  if (!availability || *availability >= 1) return;
  const std::chrono::duration<double> budget = std::chrono::hours(365 * 24) * (1 - *availability);
  out.budget_spent = down / budget;
}

void add_changes(ProbeFigures& out, const std::vector<Classed>& samples, const Record& record) {
  int departures = 0;
  Level last = Level::nominal;
  const auto struck = first_commanded(record);
  for (const auto& [sample, level] : samples) {
    if (!level) continue;
    if (last == Level::nominal && level != Level::nominal) ++departures;
    last = *level;
    if (!struck || sample->finished < *struck || level == Level::nominal) continue;
    const Duration since = sample->finished - *struck;
    out.detected = std::min(out.detected.value_or(since), since);
    if (level != Level::degraded) continue;
    out.first_fallback = std::min(out.first_fallback.value_or(since), since);
  }
  const auto rounds = std::ranges::count_if(
      record.faults, [](const FaultRecord& fault) { return fault.commanded.has_value(); });
  out.flaps = std::max(0, departures - std::max(1, static_cast<int>(rounds)));
}

}  // namespace

std::vector<ProbeFigures> figures_of(const Record& record) {
  std::vector<ProbeFigures> out;
  const Window window = drill_window(record).value_or(Window{Duration::min(), Duration::max()});
  for (const auto& [name, probe] : record.probes) {
    ProbeFigures figures;
    figures.probe = name;
    const Classifier classifier(record, name);
    std::vector<Classed> samples;
    samples.reserve(probe.samples.size());
    for (const Sample& sample : probe.samples) {
      if (!window.contains(sample.intended)) continue;
      samples.push_back({&sample, classifier.level(sample)});
    }
    figures.skipped = static_cast<std::size_t>(std::ranges::count_if(
        probe.skipped, [&](Duration instant) { return window.contains(instant); }));
    figures.scheduled = samples.size() + figures.skipped;
    const auto spec = record.plan.probes.find(name);
    const Duration every = spec == record.plan.probes.end() ? Duration::zero() : spec->second.every;
    add_levels(figures, samples);
    add_times(figures, samples,
              std::clamp(every, Duration::zero(), Duration(std::int64_t{1} << 54)));
    add_outages(figures, samples, record);
    add_changes(figures, samples, record);
    out.push_back(std::move(figures));
  }
  return out;
}

}  // namespace reprise
