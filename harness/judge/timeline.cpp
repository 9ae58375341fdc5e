#include "harness/judge/timeline.h"

#include <algorithm>

namespace reprise {
namespace {

bool by_latency(const std::optional<Expectation>& expectation) {
  return expectation && expectation->depends_on_latency();
}

bool by_latency(const Levels& levels) {
  return by_latency(levels.nominal) || by_latency(levels.degraded);
}

// The end of a phase and the sampler's own wake-up are not the same instant.
constexpr Duration wake_up = std::chrono::milliseconds(20);
// So that arithmetic on an interval from a forged journal cannot overflow: 208 days.
constexpr Duration longest_interval{std::int64_t{1} << 54};
Duration edge(Duration every) { return every + std::max(every / 2, wake_up); }

// More missing instants of one gap than these are told by `holes`.
constexpr std::int64_t most_missing = 16;

}  // namespace

Observation with_latency(const Observation& seen, const Sample& sample) {
  Observation out = seen;
  if (!out.values.is_object()) out.values = nlohmann::json::object();
  out.values["latency"] = (sample.finished - sample.intended).count();
  return out;
}

Matcher::Matcher(const Record& record, const std::string& probe, Expected expect, Match match,
                 Meant meant)
    : probe_(record.probes.at(probe)),
      levels_(record.scenario.levels_of(probe)),
      expect_(std::move(expect)),
      match_(match),
      meant_(meant),
      by_latency_(expect_.level.empty() ? by_latency(expect_.predicate) : by_latency(levels_)) {
  if (by_latency_) return;
  known_.reserve(probe_.observations.size());
  for (const auto& seen : probe_.observations) known_.push_back(evaluate(seen));
}

Truth Matcher::evaluate(const Observation& seen) const {
  return expect_.evaluate(seen, levels_, match_, meant_);
}

Truth Matcher::of(const Sample& sample) const {
  return by_latency_ ? evaluate(with_latency(probe_.seen(sample), sample))
                     : known_[sample.observation];
}

Classifier::Classifier(const Record& record, const std::string& probe)
    : probe_(record.probes.at(probe)),
      levels_(record.scenario.levels_of(probe)),
      by_latency_(by_latency(levels_)) {
  if (by_latency_) return;
  known_.reserve(probe_.observations.size());
  for (const auto& seen : probe_.observations) known_.push_back(levels_.classify(seen));
}

std::optional<Level> Classifier::level(const Sample& sample) const {
  return by_latency_ ? levels_.classify(with_latency(probe_.seen(sample), sample))
                     : known_[sample.observation];
}

Timeline timeline(const Record& record, const std::string& probe, const Expected& expect,
                  Match match, Meant meant) {
  Timeline out;
  const auto found = record.probes.find(probe);
  if (found == record.probes.end()) return out;
  out.probe = &found->second;
  Duration patience{};
  const auto spec = record.plan.probes.find(probe);
  if (spec != record.plan.probes.end()) {
    out.every = std::clamp(spec->second.every, Duration::zero(), longest_interval);
    patience = std::clamp(spec->second.timeout, Duration::zero(), longest_interval);
  }
  const Matcher matcher(record, probe, expect, match, meant);
  out.points.reserve(out.probe->samples.size());
  auto unknown = [&](Duration at) {
    out.points.push_back({at, at + patience, Truth::unknown, nullptr});
  };
  // Instants of the schedule that the journal does not know.
  auto fill_up_to = [&](Duration next) {
    if (out.points.empty() || out.every.count() == 0) return;
    const Duration last = out.points.back().intended;
    if (next - last <= out.every + out.every / 2) return;
    const auto missing = (next - last - out.every / 2) / out.every;
    for (std::int64_t i = 1; i <= std::min(missing, most_missing); ++i)
      unknown(last + i * out.every);
    if (missing <= most_missing) return;
    out.holes = true;
    unknown(next - out.every);
  };
  auto skipped = out.probe->skipped.begin();
  for (const Sample& sample : out.probe->samples) {
    for (; skipped != out.probe->skipped.end() && *skipped < sample.intended; ++skipped) {
      fill_up_to(*skipped);
      unknown(*skipped);
    }
    fill_up_to(sample.intended);
    out.points.push_back({sample.intended, sample.finished, matcher.of(sample), &sample});
  }
  for (; skipped != out.probe->skipped.end(); ++skipped) {
    fill_up_to(*skipped);
    unknown(*skipped);
  }
  return out;
}

bool Timeline::answered(const Point& point) const {
  return point.sample && probe->seen(*point.sample).outcome == "answered";
}

std::vector<Point> Timeline::within(const Window& window) const {
  std::vector<Point> out;
  for (const Point& point : points) {
    if (point.meets(window.from, window.to)) out.push_back(point);
  }
  if (out.empty() || every.count() <= 0) return out;
  if (out.front().intended - window.from > edge(every)) {
    out.insert(out.begin(), {window.from, window.from, Truth::unknown, nullptr});
  }
  if (window.to - out.back().intended > edge(every)) {
    const Duration next = out.back().intended + every;
    out.push_back({next, next, Truth::unknown, nullptr});
  }
  return out;
}

namespace {

// Whether any sample had it: `name` is what a probe sees, `inner` a key within, where there is one.
bool ever_had(const ProbeRecord& probe, const std::string& name, const std::string& inner = {}) {
  return std::ranges::any_of(probe.observations, [&](const Observation& seen) {
    const auto value = seen.values.find(name);
    return value != seen.values.end() && (inner.empty() || value->contains(inner));
  });
}

// The predicate itself, or the one that describes the level; null where there is none.
const Expectation* predicate_of(const Expected& expect, const Levels& levels) {
  if (expect.predicate) return &*expect.predicate;
  if (expect.level == "degraded" && levels.degraded) return &*levels.degraded;
  if (expect.level == "nominal" && levels.nominal) return &*levels.nominal;
  return nullptr;
}

}  // namespace

std::optional<Message> never_there(const Timeline& line, const std::string& probe,
                                   const Expected& expect, const Record& record) {
  const Levels levels = record.scenario.levels_of(probe);
  const Expectation* predicate = predicate_of(expect, levels);
  if (!predicate) return std::nullopt;
  const auto message = [&](const std::string& pointer) {
    return Message{"judge.never-there", {{"probe", probe}, {"pointer", pointer}}};
  };
  for (const std::string& pointer : predicate->compared_pointers()) {
    if (!ever_had(*line.probe, "json", pointer)) return message(pointer);
  }
  if (predicate->source().contains("source") && !ever_had(*line.probe, "source")) {
    return message("served-by");
  }
  return std::nullopt;
}

std::optional<Message> unusable(const Timeline& line, const std::string& probe,
                                const std::vector<Point>& points) {
  const bool seen = std::ranges::any_of(points, [](const Point& point) { return point.sample; });
  if (!seen) return Message{"judge.no-samples", {{"probe", probe}}};
  const bool alive = std::ranges::any_of(line.points, [&](const Point& point) {
    return point.sight == Truth::holds || line.answered(point);
  });
  if (!alive) return Message{"judge.never-answered", {{"probe", probe}}};
  return std::nullopt;
}

std::size_t count(const std::vector<Point>& points, Truth sight) {
  return static_cast<std::size_t>(std::ranges::count(points, sight, &Point::sight));
}

Duration largest_latency(const std::vector<Point>& points) {
  Duration largest{};
  for (const Point& point : points) {
    if (point.sample) largest = std::max(largest, point.finished - point.intended);
  }
  return largest;
}

}  // namespace reprise
