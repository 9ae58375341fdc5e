#include "reports/sentences.h"

#include <set>

#include "reports/catalogue.h"

namespace reprise {

using nlohmann::json;

std::string status_word(Status status, const std::string& language) {
  static constexpr std::array keys = {"status.pass", "status.conditional", "status.skipped",
                                      "status.inconclusive", "status.fail"};
  return text(keys[static_cast<std::size_t>(status)], language);
}

std::string level_word(Level level, const std::string& language) {
  static constexpr std::array keys = {"level.nominal", "level.degraded", "level.down"};
  return text(keys[static_cast<std::size_t>(level)], language);
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

namespace {

// Sample and log line are what the other columns of a table do not tell.
std::string told_cause(const Cause& cause, const std::string& language, bool whole) {
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
                          {"saw", cause.sample_saw}});
  }
  if (cause.log_at) {
    join("cause.log", {{"service", cause.log_service},
                       {"at_ns", cause.log_at->count()},
                       {"line", cause.log_line}});
  }
  return sentence.empty() ? sentence : sentence + ".";
}

}  // namespace

std::string cause_sentence(const Finding& finding, const std::string& language) {
  return finding.cause ? told_cause(*finding.cause, language, true) : std::string();
}

std::string cause_traces(const Finding& finding, const std::string& language) {
  return finding.cause ? told_cause(*finding.cause, language, false) : std::string();
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
    const std::string cause = cause_sentence(*finding, language);
    return cause.empty() ? render(finding->outcome, language) : cause;
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
