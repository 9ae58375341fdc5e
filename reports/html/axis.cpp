#include "reports/html/axis.h"

#include <cmath>

namespace reprise {

double Axis::x(Duration at) const {
  const double span = static_cast<double>(std::max<Duration>(to - from, 1ns).count());
  const double share = static_cast<double>((std::clamp(at, from, to) - from).count()) / span;
  return left + share * (right - left);
}

std::vector<Duration> Axis::ticks() const {
  static constexpr Duration steps[] = {1ms,   2ms,   5ms,   10ms, 20ms, 50ms, 100ms, 200ms, 500ms,
                                       1s,    2s,    5s,    10s,  15s,  30s,  1min,  2min,  5min,
                                       10min, 15min, 30min, 1h,   2h,   6h,   12h};
  const Duration span = to - from;
  Duration step = 24h;
  for (const Duration candidate : steps) {
    if (span / candidate <= 10) {
      step = candidate;
      break;
    }
  }
  if (span / step > 10) step = span / 10;  // weeks
  std::vector<Duration> found;
  Duration at = from / step * step;
  if (at < from) at += step;
  for (; at <= to; at += step) found.push_back(at);
  return found;
}

Axis axis_of(const Record& record) {
  std::optional<Duration> from, to;
  const auto take = [&](const std::optional<Duration>& at) {
    // Journals come from anybody: an instant of 300 years must not overflow the arithmetic.
    if (!at || *at < Duration::zero() || *at > 24h * 36'500) return;
    from = std::min(from.value_or(*at), *at);
    to = std::max(to.value_or(*at), *at);
  };
  for (const auto& [name, probe] : record.probes) {
    if (probe.samples.empty()) continue;
    take(probe.samples.front().intended);
    take(probe.samples.back().intended);
  }
  for (const FaultRecord& fault : record.faults) {
    take(fault.commanded);
    take(fault.bit);
    take(fault.healed);
  }
  for (const ProcedureRecord& procedure : record.procedures) {
    take(procedure.started);
    take(procedure.finished);
  }
  if (!from) return {Duration::zero(), std::max<Duration>(record.length, 1s)};
  return {*from, std::max(*to, *from + 1ms)};
}

void Bars::add(double from, double to, double least_width) {
  const long begin = std::lround(from * 10);
  const long end = std::lround(std::max(to, from + least_width) * 10);
  if (path_.empty()) {
    path_ = fmt::format("M{} {}", begin, std::lround((y_ + height_ / 2) * 10));
  } else {
    path_ += fmt::format("m{} 0", begin - cursor_);
  }
  path_ += fmt::format("h{}", end - begin);
  cursor_ = end;
}

std::string Bars::str(std::string_view classes) const {
  if (path_.empty()) return {};
  return fmt::format(
      "<path class=\"bars {}\" transform=\"scale(.1)\" stroke-width=\"{}\" d=\"{}\"/>\n", classes,
      std::lround(height_ * 10), path_);
}

}  // namespace reprise
