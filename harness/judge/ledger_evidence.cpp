#include "harness/judge/ledger_evidence.h"

#include <algorithm>
#include <map>

#include "harness/judge/findings.h"
#include "harness/judge/incidents.h"
#include "harness/judge/options.h"

namespace reprise {

std::expected<DataLoss, Message> loss_of(const AssertionSpec& spec, const Record& record) {
  const std::string name = text_option(spec, "ledger");
  const auto unusable = [&](const char* key, const std::string& why = {}) {
    return std::unexpected(Message{key, {{"ledger", name}, {"why", why}}});
  };
  const auto found = record.ledgers.find(name);
  const auto planned = record.plan.ledgers.find(name);
  if (found == record.ledgers.end() || planned == record.plan.ledgers.end()) {
    return unusable("judge.ledger.unread");
  }
  const LedgerRecord& ledger = found->second;
  if (!ledger.problem.empty()) return unusable("judge.ledger.unreadable", ledger.problem);
  if (!ledger.settled) return unusable("judge.ledger.unsettled");
  Failures failures;
  for (const FaultRecord* fault : incidents_of(spec, record)) {
    failures.each.push_back({*fault->commanded, std::max(*fault->commanded, armed_of(*fault))});
  }
  if (failures.each.empty()) return unusable("judge.no-bite");
  // A fault that came after the last healing or procedure may have lost what was sent before it.
  // Nobody heals events: with nothing else they are over when the recover phase begins.
  const bool events_only = std::ranges::all_of(
      record.faults, [](const FaultRecord& fault) { return fault.nature == Nature::event; });
  if (last_mended(record)) {
    failures.over = last_incident(record);
  } else if (events_only && record.phase("recover")) {
    failures.over = recovery_begins(record);
  }
  const bool set_aside = text_option(spec, "acknowledged-after-failure") == "allowed";
  DataLoss loss =
      data_loss(ledger, failures, static_cast<unsigned>(planned->second.copies), set_aside);
  if (loss.acknowledged == 0) return unusable("judge.ledger.no-answers");
  return loss;
}

Shape ledger_options(std::vector<Shape::Field> more) {
  std::vector<Shape::Field> fields{{"ledger", Shape::name(), required, "a ledger of the plan"},
                                   incident_field()};
  fields.insert(fields.end(), more.begin(), more.end());
  return Shape::object(std::move(fields));
}

std::vector<Finding> unsound(const Finding& finding, const DataLoss& loss) {
  const struct {
    std::uint64_t count;
    const char* failure;
    const char* key;
  } kinds[] = {{loss.corrupted, "chaos.DataCorrupted", "judge.ledger.corrupted"},
               {loss.phantom, "chaos.DataPhantom", "judge.ledger.phantom"},
               {loss.duplicated, "chaos.DataDuplicated", "judge.ledger.duplicated"},
               {loss.holes, "chaos.DataHoles", "judge.ledger.holes"}};
  std::vector<Finding> out;
  for (const auto& kind : kinds) {
    if (kind.count == 0) continue;
    Message outcome{kind.key, {{"count", kind.count}}};
    out.push_back(missed(finding, kind.failure, std::move(outcome)));
  }
  return out;
}

std::optional<Message> too_few(const DataLoss& loss) {
  if (loss.acknowledged_before >= least_acknowledged) return std::nullopt;
  return Message{"judge.ledger.few",
                 {{"count", loss.acknowledged_before}, {"least", least_acknowledged}}};
}

Finding nothing_lost(Finding finding, const DataLoss& loss) {
  if (auto few = too_few(loss)) return inconclusive(std::move(finding), std::move(*few));
  if (finding.limit && *loss.rpo.high > *finding.limit) {
    Message coarse{
        "judge.too-coarse",
        {{"resolution_ns", loss.rpo.high->count()}, {"within_ns", finding.limit->count()}}};
    return inconclusive(std::move(finding), std::move(coarse));
  }
  Message outcome{"judge.rpo.nothing-lost", nlohmann::json::object()};
  add_counts(outcome, loss);
  return passed(std::move(finding), std::move(outcome));
}

std::vector<LedgerFigures> ledger_figures(const Record& record) {
  std::map<std::string, const AssertionSpec*> first;  // that looks at the ledger
  for (const AssertionSpec& spec : record.scenario.assertions) {
    const std::string name = text_option(spec, "ledger");
    if (!name.empty()) first.emplace(name, &spec);
  }
  std::vector<LedgerFigures> figures;
  for (const auto& [name, spec] : first) {
    auto& one = figures.emplace_back(LedgerFigures{name, {}, {}});
    if (auto loss = loss_of(*spec, record)) {
      one.loss = *loss;
    } else {
      one.problem = std::move(loss.error());
    }
  }
  return figures;
}

void add_counts(Message& message, const DataLoss& loss) {
  message.arguments["acknowledged"] = loss.acknowledged;
  message.arguments["lost"] = loss.lost;
  const bool none = loss.lost == loss.lost_after;
  const Duration seen = none && loss.rpo.high ? *loss.rpo.high : loss.resolution;
  message.arguments["resolution_ns"] = seen.count();
  message.arguments["reach_ns"] = loss.reach.count();
  message.arguments["lost_after"] = loss.lost_after;
}

}  // namespace reprise
