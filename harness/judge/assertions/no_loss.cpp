// no-loss: {ledger, incident?}
//
// Every acknowledged write is there at the end, once and unchanged.
#include "harness/judge/findings.h"
#include "harness/judge/incidents.h"
#include "harness/judge/ledger_evidence.h"
#include "harness/judge/options.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

Finding judge_no_loss(const AssertionSpec& spec, const Record& record) {
  const std::string ledger = text_option(spec, "ledger");
  Finding finding = unjudged(spec, {"judge.no-loss.statement", {{"ledger", ledger}}});
  const auto loss = loss_of(spec, record);
  if (!loss) return inconclusive(std::move(finding), loss.error());
  finding.measured = loss->rpo;
  auto misses = unsound(finding, *loss);
  if (loss->lost > 0) {
    Message outcome{"judge.no-loss.lost", nlohmann::json::object()};
    add_counts(outcome, *loss);
    misses.push_back(missed(finding, "chaos.DataLost", std::move(outcome)));
  }
  if (!misses.empty()) return together(std::move(misses));
  return nothing_lost(std::move(finding), *loss);
}

const Registered<AssertionKind> no_loss_registered{{
    {.name = "no-loss",
     .summary = "Every acknowledged write of a ledger is there at the end, once and unchanged.",
     .options = ledger_options(),
     .example = {{"no-loss", {{"ledger", "readings"}}}},
     .failures = {"DataLost", "DataCorrupted", "DataPhantom", "DataDuplicated", "DataHoles"},
     .counts = {.ever = true}},
    judge_no_loss,
    {},
}};

}  // namespace
}  // namespace reprise
