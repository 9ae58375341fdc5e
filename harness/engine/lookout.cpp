#include "harness/engine/lookout.h"

namespace reprise {
namespace {

// More than any window that is waited for holds; a drill of days must not fill the memory.
constexpr std::size_t most_samples = 100'000;

}  // namespace

void Lookout::add(const Seen& seen) {
  Samples& samples = seen_[seen.probe.name];
  samples.insert_or_assign(seen.intended, seen.observation);
  if (samples.size() > most_samples) samples.erase(samples.begin());
}

bool Lookout::holds(const std::string& probe, const Expected& expect,
                    const Observation& seen) const {
  return expect.holds(seen, scenario_.levels_of(probe));
}

std::optional<Duration> Lookout::run_length(const Watch& watch, Instant since, bool holding) const {
  const auto found = seen_.find(watch.probe);
  if (found == seen_.end()) return std::nullopt;
  const Samples& samples = found->second;
  std::optional<Duration> length;
  for (auto sample = samples.rbegin(); sample != samples.rend(); ++sample) {
    if (sample->first < since) break;
    if (holds(watch.probe, watch.expect, sample->second) != holding) break;
    length = samples.rbegin()->first - sample->first;
    if (*length >= watch.hold) break;
  }
  return length;
}

std::optional<Duration> Lookout::held(const Watch& watch, Instant since) const {
  return run_length(watch, since, true);
}

std::optional<Duration> Lookout::violated(const Watch& watch, Instant since) const {
  return run_length(watch, since, false);
}

std::string Lookout::newest(const std::string& probe) const {
  const auto found = seen_.find(probe);
  if (found == seen_.end()) return "no sample";
  const Observation& seen = found->second.rbegin()->second;
  const auto replace = nlohmann::json::error_handler_t::replace;
  return fmt::format("{} {}", seen.outcome, seen.values.dump(-1, ' ', false, replace));
}

bool Lookout::recovered(const Awaited& awaited, Instant since, Instant settled) const {
  const Watch watch{awaited.probe, awaited.expect, awaited.sustained, {}};
  const auto length = held(watch, since);
  if (!length || *length < awaited.sustained) return false;
  return settled > seen_.at(awaited.probe).rbegin()->first;
}

}  // namespace reprise
