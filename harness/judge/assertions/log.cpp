// log: {service, matches, within?, at-least?, absent?, evidence?, during?: fault | all}
//
// The service prints such a line (or, with `absent`, none) after the fault's first victim; in a
// drill without faults, at any time. `within` counts from that instant. A service whose log nobody
// keeps (external), or a silence that may only mean that nothing was kept, proves nothing. Lines
// that are `evidence` tell that the drill met what it is about: too few are no miss of the plan.
#include <algorithm>

#include "harness/judge/cause.h"
#include "harness/judge/evidence.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

struct LogTerms {
  std::string service, matches;
  std::optional<Duration> within;
  std::size_t at_least = 1;
  bool absent = false, evidence = false;
};

struct Found {
  std::vector<const LogLine*> lines;
  bool any = false;  // the service printed something at some time
  bool gap = false;  // lines that may have been printed in the time searched were left out
};

Found find_lines(const Record& record, const std::string& service, const Expectation& pattern,
                 Duration from, std::optional<Duration> to) {
  Found out;
  Duration before{};
  for (const LogLine& line : record.log) {
    if (record.log_services[line.service] != service) continue;
    // What it stands for was printed between the line before it and the one after.
    if (line.gap) out.gap = out.gap || (line.at >= from && (!to || before <= *to));
    before = line.at;
    if (line.gap) continue;
    out.any = true;
    if (line.at < from || (to && line.at > *to)) continue;
    if (pattern.holds({"answered", {{"text", line.line}}})) out.lines.push_back(&line);
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

Finding judge_present(Finding finding, const LogTerms& terms, const Found& found, Duration from,
                      Duration end, const Record& record) {
  if (found.lines.size() >= terms.at_least) {
    const LogLine& enough = *found.lines[terms.at_least - 1];
    const Duration after = std::max(Duration{}, enough.at - from);
    finding.measured = Interval{after, after};
    return passed(std::move(finding), {"judge.log.found",
                                       {{"service", terms.service},
                                        {"line", found.lines.front()->line},
                                        {"count", found.lines.size()},
                                        {"after_ns", after.count()}}});
  }
  if (record.length < end) return log_untold(std::move(finding), terms, "judge.log.cut-short");
  if (found.gap) return log_untold(std::move(finding), terms, "judge.log.gaps");
  const nlohmann::json told{
      {"service", terms.service}, {"count", found.lines.size()}, {"wanted", terms.at_least}};
  if (terms.evidence) return inconclusive(std::move(finding), {"judge.log.no-evidence", told});
  finding = missed(std::move(finding), "chaos.LogMissing", {"judge.log.missing", told});
  add_nearest_log(*finding.cause, record, terms.service, end);
  return finding;
}

Finding judge_log(const AssertionSpec& spec, const Record& record) {
  LogTerms terms{text_option(spec, "service"), text_option(spec, "matches"),
                 duration_option(spec, "within"), 1, flag_option(spec, "absent")};
  terms.at_least = static_cast<std::size_t>(
      std::max<std::int64_t>(1, integer_option(spec, "at-least").value_or(1)));
  terms.evidence = flag_option(spec, "evidence");
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
  Duration from{};
  // A line may come before the first evidence of a victim does, never before the injection.
  Duration searched{};
  std::optional<Duration> to;
  if (text_option(spec, "during") == "fault") {
    const auto window = fault_window(record);
    if (!window) return inconclusive(std::move(finding), {"judge.no-bite"});
    to = window->to;
  }
  if (!record.scenario.faults.empty() && text_option(spec, "during") != "all") {
    const auto bit = first_bit(record);
    if (!bit) return inconclusive(std::move(finding), {"judge.no-bite"});
    from = *bit;
    searched = record.faults.front().commanded.value_or(from);
  }
  if (terms.within) to = std::min(to.value_or(Duration::max()), from + *terms.within);
  finding.from = from;
  finding.to = to;
  const Found found = find_lines(record, terms.service, *pattern, searched, to);
  const Duration end = to.value_or(record.length);
  if (terms.absent) return judge_absent(std::move(finding), terms, found, end, record);
  return judge_present(std::move(finding), terms, found, from, end, record);
}

const Registered<AssertionKind> log_registered{{
    {.name = "log",
     .summary = "A service prints a line that matches, or none.",
     .options = Shape::object(
         {{"service", Shape::name_of("service"), required, "whose output is searched"},
          {"matches", Shape::text(), required, "an ECMAScript regular expression"},
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
           "only until the last healing, or from the drill's very start"}}),
     .example = {{"log", {{"service", "server"}, {"matches", "switched"}, {"within", "6s"}}}}},
    judge_log,
    nullptr,
}};

}  // namespace
}  // namespace reprise
