// no-duplicates: {ledger, incident?}
//
// No write of a ledger is there more often than the plan allows, whatever else was lost.
#include "harness/judge/findings.h"
#include "harness/judge/incidents.h"
#include "harness/judge/ledger_evidence.h"
#include "harness/judge/options.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

Finding judge_no_duplicates(const AssertionSpec& spec, const Record& record) {
  const std::string ledger = text_option(spec, "ledger");
  Finding finding = unjudged(spec, {"judge.no-duplicates.statement", {{"ledger", ledger}}});
  const auto loss = loss_of(spec, record);
  if (!loss) return inconclusive(std::move(finding), loss.error());
  if (loss->duplicated > 0) {
    return missed(std::move(finding), "chaos.DataDuplicated",
                  {"judge.ledger.duplicated", {{"count", loss->duplicated}}});
  }
  // Of nothing there are no copies.
  if (loss->kept < least_acknowledged) {
    return inconclusive(std::move(finding), {"judge.no-duplicates.few", {{"count", loss->kept}}});
  }
  return passed(std::move(finding), {"judge.no-duplicates.none", {{"count", loss->kept}}});
}

const Registered<AssertionKind> no_duplicates_registered{{
    {.name = "no-duplicates",
     .summary = "No write of a ledger is there more often than the plan allows.",
     .options = ledger_options(),
     .example = {{"no-duplicates", {{"ledger", "readings"}}}},
     .failures = {"DataDuplicated"}},
    judge_no_duplicates,
    {},
}};

}  // namespace
}  // namespace reprise
