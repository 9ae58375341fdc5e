#include "harness/judge/missing.h"

#include <algorithm>

#include "harness/judge/cause.h"

namespace reprise {
namespace {

void span(std::optional<Interval>& all, const std::optional<Interval>& one) {
  if (!one) return;
  if (!all) {
    all = one;
    return;
  }
  all->low = std::min(all->low, one->low);
  if (!one->high || (all->high && *one->high > *all->high)) all->high = one->high;
}

}  // namespace

Finding in_every_filling(const Finding& blank, const Timeline& line,
                         const std::vector<Point>& points,
                         const std::function<Finding(const std::vector<FilledSample>&)>& judge) {
  Fillings ways = fillings(points);
  if (line.holes) ways.all = false;
  std::optional<Finding> worst;
  std::optional<Interval> measured;
  std::size_t passes = 0, misses = 0;
  for (const Filling& filling : ways.each) {
    Finding one = judge(filled(points, filling));
    passes += one.status == Status::pass ? 1 : 0;
    misses += one.status == Status::fail ? 1 : 0;
    span(measured, one.measured);
    if (!worst || graver(one, *worst)) worst = std::move(one);
  }
  const bool pass = passes == ways.each.size() && ways.all;
  const bool miss = misses == ways.each.size();
  worst->measured = measured;
  // What was inconclusive for another reason in every history says that reason.
  if (pass || miss || passes + misses == 0) return std::move(*worst);
  const std::size_t unknown = count(points, Truth::unknown);
  Finding out = blank;
  out.measured = measured;
  out.from = worst->from;
  out.to = worst->to;
  out.notes = worst->notes;
  return inconclusive(
      std::move(out),
      {"judge.unseen", {{"probe", line.probe ? line.probe->name : ""}, {"count", unknown}}});
}

Finding caused_by_last(Finding finding, const Record& record, const std::string& probe,
                       const std::vector<FilledSample>& told, const Outage& outage) {
  for (std::size_t i = outage.last_bad + 1; i-- > outage.first_bad;) {
    if (!told[i].bad || !told[i].sample) continue;
    finding.cause = cause_of(finding, record, probe, *told[i].sample);
    break;
  }
  return finding;
}

std::optional<Duration> patience_over(const Record& record) {
  for (const Moment& moment : record.moments) {
    if (moment.event == "patience") return moment.at;
  }
  return std::nullopt;
}

}  // namespace reprise
