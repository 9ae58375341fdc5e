#include "reports/sentences.h"

#include <set>

#include "reports/catalogue.h"
#include "reports/predicate.h"

namespace reprise {

using nlohmann::json;

std::string status_word(Status status, const std::string& language) {
  static constexpr std::array keys = {"status.pass", "status.conditional", "status.skipped",
                                      "status.inconclusive", "status.fail"};
  return text(keys[static_cast<std::size_t>(status)], language);
}

std::string interval_text(const Interval& interval, const std::string& language) {
  json arguments = {{"low_ns", interval.low.count()}};
  if (!interval.high) return text("interval.open", language, arguments);
  arguments["high_ns"] = interval.high->count();
  // Ends that nobody could tell apart are one figure.
  if (duration_text(interval.low, language) == duration_text(*interval.high, language)) {
    return text("interval.exact", language, arguments);
  }
  if (interval.low <= Duration::zero()) return text("interval.at-most", language, arguments);
  return text("interval.between", language, arguments);
}

bool is_end(const Finding& finding) { return finding.name == "steady-state-at-the-end"; }

std::vector<Miss> misses_of(const Finding& finding) {
  if (finding.status != Status::fail && finding.status != Status::conditional) return {};
  std::vector<Miss> all{{finding.failure, finding.outcome, finding.cause, finding.known}};
  all.insert(all.end(), finding.others.begin(), finding.others.end());
  return all;
}

namespace {

// What a message says was expected of a probe, as predicates; of a level those that make it.
std::vector<json> expected_of(const Record& record, const std::string& probe,
                              const Message& message) {
  const auto expect = message.arguments.find("expect");
  if (expect == message.arguments.end()) return {};
  if (expect->is_object()) return {expect->value("predicate", json())};
  std::vector<json> out;
  const Levels& levels = record.scenario.levels_of(probe);
  if (*expect == "degraded" && levels.degraded) out.push_back(levels.degraded->source());
  if (*expect != "down" && levels.nominal) out.push_back(levels.nominal->source());
  return out;
}

// That the sample saw a value of another type than was expected: both may look the same.
std::string mismatch_text(const Record& record, const Miss& miss, const std::string& language) {
  const Cause& cause = *miss.cause;
  const auto probe = record.probes.find(cause.sample_probe);
  if (probe == record.probes.end()) return {};
  const auto& samples = probe->second.samples;
  const auto sample = std::ranges::lower_bound(samples, *cause.sample_at, {}, &Sample::intended);
  if (sample == samples.end() || sample->intended != *cause.sample_at) return {};
  for (const Message* message : {&cause.objective, &miss.outcome}) {
    for (const json& expected : expected_of(record, probe->first, *message)) {
      std::string told = type_mismatch(expected, probe->second.seen(*sample), language);
      if (!told.empty()) return told;
    }
  }
  return {};
}

std::string saw_text_of(const Record& record, const Miss& miss, const std::string& language) {
  const std::string& saw = miss.cause->sample_saw;
  const std::string mismatch = mismatch_text(record, miss, language);
  if (mismatch.empty()) return saw;
  return text("cause.saw-typed", language, {{"saw", saw}, {"mismatch", mismatch}});
}

// Sample and log line are what the other columns of a table do not tell.
std::string told_cause(const Record& record, const Miss& miss, const std::string& language,
                       bool whole) {
  if (!miss.cause) return {};
  const Cause& cause = *miss.cause;
  std::string sentence;
  const auto join = [&](std::string_view key, const json& arguments) {
    if (!sentence.empty()) sentence += text("cause.separator", language);
    sentence += text(key, language, arguments);
  };
  if (whole) join("cause.objective", {{"objective", render(cause.objective, language)}});
  if (whole && cause.measured) {
    join("cause.measured", {{"interval", interval_text(*cause.measured, language)}});
  }
  if (cause.sample_at) {
    join("cause.sample", {{"probe", cause.sample_probe},
                          {"at_ns", cause.sample_at->count()},
                          {"saw", saw_text_of(record, miss, language)}});
  }
  if (cause.log_at) {
    join("cause.log", {{"service", cause.log_service},
                       {"at_ns", cause.log_at->count()},
                       {"line", cause.log_line}});
  }
  return sentence.empty() ? sentence : sentence + ".";
}

}  // namespace

std::string cause_sentence(const Record& record, const Miss& miss, const std::string& language) {
  return told_cause(record, miss, language, true);
}

std::string cause_traces(const Record& record, const Miss& miss, const std::string& language) {
  return told_cause(record, miss, language, false);
}

std::string known_sentence(const std::optional<Known>& known, const std::string& language) {
  if (!known) return {};
  return text("finding.known", language,
              {{"finding", known->finding}, {"owner", known->owner}, {"until", known->until}});
}

const Finding* measured_against(const Verdict& verdict, std::string_view objective) {
  const auto upper = [](const Finding& finding) {
    if (!finding.measured) return Duration(-1);
    return finding.measured->high.value_or(Duration::max());
  };
  const Finding* chosen = nullptr;
  for (const Finding& finding : verdict.findings) {
    if (finding.objective != objective) continue;
    if (!chosen || upper(finding) > upper(*chosen)) chosen = &finding;
  }
  return chosen;
}

RecoveryTexts recovery_texts(const Verdict& verdict, const std::string& language) {
  const Finding* recovery = measured_against(verdict, "rto");
  const bool measured = recovery && recovery->measured;
  return {measured ? interval_text(*recovery->measured, language) : "–",
          recovery && recovery->limit ? duration_text(*recovery->limit, language) : "–"};
}

std::string ledger_remarks(const DataLoss& loss, const std::string& language) {
  const std::pair<const char*, std::uint64_t> counts[] = {
      {"ledger.refused", loss.refused},       {"ledger.unknown", loss.unknown},
      {"ledger.recovered", loss.recovered},   {"ledger.phantom", loss.phantom},
      {"ledger.duplicated", loss.duplicated}, {"ledger.corrupted", loss.corrupted},
      {"ledger.stale", loss.stale},           {"ledger.holes", loss.holes},
      {"ledger.lost-after", loss.lost_after}};
  std::string out;
  for (const auto& [key, count] : counts) {
    if (count == 0) continue;
    if (!out.empty()) out += ", ";
    out += text(key, language, {{"count", count}});
  }
  if (loss.acknowledged_before == 0) return out.empty() ? "–" : out;
  if (!out.empty()) out += text("cause.separator", language);
  return out + text("ledger.reach", language, {{"reach_ns", loss.reach.count()}});
}

std::string headline(const Drill& drill, const std::string& language) {
  const Verdict& verdict = drill.verdict;
  const auto first = [&](Status status) -> const Finding* {
    const auto found = std::ranges::find(verdict.findings, status, &Finding::status);
    return found == verdict.findings.end() ? nullptr : &*found;
  };
  const Finding* finding = first(verdict.status);
  if (verdict.status == Status::fail && finding) {
    const std::string cause = cause_sentence(drill.record, misses_of(*finding).front(), language);
    const std::string outcome = render(finding->outcome, language);
    // What the scenario never asked for needs to be said first.
    if (!cause.empty() && is_end(*finding)) return outcome + ". " + cause;
    return cause.empty() ? outcome : cause;
  }
  if (verdict.status == Status::conditional && finding && finding->known) {
    return text("headline.conditional", language,
                {{"finding", finding->known->finding},
                 {"owner", finding->known->owner},
                 {"until", finding->known->until},
                 {"outcome", render(finding->outcome, language)}});
  }
  if (verdict.status == Status::pass) {
    return text("headline.pass", language, {{"count", verdict.findings.size()}});
  }
  if (!verdict.reasons.empty()) return render(verdict.reasons.front(), language);
  return finding ? render(finding->outcome, language) : text("headline.nothing", language);
}

std::vector<std::string> also_missed(const Drill& drill, const std::string& language) {
  const Status status = drill.verdict.status;
  std::vector<std::string> told;
  if (status != Status::fail && status != Status::conditional) return told;
  for (const Finding& finding : drill.verdict.findings) {
    if (finding.status != status) continue;
    for (const Miss& miss : misses_of(finding)) {
      const std::string known = known_sentence(miss.known, language);
      told.push_back(render(miss.outcome, language) + "." + (known.empty() ? "" : " " + known));
    }
  }
  if (!told.empty()) told.erase(told.begin());
  return told;
}

std::vector<Message> earlier_attempts(const Drill& drill) {
  std::vector<Message> told;
  for (const EarlierAttempt& one : drill.record.earlier) {
    told.push_back({"attempt.earlier", {{"journal", one.journal}, {"head", one.head}}});
  }
  return told;
}

std::string suite_name(const Drill& drill) {
  return drill.record.plan.name + "/" + drill.record.scenario.name;
}

std::string drill_name(const Drill& drill) {
  if (drill.record.scenario.repeat <= 1) return suite_name(drill);
  return fmt::format("{}#{}", suite_name(drill), drill.record.repeat + 1);
}

std::string drill_title(const Drill& drill, const std::string& language) {
  const std::string& title = drill.record.scenario.title.in(language);
  return title.empty() ? drill.record.scenario.name : title;
}

Counts counts(const Run& run) {
  Counts counted;
  for (const Drill& drill : run.drills) {
    ++counted.by_status[static_cast<std::size_t>(drill.verdict.status)];
    if (!drill.verdict.clean) ++counted.unclean;
  }
  return counted;
}

std::string counts_text(const Counts& counted, const std::string& language) {
  std::string out;
  const auto add = [&](std::size_t count, const std::string& key) {
    if (count == 0) return;
    if (!out.empty()) out += ", ";
    out += text("count." + key + (count == 1 ? ".one" : ".many"), language, {{"count", count}});
  };
  add(counted.of(Status::fail), "fail");
  add(counted.of(Status::inconclusive), "inconclusive");
  add(counted.of(Status::skipped), "skipped");
  add(counted.of(Status::conditional), "conditional");
  add(counted.of(Status::pass), "pass");
  add(counted.unclean, "unclean");
  return out;
}

std::string tools_text(const Run& run) {
  std::set<std::string> tools;
  for (const Drill& drill : run.drills) tools.insert(drill.record.tool);
  return fmt::format("{}", fmt::join(tools, ", "));
}

Status worst(const Run& run) {
  Status status = Status::pass;
  for (const Drill& drill : run.drills) status = std::max(status, drill.verdict.status);
  return status;
}

}  // namespace reprise
