// rpo: {ledger, at-most, incident?, acknowledged-after-failure?: allowed}
//
// `allowed` is what was acknowledged between the failure and the end of the last procedure: what
// was acknowledged afterwards must be there, and something must have been. The upper end of the
// interval is held against the objective. Nothing lost passes as far as the ledger can tell: within
// δ, from enough acknowledgements.
#include "harness/judge/evidence.h"
#include "harness/judge/ledger_evidence.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

// How far the loss reaches back.
Message outcome_of(const char* key, const DataLoss& loss, const Scenario& scenario) {
  Message outcome{key, {{"count", loss.lost_after}}};
  add_counts(outcome, loss);
  add_interval(outcome, loss.rpo, scenario);
  return outcome;
}

Finding judge_rpo(const AssertionSpec& spec, const Record& record) {
  const std::string ledger = text_option(spec, "ledger");
  const Duration limit = duration_option(spec, "at-most").value_or(Duration::zero());
  Finding finding =
      unjudged(spec, {"judge.rpo.statement", {{"ledger", ledger}, {"at_most_ns", limit.count()}}});
  tell_compression(finding.statement, "judge.rpo.statement-compressed", limit, record.scenario);
  finding.limit = limit;
  const auto loss = loss_of(spec, record);
  if (!loss) return inconclusive(std::move(finding), loss.error());
  finding.measured = loss->rpo;
  if (auto miss = unsound(finding, *loss)) return std::move(*miss);
  const bool allowed = text_option(spec, "acknowledged-after-failure") == "allowed";
  const auto outcome = [&](const char* key) { return outcome_of(key, *loss, record.scenario); };
  if (loss->lost > 0) {
    // First what no limit allows: a known miss of the limit must not hide it.
    if (loss->lost_when_over > 0) {
      Message lost{"judge.rpo.lost-when-over", {{"count", loss->lost_when_over}}};
      return missed(std::move(finding), "chaos.LostAfterRecovery", std::move(lost));
    }
    if (loss->lost_after > 0 && !allowed) {
      return missed(std::move(finding), "chaos.LostAfterFailure", outcome("judge.rpo.lost-after"));
    }
    if (!loss->rpo.high) {
      return missed(std::move(finding), "chaos.RpoExceeded", outcome("judge.rpo.past-the-start"));
    }
    if (*loss->rpo.high > limit) {
      return missed(std::move(finding), "chaos.RpoExceeded", outcome("judge.rpo.exceeded"));
    }
  }
  if (allowed && loss->sent_when_over == 0U) {
    return inconclusive(std::move(finding), {"judge.rpo.nobody-wrote", {{"ledger", ledger}}});
  }
  if (loss->lost == 0) return nothing_lost(std::move(finding), *loss);
  if (auto few = too_few(*loss)) return inconclusive(std::move(finding), std::move(*few));
  return passed(std::move(finding), outcome("judge.rpo.within"));
}

const Registered<AssertionKind> rpo_registered{{
    {.name = "rpo",
     .summary = "What a ledger lost reaches back no further than this.",
     .options = ledger_options(
         {{"at-most", Shape::either({Shape::duration(), Shape::choice({"rpo"})}), required,
           "a duration, or `rpo`"},
          {"acknowledged-after-failure",
           Shape::choice({"allowed"}),
           {},
           "that what was acknowledged after the failure is lost as well; else it is a miss"}}),
     .example = {{"rpo", {{"ledger", "readings"}, {"at-most", "1h"}}}}},
    judge_rpo,
    {},
}};

}  // namespace
}  // namespace reprise
