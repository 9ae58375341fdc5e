// One probe in the failover picture: its levels, its latency, who served it.
#include <cmath>

#include "reports/catalogue.h"
#include "reports/html/lanes.h"
#include "reports/sentences.h"
#include "reports/series.h"

namespace reprise {
namespace {

constexpr double bar_height = 11, bar_step = 14, latency_height = 54;
constexpr double failure_width = 1.6, run_width = 0.6;

// Where a bar that begins at a sample ends: at the next one, or after the last by its interval.
double end_of(const Axis& axis, const ProbeRecord& probe, std::size_t last) {
  if (last + 1 < probe.samples.size()) return axis.x(probe.samples[last + 1].intended);
  return axis.x(axis.to);
}

// Failures one by one, whatever their number, and what nobody can tell; good samples as runs.
void draw_levels(Canvas& canvas, const ProbeRecord& probe, const std::vector<Class>& seen) {
  std::vector<Class> shown{Class::nominal, Class::degraded, Class::down};
  if (std::ranges::find(seen, Class::unknown) != seen.end()) shown.push_back(Class::unknown);
  std::vector<Bars> rows;
  std::array<std::size_t, classes> row_of{};
  for (std::size_t row = 0; row < shown.size(); ++row) {
    row_of[static_cast<std::size_t>(shown[row])] = row;
    rows.emplace_back(canvas.y + row * bar_step, bar_height);
    canvas.small(canvas.y + row * bar_step + 9.5, class_word(shown[row], canvas.words.language));
  }
  for (std::size_t at = 0; at < seen.size();) {
    const double from = canvas.axis.x(probe.samples[at].intended);
    Bars& row = rows[row_of[static_cast<std::size_t>(seen[at])]];
    if (seen[at] == Class::down || seen[at] == Class::unknown) {
      row.add(from, from, failure_width);
      ++at;
      continue;
    }
    std::size_t last = at;
    while (last + 1 < seen.size() && seen[last + 1] == seen[at]) ++last;
    row.add(from, end_of(canvas.axis, probe, last), run_width);
    at = last + 1;
  }
  for (std::size_t row = 0; row < rows.size(); ++row) {
    canvas.body += rows[row].str(class_name(shown[row]));
  }
  canvas.y += rows.size() * bar_step;
  if (!probe.skipped.empty()) {
    canvas.small(canvas.y + 9.5, canvas.words.plain("picture.not-sent"));
    Bars skipped(canvas.y, bar_height);
    for (const Duration at : probe.skipped) {
      const double from = canvas.axis.x(at);
      skipped.add(from, from, failure_width);
    }
    canvas.body += skipped.str("unsent");
    canvas.y += bar_step;
  }
  canvas.y += 4;
}

struct Scale {
  double low = 0, high = 1;  // powers of ten of a millisecond
  double top = 0;
  [[nodiscard]] double y(double exponent) const {
    return top + latency_height * (1 - (exponent - low) / (high - low));
  }
};

double exponent_of(const Sample& sample) {
  const double milliseconds =
      static_cast<double>((sample.finished - sample.intended).count()) / 1e6;
  return std::log10(std::max(milliseconds, 0.01));
}

// At most two points a column, its least and its greatest, in the order they came.
std::string latency_path(const Axis& axis, const ProbeRecord& probe, const Scale& scale) {
  constexpr double columns = 740;
  std::string path;
  const auto put = [&](std::size_t at) {
    path += fmt::format("{}{} {}", path.empty() ? 'M' : 'L',
                        std::lround(axis.x(probe.samples[at].intended) * 10),
                        std::lround(scale.y(exponent_of(probe.samples[at])) * 10));
  };
  const auto column = [&](std::size_t at) {
    const double share = (axis.x(probe.samples[at].intended) - Axis::left);
    return static_cast<int>(share / (Axis::right - Axis::left) * columns);
  };
  for (std::size_t at = 0; at < probe.samples.size();) {
    std::size_t least = at, greatest = at, next = at;
    for (; next < probe.samples.size() && column(next) == column(at); ++next) {
      if (exponent_of(probe.samples[next]) < exponent_of(probe.samples[least])) least = next;
      if (exponent_of(probe.samples[next]) > exponent_of(probe.samples[greatest])) greatest = next;
    }
    put(std::min(least, greatest));
    if (least != greatest) put(std::max(least, greatest));
    at = next;
  }
  return path;
}

void draw_latency(Canvas& canvas, const ProbeRecord& probe) {
  Scale scale{.low = 6, .high = -2, .top = canvas.y};
  for (const Sample& sample : probe.samples) {
    scale.low = std::min(scale.low, std::floor(exponent_of(sample)));
    scale.high = std::max(scale.high, std::ceil(exponent_of(sample)));
  }
  if (scale.high <= scale.low) scale.high = scale.low + 1;
  const int every = scale.high - scale.low > 3 ? 2 : 1;
  for (int power = static_cast<int>(scale.high); power >= scale.low; power -= every) {
    const Duration value(std::llround(std::pow(10.0, power) * 1e6));
    canvas.small(scale.y(power) + 3.5, duration_text(value, canvas.words.language));
    canvas.body += fmt::format("<path class=\"grid\" d=\"M{:.0f} {:.1f}H{:.0f}\"/>\n", Axis::left,
                               scale.y(power), Axis::right);
  }
  canvas.body += fmt::format("<path class=\"latency\" transform=\"scale(.1)\" d=\"{}\"/>\n",
                             latency_path(canvas.axis, probe, scale));
  canvas.y += latency_height + 14;
}

// A row a source, so that who served is told by place and word.
void draw_sources(Canvas& canvas, const ProbeRecord& probe) {
  constexpr std::size_t most = 6;
  std::vector<std::string> names;
  std::vector<std::size_t> row_of;  // by observation
  for (const Observation& seen : probe.observations) {
    const std::string source = source_of(seen);
    auto found = std::ranges::find(names, source);
    if (found == names.end()) found = names.insert(found, source);
    row_of.push_back(std::min<std::size_t>(found - names.begin(), most));
  }
  if (names.empty() || (names.size() == 1 && names[0].empty())) return;
  const std::size_t count = std::min(names.size(), most + 1);
  std::vector<Bars> rows;
  for (std::size_t row = 0; row < count; ++row) {
    rows.emplace_back(canvas.y + row * bar_step, bar_height);
    const std::string name = row == most          ? canvas.words.plain("picture.others")
                             : names[row].empty() ? canvas.words.plain("picture.nobody")
                                                  : names[row];
    canvas.small(canvas.y + row * bar_step + 9.5, name);
  }
  for (std::size_t at = 0; at < probe.samples.size();) {
    const auto row = [&](std::size_t sample) { return row_of[probe.samples[sample].observation]; };
    std::size_t last = at;
    while (last + 1 < probe.samples.size() && row(last + 1) == row(at)) ++last;
    rows[row(at)].add(canvas.axis.x(probe.samples[at].intended), end_of(canvas.axis, probe, last),
                      run_width);
    at = last + 1;
  }
  for (std::size_t row = 0; row < count; ++row) {
    canvas.body += rows[row].str(row < most && names[row].empty() ? "nobody" : "served");
  }
  canvas.y += count * bar_step;
}

}  // namespace

void draw_probe(Canvas& canvas, const Record& record, const ProbeRecord& probe) {
  if (probe.samples.empty()) return;
  canvas.name(canvas.y + 10, probe.name);
  draw_levels(canvas, probe, classes_seen(record, probe));
  canvas.y += 6;
  canvas.name(canvas.y + 10, canvas.words.plain("picture.latency"));
  draw_latency(canvas, probe);
  const double before = canvas.y;
  std::string kept = std::move(canvas.body);
  canvas.body.clear();
  draw_sources(canvas, probe);
  std::string sources = std::move(canvas.body);
  canvas.body = std::move(kept);
  if (!sources.empty()) {
    canvas.name(before + 10, canvas.words.plain("picture.served-by"));
    canvas.body += sources;
  }
  canvas.separate();
}

}  // namespace reprise
