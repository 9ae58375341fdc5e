#include "harness/judge/ladder.h"

#include <algorithm>

#include "harness/judge/findings.h"
#include "harness/judge/incidents.h"
#include "harness/judge/ledger_evidence.h"
#include "harness/judge/options.h"
#include "harness/judge/procedure_evidence.h"

namespace reprise {
namespace {

bool on_a_rung(const Step& step) { return !step.rung.empty(); }

// The rung with one step more; no `done`: the journal ends before it.
void put_step(Rung& rung, const Step& step, const StepRecord* done) {
  rung.steps.push_back(done ? done->name() : Text{{{"", step.kind}}});
  if (!rung.started && done) rung.started = done->started;
  if (rung.state == Rung::State::absent) rung.state = Rung::State::climbed;
  if (rung.state != Rung::State::climbed) return;
  if (done && done->state == "finished") {
    rung.reached = done->finished;
    return;
  }
  rung.reached.reset();
  const bool failed = done && done->state == "failed";
  rung.state = failed ? Rung::State::failed : Rung::State::unreached;
  rung.why = failed
                 ? Message{"judge.restore.step-failed",
                           {{"step", step_text(*done)}, {"why", done->result}}}
                 : Message{"judge.restore.step-left", {{"step", text_argument(rung.steps.back())}}};
}

Rung climbed_by_steps(std::string_view name, const ProcedureRecord& run,
                      const std::vector<Step>& steps) {
  Rung rung;
  rung.name = name;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].rung != name) continue;
    const auto done = std::ranges::find(run.steps, static_cast<int>(i), &StepRecord::index);
    put_step(rung, steps[i], done == run.steps.end() ? nullptr : &*done);
  }
  return rung;
}

Rung climbed_by_ledgers(const std::vector<LedgerFigures>& ledgers) {
  Rung rung;
  rung.name = "ledger";
  for (const LedgerFigures& one : ledgers) {
    rung.steps.push_back({{{"", one.ledger}}});
    if (rung.state == Rung::State::failed) continue;
    if (one.problem) {
      rung.state = Rung::State::untold;
      rung.why = one.problem;
    } else if (const auto miss = ledger_miss({}, one)) {
      rung.state = Rung::State::failed;
      rung.why = miss->outcome;
    } else if (auto few = too_few(one.loss)) {
      rung.state = Rung::State::untold;
      rung.why = std::move(few);
    } else if (rung.state == Rung::State::absent) {
      rung.state = Rung::State::climbed;
    }
  }
  return rung;
}

}  // namespace

std::string_view rung_state_name(Rung::State state) {
  switch (state) {
    case Rung::State::climbed: return "climbed";
    case Rung::State::failed: return "failed";
    case Rung::State::unreached: return "unreached";
    case Rung::State::untold: return "untold";
    case Rung::State::absent: return "absent";
  }
  broken_invariant("a rung's state is one of five", __FILE__, __LINE__);
}

std::optional<Finding> ledger_miss(const Finding& finding, const LedgerFigures& ledger) {
  if (ledger.problem) return std::nullopt;
  if (auto misses = unsound(finding, ledger.loss); !misses.empty()) {
    return together(std::move(misses));
  }
  if (ledger.loss.lost == 0 || ledger.loss.rpo.high) return std::nullopt;
  return missed(finding, "chaos.DataLost",
                {"judge.restore.ledger-lost", {{"ledger", ledger.ledger}}});
}

Ladder ladder_of(const ProcedureRecord& run, const Record& record,
                 const std::vector<LedgerFigures>& ledgers) {
  Ladder out;
  out.procedure = run.name;
  out.incident = first_commanded(record);
  const auto& steps = planned_steps(run, record.plan);
  for (const auto name : ladder_rungs) {
    out.rungs.push_back(name == "ledger" ? climbed_by_ledgers(ledgers)
                                         : climbed_by_steps(name, run, steps));
  }
  return out;
}

std::vector<Ladder> ladders_of(const Record& record, const std::vector<LedgerFigures>& ledgers) {
  std::vector<Ladder> out;
  for (const ProcedureRecord& run : record.procedures) {
    const bool climbs = std::ranges::any_of(planned_steps(run, record.plan), on_a_rung);
    if (run.started && climbs) out.push_back(ladder_of(run, record, ledgers));
  }
  return out;
}

}  // namespace reprise
