// What an auditor asks for besides the measurements: risks, circumstances, evidence. What a drill
// cannot know is said to be not recorded, never left out and never invented.
#include <set>

#include "reports/catalogue.h"
#include "reports/escape.h"
#include "reports/html/page.h"
#include "reports/parameters.h"
#include "reports/sentences.h"

namespace reprise {
namespace {

constexpr std::size_t most_text = 4000;

std::string or_absent(const std::string& value, const Words& words) {
  if (value.empty()) return fmt::format("<span class=\"absent\">{}</span>", words("not-recorded"));
  return html(std::string_view(value).substr(0, most_text));
}

std::string text_of(const nlohmann::json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string code(const std::string& value, const Words& words) {
  if (value.empty()) return or_absent(value, words);
  return fmt::format("<code>{}</code>", html(std::string_view(value).substr(0, most_text)));
}

std::string stated(const std::optional<Duration>& objective, const Words& words) {
  return objective ? words.duration(*objective) : words("not-stated");
}

std::string joined(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ", ") + part;
  return out;
}

// A word of a closed list, in the reader's language.
std::string choice(std::string_view list, const std::string& value, const Words& words) {
  return value.empty() ? or_absent(value, words) : words(fmt::format("{}.{}", list, value));
}

std::string covered(const Record& record, const Words& words) {
  std::string out;
  for (const std::string& name : record.scenario.covers) {
    const auto risk = record.plan.risks.find(name);
    const std::string title =
        risk == record.plan.risks.end() ? "" : risk->second.title.in(words.language);
    if (!out.empty()) out += ", ";
    out += title.empty() ? identifier(name) : html(title) + " " + identifier(name);
  }
  return out.empty() ? or_absent(out, words) : out;
}

std::string next_due(const Record& record, const Words& words) {
  if (record.plan.review_every <= Duration::zero()) return or_absent({}, words);
  if (record.started.time_since_epoch() > Duration::max() - record.plan.review_every) {
    return or_absent({}, words);
  }
  return html(format_utc(record.started + record.plan.review_every).substr(0, 10));
}

// Systems under test and third parties, as the plan marks them.
std::pair<std::string, std::string> systems(const Record& record) {
  std::vector<std::string> own, others;
  for (const auto& [name, service] : record.plan.services) {
    (service.outside || service.external ? others : own).push_back(name);
  }
  return {joined(own), joined(others)};
}

// What the assertions on backups found: their integrity, as far as the drill looked at it.
std::string backups_told(const Verdict& verdict, const Words& words) {
  std::string told;
  for (const Finding& finding : verdict.findings) {
    if (finding.kind != "backup") continue;
    told += fmt::format("{}{} {}", told.empty() ? "" : "<br>", badge(finding.status, words),
                        words.sentence(finding.outcome));
  }
  return told.empty() ? or_absent({}, words) : told;
}

// Without a head there is no journal whose line it could be.
std::string last_line(const Record& record, const Words& words) {
  if (record.head.empty()) return or_absent({}, words);
  return words(record.torn ? "evidence.torn-yes" : "evidence.torn-no");
}

Table two_columns(const Words& words, std::string_view caption) {
  return Table(words(caption), "facts", {{words("column.field")}, {words("column.value")}});
}

}  // namespace

std::string record_table(const Drill& drill, const Words& words) {
  const Record& record = drill.record;
  const auto [own, others] = systems(record);
  const std::string& title = record.plan.title.in(words.language);
  Table table = two_columns(words, "table.record");
  const auto row = [&](std::string_view key, const std::string& cell) {
    table.row({words(key), cell});
  };
  row("record.plan", html(title.empty() ? record.plan.name : title));
  row("record.plan-version", or_absent(record.plan.version, words));
  row("record.scenario", identifier(drill_name(drill)));
  row("record.covers", covered(record, words));
  row("record.kind", words("record.kind-value"));
  row("record.reason", or_absent({}, words));
  row("record.started", html(format_utc(record.started)));
  row("record.length", words.duration(record.length));
  row("record.operator", or_absent(record.operator_name, words));
  row("record.participants", or_absent({}, words));
  row("record.independence", or_absent({}, words));
  row("record.systems", or_absent(own, words));
  row("record.third-parties", or_absent(others, words));
  row("record.rto", stated(record.plan.objectives.rto, words));
  row("record.rpo", stated(record.plan.objectives.rpo, words));
  row("record.availability", record.plan.objectives.availability
                                 ? percent(*record.plan.objectives.availability, 4, words)
                                 : words("not-stated"));
  row("record.patience", words.typeset(patience_text(record.scenario, words.language)));
  std::string left;
  for (const std::string& told : leaves_told(record.scenario, words.language)) {
    left += (left.empty() ? "" : "<br>") + words.typeset(told);
  }
  if (!left.empty()) row("record.leaves", left);
  row("record.backup", backups_told(drill.verdict, words));
  row("record.power", words("record.power-value"));
  row("record.clean", drill.verdict.clean ? words("clean.yes") : words("clean.no"));
  row("record.due", next_due(record, words));
  row("record.reviewed", or_absent({}, words));
  return table.str();
}

std::string evidence_table(const Drill& drill, const Words& words) {
  const Record& record = drill.record;
  Table table = two_columns(words, "table.evidence");
  table.row({words("evidence.journal"), code(drill.journal, words)});
  table.row({words("evidence.head"), code(record.head, words)});
  table.row({words("evidence.torn"), last_line(record, words)});
  table.row({words("evidence.outcome"), record.outcome.empty()
                                            ? words("outcome.killed")
                                            : words("outcome." + record.outcome)});
  table.row({words("evidence.tool"), code(record.tool, words)});
  table.row({words("evidence.command"), code(record.command, words)});
  table.row({words("evidence.seed"), code(std::to_string(record.seed), words)});
  const auto list = [&](std::string_view key, const std::vector<std::string>& texts) {
    for (const std::string& text : texts) table.row({words(key), html(text)});
  };
  list("evidence.trouble", record.troubles);
  list("evidence.residue", drill.verdict.residue);
  list("evidence.guardian", record.guardian);
  for (const auto& [name, value] : record.environment.items()) {
    table.row({words("evidence.environment", {{"name", name}}), code(text_of(value), words)});
  }
  for (const auto& [name, hash] : record.files.items()) {
    table.row({words("evidence.file", {{"name", name}}), code(text_of(hash), words)});
  }
  return table.str();
}

namespace {

// The drills of this run that cover a risk, with what came of them.
std::string drills_covering(const Run& run, const std::string& plan, const std::string& risk,
                            const Words& words) {
  std::string cell;
  for (std::size_t at = 0; at < run.drills.size(); ++at) {
    const Drill& drill = run.drills[at];
    if (drill.record.plan.name != plan) continue;
    if (std::ranges::find(drill.record.scenario.covers, risk) ==
        drill.record.scenario.covers.end()) {
      continue;
    }
    cell += fmt::format("<p class=\"drill\">{} <a href=\"#drill-{}\">{}</a></p>",
                        badge(drill.verdict.status, words), at + 1, identifier(drill_name(drill)));
  }
  return cell.empty() ? fmt::format("<strong>{}</strong>", words("risk.uncovered")) : cell;
}

}  // namespace

std::string risks_table(const Run& run, const Words& words) {
  Table table(words("table.risks"), "cards risks",
              {{words("column.risk")},
               {words("column.plan")},
               {words("column.likelihood")},
               {words("column.severity")},
               {words("column.covered-by")}});
  std::set<std::string> shown;
  for (const Drill& drill : run.drills) {
    const Plan& plan = drill.record.plan;
    if (!shown.insert(plan.name).second) continue;
    for (const auto& [name, risk] : plan.risks) {
      const std::string& title = risk.title.in(words.language);
      table.row({html(title.empty() ? name : title) +
                     fmt::format("<small class=\"where\">{}</small>", identifier(name)),
                 identifier(plan.name), choice("likelihood", risk.likelihood, words),
                 choice("severity", risk.severity, words),
                 drills_covering(run, plan.name, name, words)});
    }
  }
  return table.str();
}

}  // namespace reprise
