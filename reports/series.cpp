#include "reports/series.h"

#include "reports/catalogue.h"

namespace reprise {

Class class_of(const std::optional<Level>& level) {
  if (!level) return Class::unknown;
  if (*level == Level::down) return Class::down;
  return *level == Level::degraded ? Class::degraded : Class::nominal;
}

std::string_view class_name(Class shown) {
  static constexpr std::array names = {"nominal", "degraded", "unknown", "down"};
  return names[static_cast<std::size_t>(shown)];
}

std::string class_word(Class shown, const std::string& language) {
  return text(fmt::format("level.{}", class_name(shown)), language);
}

std::vector<Class> classes_seen(const Record& record, const ProbeRecord& probe) {
  const Levels& levels = record.scenario.levels_of(probe.name);
  const auto slow = [](const std::optional<Expectation>& expectation) {
    return expectation && expectation->depends_on_latency();
  };
  std::vector<Class> seen;
  seen.reserve(probe.samples.size());
  if (slow(levels.nominal) || slow(levels.degraded)) {
    for (const Sample& sample : probe.samples) {
      Observation whole = probe.seen(sample);
      whole.values["latency"] = (sample.finished - sample.intended).count();
      seen.push_back(class_of(levels.classify(whole)));
    }
    return seen;
  }
  std::vector<Class> by_observation;
  for (const Observation& observation : probe.observations) {
    by_observation.push_back(class_of(levels.classify(observation)));
  }
  for (const Sample& sample : probe.samples) seen.push_back(by_observation[sample.observation]);
  return seen;
}

std::string source_of(const Observation& seen) {
  const auto found = seen.values.find("source");
  if (found == seen.values.end() || found->is_null()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string saw(const Observation& seen) {
  std::string text = seen.outcome;
  if (const auto status = seen.values.find("status"); status != seen.values.end()) {
    text += " " + status->dump();
  }
  const std::string source = source_of(seen);
  return source.empty() ? text : text + ", " + source;
}

namespace {

Stretch joined(Stretch left, const Stretch& right) {
  left.last = right.last;
  left.worst = std::max(left.worst, right.worst);
  for (std::size_t at = 0; at < left.counted.size(); ++at) left.counted[at] += right.counted[at];
  left.slowest = std::max(left.slowest, right.slowest);
  constexpr std::size_t enough = 160;
  if (left.seen.size() < enough && left.seen.find(right.seen) == std::string::npos) {
    left.seen += "; " + right.seen;
  }
  return left;
}

}  // namespace

std::vector<Stretch> stretches(const ProbeRecord& probe, const std::vector<Class>& seen,
                               std::size_t at_most) {
  std::vector<std::string> told;
  for (const Observation& observation : probe.observations) told.push_back(saw(observation));
  std::vector<Stretch> all;
  for (std::size_t at = 0; at < probe.samples.size(); ++at) {
    const Sample& sample = probe.samples[at];
    const Duration latency = sample.finished - sample.intended;
    const std::string& what = told[sample.observation];
    if (all.empty() || all.back().worst != seen[at] || all.back().seen != what) {
      all.push_back({.first = at, .last = at, .worst = seen[at], .seen = what});
    }
    all.back().last = at;
    all.back().slowest = std::max(all.back().slowest, latency);
    ++all.back().counted[static_cast<std::size_t>(seen[at])];
  }
  if (all.size() <= at_most) return all;
  const std::size_t together = (all.size() + at_most - 1) / at_most;
  std::vector<Stretch> groups;
  for (std::size_t at = 0; at < all.size(); ++at) {
    if (at % together == 0) {
      groups.push_back(all[at]);
    } else {
      groups.back() = joined(std::move(groups.back()), all[at]);
    }
  }
  return groups;
}

}  // namespace reprise
