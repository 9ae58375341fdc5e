#include "tests/judge/definition/causes.h"

namespace reprise::testing::definition {

std::vector<Candidate> candidates(const SmallDrill& drill) {
  std::vector<Candidate> out;
  for (const SmallRound& one : drill.rounds) {
    const auto kind = one.event ? CandidateKind::event : CandidateKind::condition;
    out.push_back({kind, "cmd " + one.id, one.cmd, one.armed, one});
    if (one.event || !one.healing) continue;
    out.push_back({CandidateKind::healing, "healing " + one.id, *one.healing, *one.healed, one});
  }
  if (!drill.procedure) return out;
  for (const SmallStep& step : drill.procedure->steps) {
    if (step.wait) continue;
    out.push_back({CandidateKind::step, "step", step.started, step.finished, {}});
  }
  return out;
}

std::optional<SmallRound> incident_answered(const SmallDrill& drill) {
  const SmallProcedure& run = *drill.procedure;
  std::optional<SmallRound> named, any;
  for (const SmallRound& one : drill.rounds) {
    if (one.cmd >= run.started) continue;
    if (!any || one.cmd > any->cmd) any = one;
    if (one.id == run.after && (!named || one.cmd > named->cmd)) named = one;
  }
  return named ? named : any;
}

}  // namespace reprise::testing::definition
