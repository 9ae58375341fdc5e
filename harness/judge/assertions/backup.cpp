// backup: {probe, younger-than?, at-least?, none-older-than?, at?: incident | end,
//          incident?: FAULT | each}
//
// Each sample of a probe of backups shows one that can be restored, no older than so much, so many
// in all, and none that should be gone: those from the incident on (beginning with the last before
// it), or only the last before the incident, or only the last of all. Until the next sample, or the
// incident, a backup ages on: the greatest age lies in [a, a + that time], judged on its upper end.
#include <algorithm>

#include "harness/judge/cause.h"
#include "harness/judge/findings.h"
#include "harness/judge/incidents.h"
#include "harness/judge/options.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

struct BackupTerms {
  std::string probe;
  std::optional<Duration> younger_than, none_older_than;
  std::optional<std::int64_t> at_least;
  std::string at;  // incident, end; empty: from the incident on
};

// What one sample told of the backups.
struct Stock {
  const Sample* sample = nullptr;
  std::int64_t count = 0;
  std::optional<Duration> age, oldest;  // of the newest restorable one, of the oldest of all
  Duration until{};                     // when the next was told, or what is asked about ended
};

std::optional<Stock> told(const ProbeRecord& probe, const Sample& sample) {
  const Observation& seen = probe.seen(sample);
  const auto count = seen.values.find("count");
  if (seen.outcome != "answered" || count == seen.values.end() || !count->is_number_integer()) {
    return std::nullopt;
  }
  return Stock{&sample, count->get<std::int64_t>(), told_duration(seen.values, "age"),
               told_duration(seen.values, "oldest"), sample.finished};
}

struct Stocks {
  std::vector<Stock> told;  // none when the last word is missing that is asked for
  bool gaps = false;        // a sample among them was not answered
};

// Those that count.
Stocks judged_stocks(const ProbeRecord& probe, const BackupTerms& terms, Duration incident,
                     Duration settled) {
  std::vector<Stock> stocks;
  bool last_told = false, gaps = false;
  for (const Sample& sample : probe.samples) {
    if (terms.at == "incident" && sample.finished > incident) continue;
    const auto stock = told(probe, sample);
    last_told = stock.has_value();
    gaps = gaps || !stock;
    if (!stock) continue;
    const bool alone = !terms.at.empty() || sample.finished <= incident;
    if (alone) {
      stocks.clear();
      gaps = false;
    }
    if (!stocks.empty()) stocks.back().until = sample.finished;
    stocks.push_back(*stock);
  }
  // Without an answer to the last question, nobody knows what is there now.
  if (!last_told) return {};
  if (terms.at == "incident") {
    stocks.back().until = incident;
  } else if (stocks.back().sample->intended < settled) {
    return {};
  }
  return {std::move(stocks), gaps};
}

// Of samples that all tell an age.
Interval greatest_age(const std::vector<Stock>& stocks) {
  Interval out{Duration::zero(), Duration::zero()};
  for (const Stock& stock : stocks) {
    const Duration gap = tamed(stock.until - stock.sample->finished);
    out.low = std::max(out.low, *stock.age);
    out.high = std::max(*out.high, *stock.age + gap);
  }
  return out;
}

struct Shortcoming {
  const char* failure;
  Message message;
};

std::vector<Shortcoming> shortcomings(const Stock& stock, const BackupTerms& terms) {
  std::vector<Shortcoming> out;
  if (!stock.age) {
    out.push_back({"chaos.NoRestorableBackup",
                   {"judge.backup.none", {{"probe", terms.probe}, {"count", stock.count}}}});
  }
  if (terms.at_least && stock.count < *terms.at_least) {
    out.push_back({"chaos.BackupsMissing",
                   {"judge.backup.few",
                    {{"probe", terms.probe}, {"count", stock.count}, {"least", *terms.at_least}}}});
  }
  const Duration oldest = stock.oldest.value_or(Duration::max());
  if (terms.none_older_than && stock.count > 0 && oldest > *terms.none_older_than) {
    out.push_back({"chaos.BackupKeptTooLong",
                   {"judge.backup.kept-too-long",
                    {{"probe", terms.probe},
                     {"oldest_ns", oldest.count()},
                     {"allowed_ns", terms.none_older_than->count()}}}});
  }
  return out;
}

class StockJudge {
 public:
  StockJudge(const BackupTerms& terms, const std::vector<Stock>& stocks, const Record& record)
      : terms_(terms), stocks_(stocks), record_(record) {}

  [[nodiscard]] Finding judge(Finding finding) const {
    std::vector<Finding> misses;
    for (const Stock& stock : stocks_) {
      for (Shortcoming& found : shortcomings(stock, terms_)) {
        misses.push_back(miss(finding, found.failure, std::move(found.message), stock));
      }
    }
    std::vector<Stock> restorable;
    std::ranges::copy_if(stocks_, std::back_inserter(restorable),
                         [](const Stock& stock) { return stock.age.has_value(); });
    if (restorable.empty()) return together(std::move(misses));
    finding.measured = greatest_age(restorable);
    for (Finding& one : misses) one.measured = finding.measured;
    const bool young = !terms_.younger_than || *finding.measured->high <= *terms_.younger_than;
    Message outcome{"judge.backup.kept",
                    {{"probe", terms_.probe}, {"count", stocks_.back().count}}};
    add_interval(outcome, *finding.measured, record_.scenario);
    if (!young) {
      const bool surely = finding.measured->low > *terms_.younger_than;
      outcome.key = surely ? "judge.backup.too-old" : "judge.backup.not-shown";
      outcome.arguments["within_ns"] = terms_.younger_than->count();
      misses.push_back(miss(finding, "chaos.BackupTooOld", outcome,
                            *std::ranges::max_element(restorable, {}, &Stock::age)));
    }
    if (!misses.empty()) return together(std::move(misses));
    return passed(std::move(finding), std::move(outcome));
  }

 private:
  [[nodiscard]] Finding miss(const Finding& finding, const char* failure, Message outcome,
                             const Stock& stock) const {
    Finding out = missed(finding, failure, std::move(outcome));
    out.cause = cause_of(out, record_, terms_.probe, *stock.sample);
    return out;
  }

  const BackupTerms& terms_;
  const std::vector<Stock>& stocks_;
  const Record& record_;
};

Message statement_of(const BackupTerms& terms, const Record& record) {
  const auto limit = [](const std::optional<Duration>& term) {
    return term ? nlohmann::json(term->count()) : nlohmann::json();
  };
  Message out{"judge.backup.statement",
              {{"probe", terms.probe},
               {"when_key", "backup.at." + (terms.at.empty() ? "all" : terms.at)},
               {"least", terms.at_least.value_or(1)},
               {"within_ns", limit(terms.younger_than)},
               {"retention_ns", limit(terms.none_older_than)}}};
  if (!terms.younger_than) return out;
  tell_compression(out, "judge.backup.statement-compressed", *terms.younger_than, record.scenario);
  return out;
}

Finding judge_backup(const AssertionSpec& spec, const Record& record) {
  const BackupTerms terms{text_option(spec, "probe"), duration_option(spec, "younger-than"),
                          duration_option(spec, "none-older-than"),
                          integer_option(spec, "at-least"), text_option(spec, "at")};
  Finding finding = unjudged(spec, statement_of(terms, record));
  finding.limit = terms.younger_than;
  finding.objective.clear();  // a backup's age is what might be lost; only a ledger tells what was
  const auto probe = record.probes.find(terms.probe);
  auto incidents = incidents_of(spec, record);
  if (incidents.empty()) return inconclusive(std::move(finding), {"judge.no-bite"});
  // From the first of them on, or at the end: what counts from a later one is a part of that.
  if (terms.at != "incident") incidents.resize(1);
  std::vector<Finding> judged;
  for (const FaultRecord* incident : incidents) {
    Stocks found;
    if (probe != record.probes.end() && (terms.at == "incident" || came_to_its_end(record))) {
      found = judged_stocks(probe->second, terms, *incident->commanded, last_incident(record));
    }
    const std::vector<Stock>& stocks = found.told;
    if (stocks.empty()) {
      judged.push_back(inconclusive(finding, {"judge.backup.untold", {{"probe", terms.probe}}}));
      continue;
    }
    Finding one = finding;
    one.from = stocks.front().sample->intended;
    one.to = stocks.back().sample->finished;
    judged.push_back(StockJudge(terms, stocks, record).judge(std::move(one)));
    if (found.gaps && judged.back().status == Status::pass) {
      judged.back() =
          inconclusive(std::move(judged.back()), {"judge.backup.untold", {{"probe", terms.probe}}});
    }
  }
  return together(std::move(judged));
}

// A first word after the last incident.
std::optional<Awaited> awaits_backup(const AssertionSpec& spec, const Scenario&, const Plan&) {
  return Awaited{text_option(spec, "probe"), *Expected::parse({{"count", {{"exists", true}}}}),
                 Duration::zero()};
}

const Registered<AssertionKind> backup_registered{{
    {.name = "backup",
     .summary = "Backups that can be restored are there, young enough, and none is kept too long.",
     .options = Shape::object(
         {{"probe", Shape::name_of("probe"), required, "of kind backups"},
          {"younger-than",
           Shape::either({Shape::duration(), Shape::choice({"rpo"})}),
           {},
           "what the newest restorable one may be old: a duration, or `rpo`"},
          {"at-least", Shape::integer(1, 1'000'000), {}, "how many there must be; default 1"},
          {"none-older-than", Shape::duration(), {}, "the retention: older ones must be gone"},
          {"at",
           Shape::choice({"incident", "end"}),
           {},
           "only the last sample before the incident, or of all, counts; default all from then "
           "on"},
          incident_field()}),
     .example = {{"backup", {{"probe", "dumps"}, {"younger-than", "1h"}}}},
     .failures = {"NoRestorableBackup", "BackupsMissing", "BackupKeptTooLong", "BackupTooOld"},
     .counts = {.ever = true, .unless = {"at", "end"}},
     .probe_kind = "backups"},
    judge_backup,
    awaits_backup,
}};

}  // namespace
}  // namespace reprise
