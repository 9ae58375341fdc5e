// rpo: {ledger, at-most, incident?: FAULT | each, acknowledged-after-failure?: allowed}
//
// `allowed` is what was acknowledged between the failure and the end of the last procedure: what
// was acknowledged afterwards must be there, and something must have been. The upper end of the
// interval is held against the objective. Of several failures an entry may have been lost by any
// that came after it: a miss needs the first, a pass the last. Nothing lost passes as far as the
// ledger can tell: within δ, from enough acknowledgements.
#include "harness/judge/findings.h"
#include "harness/judge/incidents.h"
#include "harness/judge/ledger_evidence.h"
#include "harness/judge/options.h"
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

// When the first and the last of the writes were acknowledged that were lost after the failure.
Message dated(const char* key, const DataLoss& loss) {
  return {key,
          {{"count", loss.lost_after},
           {"span_ns", (loss.last_lost_after - loss.first_lost_after).count()},
           {"first_ns", loss.first_lost_after.count()},
           {"last_ns", loss.last_lost_after.count()}}};
}

class RpoJudge {
 public:
  RpoJudge(const DataLoss& loss, Duration limit, bool set_aside, const Scenario& scenario)
      : loss_(loss), limit_(limit), set_aside_(set_aside), scenario_(scenario) {}

  // Every miss, what no limit excuses first.
  [[nodiscard]] std::vector<Finding> misses(const Finding& finding) const {
    auto out = unsound(finding, loss_);
    const auto add = [&](const char* failure, Message outcome) {
      out.push_back(missed(finding, failure, std::move(outcome)));
    };
    if (loss_.lost_when_over > 0) {
      add("chaos.LostAfterRecovery",
          {"judge.rpo.lost-when-over", {{"count", loss_.lost_when_over}}});
    }
    if (loss_.lost_after > 0 && !set_aside_) {
      add("chaos.LostAfterFailure", dated("judge.rpo.lost-after", loss_));
    }
    if (counted() == 0) return out;
    if (!loss_.least_high) {
      add("chaos.RpoExceeded", outcome_of("judge.rpo.past-the-start", loss_, scenario_));
    } else if (*loss_.least_high > limit_) {
      const bool surely = loss_.rpo.low > limit_;
      const char* key = surely ? "judge.rpo.exceeded" : "judge.rpo.not-shown";
      Message outcome = outcome_of(key, loss_, scenario_);
      outcome.arguments["at_most_ns"] = limit_.count();
      add("chaos.RpoExceeded", std::move(outcome));
    }
    return out;
  }

  // The lost entries that the limit is about.
  [[nodiscard]] std::uint64_t counted() const {
    return set_aside_ ? loss_.lost - loss_.lost_after : loss_.lost;
  }

  [[nodiscard]] Finding without_miss(Finding finding, const std::string& ledger) const {
    if (loss_.lost_after > 0) finding.notes.push_back(dated("judge.rpo.set-aside", loss_));
    if (set_aside_ && loss_.sent_when_over == 0U) {
      return inconclusive(std::move(finding), {"judge.rpo.nobody-wrote", {{"ledger", ledger}}});
    }
    if (counted() == 0) return nothing_lost(std::move(finding), loss_);
    if (auto few = too_few(loss_)) return inconclusive(std::move(finding), std::move(*few));
    if (*loss_.rpo.high < Duration::zero()) {
      return inconclusive(std::move(finding), {"judge.rpo.not-by-it", {{"lost", loss_.lost}}});
    }
    if (*loss_.rpo.high > limit_ || loss_.possible_holes > 0) {
      return inconclusive(std::move(finding),
                          outcome_of("judge.rpo.several-failures", loss_, scenario_));
    }
    return passed(std::move(finding), outcome_of("judge.rpo.within", loss_, scenario_));
  }

 private:
  const DataLoss& loss_;
  Duration limit_;
  bool set_aside_;
  const Scenario& scenario_;
};

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
  const bool set_aside = text_option(spec, "acknowledged-after-failure") == "allowed";
  const RpoJudge judge(*loss, limit, set_aside, record.scenario);
  if (auto misses = judge.misses(finding); !misses.empty()) return together(std::move(misses));
  return judge.without_miss(std::move(finding), ledger);
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
     .example = {{"rpo", {{"ledger", "readings"}, {"at-most", "1h"}}}},
     .failures = {"RpoExceeded", "LostAfterFailure", "LostAfterRecovery", "DataCorrupted",
                  "DataPhantom", "DataDuplicated", "DataHoles"},
     .counts = {.ever = true}},
    judge_rpo,
    {},
}};

}  // namespace
}  // namespace reprise
