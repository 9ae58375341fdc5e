#include "harness/judge/intervals.h"

#include <algorithm>

namespace reprise {
namespace {

// Every instant scheduled in [s_run, s_run + sustained] has been seen when `newest` has.
bool sustained_up_to(const std::vector<Point>& points, std::size_t run, std::size_t newest,
                     Duration sustained, Duration every) {
  const Duration end = points[run].intended + sustained;
  if (newest + 1 < points.size()) return points[newest + 1].intended > end;
  return points[newest].intended + every > end || points[newest].intended >= end;
}

}  // namespace

std::vector<Outage> outages(const std::vector<Point>& points, Duration sustained, Duration every) {
  std::vector<Outage> out;
  std::optional<Outage> open;
  std::optional<std::size_t> run;
  for (std::size_t i = 0; i < points.size(); ++i) {
    switch (points[i].sight) {
      case Truth::fails:
        if (!open) open.emplace().first_bad = i;
        open->last_bad = i;
        open->unseen = false;
        run.reset();
        break;
      case Truth::unknown:
        if (open) open->unseen = true;
        run.reset();
        break;
      case Truth::holds:
        if (!open) break;
        if (!run) run = i;
        if (!sustained_up_to(points, *run, i, sustained, every)) break;
        open->back = run;
        out.push_back(*open);
        open.reset();
        run.reset();
        break;
    }
  }
  if (open) {
    open->tail = run;
    out.push_back(*open);
  }
  return out;
}

Interval recovery_interval(Duration last_bad_intended, std::optional<Duration> back_finished,
                           Duration earliest, Duration latest) {
  Interval out;
  out.low = std::max(Duration::zero(), last_bad_intended - latest);
  if (back_finished) out.high = std::max(Duration::zero(), *back_finished - earliest);
  return out;
}

}  // namespace reprise
