#include "harness/engine/drill/lookout.h"

namespace reprise {
namespace {

// More than any window that is waited for holds; a drill of days must not fill the memory.
constexpr std::size_t most_samples = 100'000;

}  // namespace

void Lookout::add(const Seen& seen) {
  Samples& samples = seen_[seen.probe.name];
  samples.insert_or_assign(seen.intended, Finished{seen.finished, seen.observation,
                                                   seen.probe.every, seen.probe.timeout});
  if (samples.size() > most_samples) samples.erase(samples.begin());
}

Truth Lookout::judged(const std::string& probe, const Expected& expect,
                      const Finished& seen) const {
  return expect.evaluate(seen.observation, scenario_.levels_of(probe), Match::at_least);
}

std::optional<Duration> Lookout::run_length(const Watch& watch, Instant since, Truth wanted) const {
  const auto found = seen_.find(watch.probe);
  if (found == seen_.end()) return std::nullopt;
  const Samples& samples = found->second;
  std::optional<Duration> length;
  for (auto sample = samples.rbegin(); sample != samples.rend(); ++sample) {
    if (sample->first < since) break;
    if (judged(watch.probe, watch.expect, sample->second) != wanted) break;
    length = samples.rbegin()->first - sample->first;
    if (*length >= watch.hold) break;
  }
  return length;
}

std::optional<Duration> Lookout::held(const Watch& watch, Instant since) const {
  return run_length(watch, since, Truth::holds);
}

std::optional<Duration> Lookout::violated(const Watch& watch, Instant since) const {
  return run_length(watch, since, Truth::fails);
}

std::string Lookout::newest(const std::string& probe) const {
  const auto found = seen_.find(probe);
  if (found == seen_.end()) return "no sample";
  const Observation& seen = found->second.rbegin()->second.observation;
  const auto replace = nlohmann::json::error_handler_t::replace;
  return fmt::format("{} {}", seen.outcome, seen.values.dump(-1, ' ', false, replace));
}

bool Lookout::recovered(const Awaited& awaited, Instant since, Instant settled) const {
  const auto found = seen_.find(awaited.probe);
  if (found == seen_.end()) return false;
  const Samples& samples = found->second;
  const Instant newest = samples.rbegin()->first;
  if (settled <= newest) return false;
  for (auto sample = samples.rbegin(); sample != samples.rend(); ++sample) {
    if (sample->first < since) break;
    if (judged(awaited.probe, awaited.expect, sample->second) != Truth::holds) break;
    if (sample->second.at + awaited.sustained <= newest) return true;
    if (awaited.sustained == Duration::zero()) return true;
  }
  return false;
}

bool Lookout::recovering(const Awaited& awaited, Instant since, Instant latest) const {
  const auto found = seen_.find(awaited.probe);
  if (found == seen_.end()) return false;
  bool begun = false;
  for (auto sample = found->second.rbegin(); sample != found->second.rend(); ++sample) {
    if (sample->first < since) break;
    if (judged(awaited.probe, awaited.expect, sample->second) != Truth::holds) break;
    begun = sample->first <= latest;
  }
  return begun;
}

bool Lookout::none_overdue(const Watch& watch, Instant now, Instant settled) const {
  const auto found = seen_.find(watch.probe);
  if (found == seen_.end()) return false;
  Duration youth{};
  for (auto sample = found->second.rbegin(); sample != found->second.rend(); ++sample) {
    const Finished& seen = sample->second;
    youth = std::max(youth, seen.every);
    if (sample->first < now - watch.hold - sample->second.patience) break;
    if (seen.at < now - watch.hold) continue;
    if (judged(watch.probe, watch.expect, seen) != Truth::holds) continue;
    youth = std::max(youth, seen.at - sample->first);
  }
  return settled + youth >= now;
}

bool Lookout::steady(const Watch& watch, Instant now, Instant settled) const {
  const auto found = seen_.find(watch.probe);
  if (found == seen_.end()) return false;
  for (auto sample = found->second.rbegin(); sample != found->second.rend(); ++sample) {
    if (sample->first < now - watch.hold - sample->second.patience) break;
    if (sample->second.at < now - watch.hold) continue;
    if (judged(watch.probe, watch.expect, sample->second) != Truth::holds) return false;
  }
  return none_overdue(watch, now, settled);
}

}  // namespace reprise
