#include "harness/judge/judge.h"

#include <algorithm>

#include "harness/judge/figures.h"
#include "harness/judge/findings.h"
#include "harness/judge/incidents.h"
#include "harness/judge/inconclusive.h"
#include "harness/judge/ladder.h"
#include "harness/judge/ledger_evidence.h"
#include "harness/judge/options.h"
#include "harness/judge/steady.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

// A declared deficiency covers exactly the miss that it names: conditional until its date, a plain
// miss from the day after. Another miss of the same assertion leads, and fails.
void apply_known(Finding& finding, const AssertionSpec& spec, const std::string& date) {
  if (!spec.known) return;
  if (finding.status == Status::pass) finding.unexpected_pass = true;
  if (finding.status != Status::fail) return;
  const std::string covered = "chaos." + spec.known->failure;
  for (Miss& miss : finding.others) {
    if (miss.failure == covered) miss.known = spec.known;
  }
  if (finding.failure != covered) return;
  if (finding.others.empty()) {
    finding.known = spec.known;
    if (date <= spec.known->until) finding.status = Status::conditional;
    return;
  }
  Miss& next = finding.others.front();
  std::swap(finding.failure, next.failure);
  std::swap(finding.outcome, next.outcome);
  std::swap(finding.cause, next.cause);
  next.known = spec.known;
}

Finding judge_assertion(const AssertionSpec& spec, const Record& record) {
  const auto* kind = Registry<AssertionKind>::find(spec.kind);
  if (kind && kind->judge) return kind->judge(spec, record);
  Finding finding = unjudged(spec, {"judge.unknown-kind", {{"kind", spec.kind}}});
  return inconclusive(std::move(finding), {"judge.unknown-kind", {{"kind", spec.kind}}});
}

// A reason for the whole drill takes away every pass; one that voids the evidence every miss too.
void apply_reasons(Finding& finding, const std::vector<Reason>& reasons) {
  const Reason* strongest = nullptr;
  for (const Reason& reason : reasons) {
    if (!strongest || (reason.voids_misses && !strongest->voids_misses)) strongest = &reason;
  }
  if (!strongest || finding.status == Status::inconclusive) return;
  if (finding.status != Status::pass && !strongest->voids_misses) return;
  finding.status = Status::inconclusive;
  finding.outcome = strongest->message;
  finding.failure.clear();
  finding.cause.reset();
  finding.known.reset();
  finding.others.clear();
  finding.unexpected_pass = false;
}

void add_residue(Verdict& verdict, const Record& record) {
  verdict.residue = record.residue;
  for (const auto& fault : record.faults) {
    if (fault.undo_failed.empty()) continue;
    verdict.residue.push_back(fmt::format("{}: {}", fault.id, fault.undo_failed));
  }
  verdict.clean = verdict.residue.empty();
}

}  // namespace

std::string_view status_name(Status status) {
  switch (status) {
    case Status::pass: return "pass";
    case Status::conditional: return "conditional";
    case Status::skipped: return "skipped";
    case Status::inconclusive: return "inconclusive";
    case Status::fail: return "fail";
  }
  broken_invariant("a status is one of five", __FILE__, __LINE__);
}

Status worse(Status left, Status right) { return std::max(left, right); }

Verdict judge(const Record& record) {
  Verdict verdict;
  add_residue(verdict, record);
  verdict.figures = figures_of(record);
  verdict.ledgers = ledger_figures(record);
  verdict.ladders = ladders_of(record, verdict.ledgers);
  std::vector<Reason> reasons = drill_reasons(record);
  auto steady = judge_steady(record);
  const bool held = record.steady == "held" && (!steady || steady->status == Status::pass);
  if (steady) {
    // What the samples say against the engine's word voids the drill like the engine's own word.
    if (steady->status != Status::pass && record.steady == "held") {
      reasons.insert(reasons.begin(), {steady->outcome, true});
    }
    verdict.findings.push_back(std::move(*steady));
  }
  const auto add = [&](Finding finding) {
    const bool miss = finding.status == Status::fail || finding.status == Status::conditional;
    apply_reasons(finding, reasons);
    verdict.voided_miss |= miss && held && finding.status == Status::inconclusive;
    verdict.findings.push_back(std::move(finding));
  };
  const std::string date = format_utc(record.started).substr(0, 10);
  for (const auto& spec : record.scenario.assertions) {
    Finding finding = judge_assertion(spec, record);
    apply_known(finding, spec, date);
    add(std::move(finding));
  }
  if (held) {
    if (auto end = judge_steady_at_the_end(record)) add(std::move(*end));
  }
  verdict.status = reasons.empty() ? Status::pass : Status::inconclusive;
  for (const auto& finding : verdict.findings) {
    verdict.status = worse(verdict.status, finding.status);
  }
  for (auto& reason : reasons) verdict.reasons.push_back(std::move(reason.message));
  return verdict;
}

int exit_code(const std::vector<Verdict>& verdicts) {
  auto any = [&](auto&& predicate) { return std::ranges::any_of(verdicts, predicate); };
  if (any([](const Verdict& verdict) { return !verdict.clean; })) return 4;
  if (any([](const Verdict& verdict) { return verdict.status == Status::fail; })) return 1;
  const bool nothing = verdicts.empty();
  if (nothing || any([](const Verdict& verdict) { return verdict.status > Status::conditional; })) {
    return 3;
  }
  return 0;
}

}  // namespace reprise
