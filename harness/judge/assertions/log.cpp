// log: {service, matches, within?, at-least?, absent?, evidence?, during?: fault | all,
//       incident?: FAULT | each}
//
// The service prints such a line (or, with `absent`, none) after the fault's first victim; in a
// drill without faults, at any time. `within` counts from that instant. A service whose log nobody
// keeps (external), or a silence that may only mean that nothing was kept, proves nothing. Lines
// that are `evidence` tell that the drill met what it is about: too few are no miss of the plan.
#include <algorithm>

#include "harness/judge/cause.h"
#include "harness/judge/findings.h"
#include "harness/judge/incidents.h"
#include "harness/judge/options.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

struct LogTerms {
  std::string service, matches;
  std::optional<Duration> within;
  std::size_t at_least = 1;
  bool absent = false, evidence = false;
};

// The time that is searched; `from` is what `within` and the figure count from.
struct LogWindow {
  Duration from{}, searched{};
  std::optional<Duration> to;
};

struct Found {
  std::vector<const LogLine*> lines;  // such a line; one that was left out may stand for many
  std::size_t count = 0;
  bool any = false;  // the service printed something at some time
  bool gap = false;  // what may have been printed in the time searched was not searched
};

// In how many lines that this one is, or stands for, the pattern was found.
std::size_t found_in(const LogLine& line, const Expectation& pattern, const std::string& matches) {
  if (const auto whole = line.found.find(matches); whole != line.found.end()) return whole->second;
  if (line.gap || (line.cut && !line.unsearched)) return 0;
  return pattern.holds({"answered", {{"text", line.line}}}) ? 1 : 0;
}

Found find_lines(const Record& record, const LogTerms& terms, const Expectation& pattern,
                 const LogWindow& window) {
  Found out;
  Duration before{};
  for (const LogLine& line : record.log) {
    if (record.log_services[line.service] != terms.service) continue;
    // What was left out was printed between the line before it and the one after.
    const Duration begun = line.gap ? before : line.at;
    before = line.at;
    out.any = true;
    if (line.at < window.searched || (window.to && begun > *window.to)) continue;
    const bool surely = begun >= window.searched && (!window.to || line.at <= *window.to);
    const std::size_t found = found_in(line, pattern, terms.matches);
    if (line.unsearched || (found > 0 && !surely)) out.gap = true;
    if (found == 0 || !surely) continue;
    out.lines.push_back(&line);
    out.count += found;
  }
  return out;
}

Message statement_of(const LogTerms& terms) {
  Message out{terms.absent ? "judge.log.statement-absent" : "judge.log.statement",
              {{"service", terms.service}, {"matches", terms.matches}, {"count", terms.at_least}}};
  if (!terms.within) return out;
  out.key = terms.absent ? "judge.log.statement-absent-within" : "judge.log.statement-within";
  out.arguments["within_ns"] = terms.within->count();
  return out;
}

Finding log_untold(Finding finding, const LogTerms& terms, const char* key) {
  return inconclusive(std::move(finding), {key, {{"service", terms.service}}});
}

Finding judge_absent(Finding finding, const LogTerms& terms, const Found& found, Duration end,
                     const Record& record) {
  if (!found.lines.empty()) {
    finding = missed(
        std::move(finding), "chaos.LogForbidden",
        {"judge.log.forbidden", {{"service", terms.service}, {"line", found.lines.front()->line}}});
    finding.cause->log_at = found.lines.front()->at;
    finding.cause->log_service = terms.service;
    finding.cause->log_line = found.lines.front()->line;
    return finding;
  }
  if (!found.any) return log_untold(std::move(finding), terms, "judge.log.silent");
  if (found.gap) return log_untold(std::move(finding), terms, "judge.log.gaps");
  if (record.length < end) return log_untold(std::move(finding), terms, "judge.log.cut-short");
  return passed(std::move(finding), {"judge.log.absent", {{"service", terms.service}}});
}

// The line with which there were enough.
const LogLine& enough_lines(const Found& found, const LogTerms& terms, const Expectation& pattern) {
  std::size_t count = 0;
  for (const LogLine* line : found.lines) {
    count += found_in(*line, pattern, terms.matches);
    if (count >= terms.at_least) return *line;
  }
  return *found.lines.back();
}

Finding judge_present(Finding finding, const LogTerms& terms, const Expectation& pattern,
                      const Found& found, const LogWindow& window, const Record& record) {
  const Duration end = window.to.value_or(record.length);
  if (found.count >= terms.at_least) {
    const LogLine& enough = enough_lines(found, terms, pattern);
    const Duration after = std::max(Duration{}, enough.at - window.from);
    finding.measured = Interval{after, after};
    return passed(std::move(finding), {"judge.log.found",
                                       {{"service", terms.service},
                                        {"line", found.lines.front()->line},
                                        {"count", found.count},
                                        {"after_ns", after.count()}}});
  }
  if (record.length < end) return log_untold(std::move(finding), terms, "judge.log.cut-short");
  if (found.gap) return log_untold(std::move(finding), terms, "judge.log.gaps");
  const nlohmann::json told{
      {"service", terms.service}, {"count", found.count}, {"wanted", terms.at_least}};
  if (terms.evidence) return inconclusive(std::move(finding), {"judge.log.no-evidence", told});
  finding = missed(std::move(finding), "chaos.LogMissing", {"judge.log.missing", told});
  add_nearest_log(*finding.cause, record, terms.service, end);
  return finding;
}

LogTerms log_terms(const AssertionSpec& spec) {
  LogTerms terms{text_option(spec, "service"),    text_option(spec, "matches"),
                 duration_option(spec, "within"), 1,
                 flag_option(spec, "absent"),     flag_option(spec, "evidence")};
  terms.at_least = static_cast<std::size_t>(
      std::max<std::int64_t>(1, integer_option(spec, "at-least").value_or(1)));
  return terms;
}

// One for each incident that `within` counts from; otherwise one from the first of them on. Nothing
// when the log counts from a first victim, and there was none.
std::optional<std::vector<LogWindow>> log_windows(const AssertionSpec& spec, const LogTerms& terms,
                                                  const Record& record) {
  std::optional<Duration> to;
  if (text_option(spec, "during") == "fault") {
    const auto window = fault_window(record);
    if (!window) return std::nullopt;
    to = window->to;
  }
  std::vector<LogWindow> out;
  if (record.scenario.faults.empty() || text_option(spec, "during") == "all") {
    out.push_back({{}, {}, to});
  } else {
    for (const FaultRecord* fault : incidents_of(spec, record)) {
      if (!fault->bit) return std::nullopt;
      // A line may come before the first evidence of a victim does, never before the injection.
      out.push_back({*fault->bit, *fault->commanded, to});
      if (!terms.within) break;
    }
    if (out.empty()) return std::nullopt;
  }
  for (LogWindow& window : out) {
    if (!terms.within) continue;
    window.to = std::min(window.to.value_or(Duration::max()), window.from + *terms.within);
  }
  return out;
}

Finding judge_window(Finding finding, const LogTerms& terms, const Expectation& pattern,
                     const LogWindow& window, const Record& record) {
  finding.from = window.from;
  finding.to = window.to;
  const Found found = find_lines(record, terms, pattern, window);
  const Duration end = window.to.value_or(record.length);
  if (terms.absent) return judge_absent(std::move(finding), terms, found, end, record);
  return judge_present(std::move(finding), terms, pattern, found, window, record);
}

Finding judge_log(const AssertionSpec& spec, const Record& record) {
  const LogTerms terms = log_terms(spec);
  Finding finding = unjudged(spec, statement_of(terms));
  if (!terms.absent) finding.limit = terms.within;
  const nlohmann::json wanted{{"text", {{"matches", terms.matches}}}};
  const auto pattern = Expectation::parse(wanted);
  if (!pattern) {
    return inconclusive(std::move(finding), {"judge.unreadable", {{"why", pattern.error().what}}});
  }
  const auto service = record.plan.services.find(terms.service);
  if (service != record.plan.services.end() && service->second.external) {
    return log_untold(std::move(finding), terms, "judge.log.external");
  }
  if (!came_to_its_end(record)) {
    return log_untold(std::move(finding), terms, "judge.log.cut-short");
  }
  const auto windows = log_windows(spec, terms, record);
  if (!windows) return inconclusive(std::move(finding), {"judge.no-bite"});
  std::vector<Finding> judged;
  for (const LogWindow& window : *windows) {
    judged.push_back(judge_window(finding, terms, *pattern, window, record));
  }
  return together(std::move(judged));
}

const Registered<AssertionKind> log_registered{{
    {.name = "log",
     .summary = "A service prints a line that matches, or none.",
     .options = Shape::object(
         {{"service", Shape::name_of("service"), required, "whose output is searched"},
          {"matches", Shape::text(), required, "a regular expression"},
          {"within",
           Shape::either({Shape::duration(), Shape::choice({"rto"})}),
           {},
           "from the first victim; default until the end"},
          {"at-least", Shape::integer(1, 1'000'000), {}, "lines; default 1"},
          {"absent", Shape::boolean(), {}, "true: no such line may be printed"},
          {"evidence",
           Shape::boolean(),
           {},
           "true: too few such lines, and nothing was drilled: inconclusive instead of failed"},
          {"during",
           Shape::choice({"fault", "all"}),
           {},
           "only until the last healing, or from the drill's very start"},
          incident_field()}),
     .example = {{"log", {{"service", "server"}, {"matches", "switched"}, {"within", "6s"}}}},
     .failures = {"LogForbidden", "LogMissing"},
     .counts = {.ever = true, .only_with = "within"}},
    judge_log,
    nullptr,
}};

}  // namespace
}  // namespace reprise
