#include "harness/judge/ledger_evidence.h"

#include <map>

#include "harness/judge/evidence.h"

namespace reprise {

std::optional<Failure> first_failure(const Record& record, const std::string& incident) {
  for (const FaultRecord& fault : record.faults) {  // by t_cmd
    if (!fault.commanded || (!incident.empty() && fault.id != incident)) continue;
    std::optional<Duration> over = last_mended(record);
    if (over) over = std::max(*over, *fault.commanded);
    return Failure{*fault.commanded, fault.armed.value_or(fault.bit.value_or(*fault.commanded)),
                   over};
  }
  return std::nullopt;
}

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
  const auto failure = first_failure(record, text_option(spec, "incident"));
  if (!failure) return unusable("judge.no-bite");
  DataLoss loss = data_loss(ledger, *failure, static_cast<unsigned>(planned->second.copies));
  if (loss.acknowledged == 0) return unusable("judge.ledger.no-answers");
  return loss;
}

Shape ledger_options(std::vector<Shape::Field> more) {
  std::vector<Shape::Field> fields{
      {"ledger", Shape::name(), required, "a ledger of the plan"},
      {"incident",
       Shape::name(),
       {},
       "the id of the fault from which the loss is counted; default the first"}};
  fields.insert(fields.end(), more.begin(), more.end());
  return Shape::object(std::move(fields));
}

std::optional<Finding> unsound(const Finding& finding, const DataLoss& loss) {
  const struct {
    std::uint64_t count;
    const char* failure;
    const char* key;
  } kinds[] = {{loss.corrupted, "chaos.DataCorrupted", "judge.ledger.corrupted"},
               {loss.phantom, "chaos.DataPhantom", "judge.ledger.phantom"},
               {loss.duplicated, "chaos.DataDuplicated", "judge.ledger.duplicated"},
               {loss.holes, "chaos.DataHoles", "judge.ledger.holes"}};
  for (const auto& kind : kinds) {
    if (kind.count == 0) continue;
    Message outcome{kind.key, {{"count", kind.count}}};
    return missed(finding, kind.failure, std::move(outcome));
  }
  return std::nullopt;
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
  const Duration seen = loss.lost == 0 ? *loss.rpo.high : loss.resolution;
  message.arguments["resolution_ns"] = seen.count();
  message.arguments["reach_ns"] = loss.reach.count();
}

}  // namespace reprise
