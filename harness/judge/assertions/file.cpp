// file: {probe, expect}
//
// At the end, when every fault is healed and every procedure done, the probe (of a file, or any
// other) shows this. Judged on its last sample, which must lie after the last incident.
#include <algorithm>

#include "harness/judge/cause.h"
#include "harness/judge/findings.h"
#include "harness/judge/incidents.h"
#include "harness/judge/options.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

Finding judge_file(const AssertionSpec& spec, const Record& record) {
  const std::string probe = text_option(spec, "probe");
  const auto expect = expected_option(spec);
  Finding finding =
      unjudged(spec, {"judge.file.statement",
                      {{"probe", probe}, {"expect", expect ? expected_text(*expect) : "?"}}});
  if (!expect) {
    return inconclusive(std::move(finding), {"judge.unreadable", {{"why", expect.error().what}}});
  }
  const Timeline line = timeline(record, probe, *expect, Match::at_least);
  Duration settled = last_incident(record);
  if (auto window = drill_window(record)) settled = std::max(settled, window->from);
  finding.from = settled;
  const Point* last = line.points.empty() ? nullptr : &line.points.back();
  if (!last || last->intended < settled) {
    return inconclusive(std::move(finding), {"judge.no-samples", {{"probe", probe}}});
  }
  finding.to = last->finished;
  if (!came_to_its_end(record)) {
    return inconclusive(std::move(finding), {"judge.drill-cut-short", {{"probe", probe}}});
  }
  if (last->sight == Truth::unknown) {
    return inconclusive(std::move(finding), {"judge.unseen", {{"probe", probe}, {"count", 1}}});
  }
  Message outcome{"judge.file.holds",
                  {{"probe", probe}, {"saw", saw_text(line.probe->seen(*last->sample))}}};
  if (last->sight == Truth::holds) return passed(std::move(finding), std::move(outcome));
  outcome.key = "judge.file.differs";
  finding = missed(std::move(finding), "chaos.WrongAtTheEnd", std::move(outcome));
  finding.cause = cause_of(finding, record, probe, *last->sample);
  return finding;
}

std::optional<Awaited> awaits_file(const AssertionSpec& spec, const Scenario&, const Plan&) {
  auto expect = expected_option(spec);
  if (!expect) return std::nullopt;
  return Awaited{text_option(spec, "probe"), std::move(*expect), Duration::zero()};
}

const Registered<AssertionKind> file_registered{{
    {.name = "file",
     .summary = "At the end of the drill a probe of a file shows this.",
     .options = Shape::object(
         {{"probe", Shape::name_of("probe"), required, "usually a file probe"},
          {"expect", Shape::expectation(), required, "what its last sample must show"}}),
     .example = {{"file", {{"probe", "predictions-file"}, {"expect", {{"exists", true}}}}}},
     .failures = {"WrongAtTheEnd"}},
    judge_file,
    awaits_file,
}};

}  // namespace
}  // namespace reprise
