// consistent: {probe, expect}
//
// An invariant, sampled throughout: every answer that tells of it keeps it, from the beginning of
// inject to the end of recover. Where the system is down nothing is told, which `recovery` and
// `throughout` judge; but it must be told once after the last incident.
#include <algorithm>

#include "harness/judge/cause.h"
#include "harness/judge/findings.h"
#include "harness/judge/incidents.h"
#include "harness/judge/options.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

// An answer, and of a JSON document everything that the invariant looks at. A query without a row
// or an answer without its header is an answer: the invariant does not hold in it.
bool tells(const Observation& seen, const std::set<std::string>& pointers) {
  if (seen.outcome != "answered") return false;
  const auto status = seen.values.find("status");
  if (status != seen.values.end() && (*status < 200 || *status > 299)) return false;
  const auto json = seen.values.find("json");
  return std::ranges::all_of(pointers, [&](const std::string& pointer) {
    return json != seen.values.end() && json->contains(pointer);
  });
}

Finding judge_consistent(const AssertionSpec& spec, const Record& record) {
  const std::string probe = text_option(spec, "probe");
  const auto expect = expected_option(spec);
  Finding finding =
      unjudged(spec, {"judge.consistent.statement",
                      {{"probe", probe}, {"expect", expect ? expected_text(*expect) : "?"}}});
  if (!expect || !expect->predicate) {
    const std::string why = expect ? "a predicate is expected" : expect.error().what;
    return inconclusive(std::move(finding), {"judge.unreadable", {{"why", why}}});
  }
  const auto window = drill_window(record);
  if (!window) return inconclusive(std::move(finding), {"judge.no-samples", {{"probe", probe}}});
  finding.from = window->from;
  finding.to = window->to;
  const Timeline line = timeline(record, probe, *expect, Match::exactly);
  auto points = line.within(*window);
  if (auto why = unusable(line, probe, points)) {
    return inconclusive(std::move(finding), std::move(*why));
  }
  const auto pointers = expect->predicate->pointers();
  // What was never sent, or was cut, may have told of a broken one.
  std::erase_if(points, [&](const Point& point) {
    if (point.sight == Truth::unknown) return false;
    return !tells(line.probe->seen(*point.sample), pointers);
  });
  const auto broken = count(points, Truth::fails);
  if (broken > 0) {
    const auto first = std::ranges::find(points, Truth::fails, &Point::sight);
    finding = missed(std::move(finding), "chaos.InvariantBroken",
                     {"judge.consistent.broken",
                      {{"probe", probe}, {"count", broken}, {"told", points.size()}}});
    finding.cause = cause_of(finding, record, probe, *first->sample);
    return finding;
  }
  if (auto why = never_there(line, probe, *expect, record)) {
    return inconclusive(std::move(finding), std::move(*why));
  }
  const bool told_at_the_end = std::ranges::any_of(points, [&](const Point& point) {
    return point.sight == Truth::holds && point.intended >= last_incident(record);
  });
  if (!told_at_the_end || !came_to_its_end(record)) {
    return inconclusive(std::move(finding), {"judge.consistent.untold", {{"probe", probe}}});
  }
  if (const auto unknown = count(points, Truth::unknown); unknown > 0) {
    return inconclusive(std::move(finding),
                        {"judge.unseen", {{"probe", probe}, {"count", unknown}}});
  }
  return passed(std::move(finding),
                {"judge.consistent.kept", {{"probe", probe}, {"told", points.size()}}});
}

// A first word after the last incident.
std::optional<Awaited> awaits_consistent(const AssertionSpec& spec, const Scenario&, const Plan&) {
  auto expect = expected_option(spec);
  if (!expect) return std::nullopt;
  return Awaited{text_option(spec, "probe"), std::move(*expect), Duration::zero()};
}

const Registered<AssertionKind> consistent_registered{{
    {.name = "consistent",
     .summary = "An invariant that a probe tells of is kept whenever it is told.",
     .options = Shape::object(
         {{"probe", Shape::name_of("probe"), required, "a query or a request that tells of it"},
          {"expect", Shape::predicate(), required, "the invariant"}}),
     .example = {{"consistent",
                  {{"probe", "dashboard"}, {"expect", {{"json", {{"/violations", 0}}}}}}}},
     .failures = {"InvariantBroken"},
     .of_good_answers = true},
    judge_consistent,
    awaits_consistent,
}};

}  // namespace
}  // namespace reprise
