// What was judged and what was measured, as tables.
#include <numeric>

#include "reports/catalogue.h"
#include "reports/escape.h"
#include "reports/html/page.h"
#include "reports/parameters.h"
#include "reports/sentences.h"
#include "reports/series.h"

namespace reprise {
namespace {

constexpr std::size_t most_stretches = 400;

std::string place(const Location& where) {
  if (where.file.empty()) return {};
  return fmt::format("<small class=\"where\">{}</small>", identifier(where.text()));
}

std::string seen_cell(const Record& record, const Finding& finding, const Words& words) {
  std::string cell = words.sentence(finding.outcome);
  const auto beside = [&](const std::string& told) {
    if (!told.empty()) cell += fmt::format("<p class=\"why\">{}</p>", words.typeset(told));
  };
  const auto misses = misses_of(finding);
  for (std::size_t at = 0; at < misses.size(); ++at) {
    if (at > 0) {
      cell += fmt::format("<p class=\"also\"><strong>{}</strong> {}</p>", words("cause.also"),
                          words.sentence(misses[at].outcome));
    }
    beside(cause_traces(record, misses[at], words.language));
    beside(known_sentence(misses[at].known, words.language));
  }
  for (const Message& note : finding.notes) beside(render(note, words.language) + ".");
  if (is_end(finding)) {
    for (const std::string& told : leaves_told(record.scenario, words.language)) beside(told);
  }
  if (finding.unexpected_pass) beside(text("finding.unexpected-pass", words.language));
  return cell;
}

}  // namespace

std::string findings_table(const Drill& drill, const Words& words) {
  Table table(words("table.findings"), "cards findings",
              {{words("column.assertion")},
               {words("column.result")},
               {words("column.demanded")},
               {words("column.seen")},
               {words("column.measured"), true},
               {words("column.limit"), true}});
  for (const Finding& finding : drill.verdict.findings) {
    const std::string measured =
        finding.measured ? words.typeset(interval_text(*finding.measured, words.language)) : "–";
    table.row({html(finding.name) + place(finding.where), badge(finding.status, words),
               words.sentence(finding.statement), seen_cell(drill.record, finding, words), measured,
               words.instant(finding.limit)});
  }
  return table.str();
}

std::string stretches_tables(const Drill& drill, const Words& words) {
  std::string out;
  for (const auto& [name, probe] : drill.record.probes) {
    Table table(words("table.stretches", {{"probe", name}}), "stretches",
                {{words("column.from")},
                 {words("column.to"), true},
                 {words("column.samples"), true},
                 {words("column.level")},
                 {words("column.saw")},
                 {words("column.slowest"), true}});
    const auto seen = classes_seen(drill.record, probe);
    for (const Stretch& stretch : stretches(probe, seen, most_stretches)) {
      std::string level;
      for (std::size_t at = 0; at < stretch.counted.size(); ++at) {
        if (stretch.counted[at] == 0) continue;
        const std::string word = html(class_word(static_cast<Class>(at), words.language));
        const bool alone = stretch.counted[at] == stretch.last - stretch.first + 1;
        if (!level.empty()) level += ", ";
        level += alone ? word : fmt::format("{} {}", stretch.counted[at], word);
      }
      table.row(
          {words.duration(probe.samples[stretch.first].intended),
           words.duration(probe.samples[stretch.last].intended),
           std::to_string(stretch.last - stretch.first + 1),
           fmt::format("<span class=\"level {}\">{}</span>", class_name(stretch.worst), level),
           html(stretch.seen), words.duration(stretch.slowest)});
    }
    out += table.str();
  }
  return out;
}

std::string faults_table(const Drill& drill, const Words& words) {
  Table table(words("table.faults"), "cards faults",
              {{words("column.fault")},
               {words("column.kind")},
               {words("column.into")},
               {words("column.round"), true},
               {words("column.commanded"), true},
               {words("column.armed"), true},
               {words("column.bit"), true},
               {words("column.healed"), true},
               {words("column.evidence")}});
  for (const FaultRecord& fault : drill.record.faults) {
    std::string evidence = html(fault.evidence);
    const auto trouble = [&](std::string_view key, const std::string& why) {
      if (why.empty()) return;
      evidence += fmt::format("<p class=\"why\">{}</p>", words(key, {{"why", why}}));
    };
    if (!fault.bit && fault.failed.empty()) {
      evidence += fmt::format("<p class=\"why\">{}</p>", words("picture.unbitten"));
    }
    trouble("fault.failed", fault.failed);
    trouble("fault.undo-failed", fault.undo_failed);
    trouble("fault.changed-since", fault.changed_since);
    const bool event = fault.nature == Nature::event;
    table.row({html(fault.id), identifier(fault.kind), identifier(fault.into),
               std::to_string(fault.round + 1), words.instant(fault.commanded),
               words.instant(fault.armed), words.instant(fault.bit),
               event && !fault.healed ? words("fault.event") : words.instant(fault.healed),
               evidence});
  }
  return table.str();
}

std::string steps_table(const Drill& drill, const Words& words) {
  std::string out;
  for (const ProcedureRecord& procedure : drill.record.procedures) {
    Table table(words("table.steps", {{"procedure", procedure.name}}), "cards steps",
                {{words("column.step")},
                 {words("column.action")},
                 {words("column.who")},
                 {words("column.from"), true},
                 {words("column.lasted"), true},
                 {words("column.state")},
                 {words("column.result")}});
    for (const StepRecord& step : procedure.steps) {
      std::optional<Duration> lasted;
      if (step.started && step.finished) lasted = *step.finished - *step.started;
      table.row({std::to_string(step.index + 1), html(step.name().in(words.language)),
                 words(step.manual ? "who.person" : "who.program"), words.instant(step.started),
                 words.instant(lasted), words("state." + step.state), html(step.result)});
    }
    out += table.str();
    if (!procedure.why.empty()) {
      out += fmt::format(
          "<p class=\"why\">{}</p>\n",
          words("procedure.why", {{"procedure", procedure.name}, {"why", procedure.why}}));
    }
  }
  return out;
}

std::string events_table(const Drill& drill, const Words& words) {
  Table table(words("table.services"), "events",
              {{words("column.at")},
               {words("column.service")},
               {words("column.state")},
               {words("column.why")}});
  for (const ServiceEvent& event : drill.record.services) {
    table.row({words.duration(event.at), html(event.service), words("state." + event.state),
               html(event.why)});
  }
  return table.str();
}

std::string figures_table(const Drill& drill, const Words& words) {
  const auto& all = drill.verdict.figures;
  // A column that is empty in most drills would only make the others narrow.
  const bool untold = std::ranges::any_of(all, [](const auto& one) { return one.unknown > 0; });
  std::vector<Table::Column> columns{{words("column.probe")},
                                     {words("column.scheduled"), true},
                                     {words("column.good"), true},
                                     {words("level.degraded"), true},
                                     {words("level.down"), true}};
  if (untold) columns.push_back({words("level.unknown"), true});
  for (const char* key :
       {"column.outage", "column.detected", "column.fallback", "column.p50", "column.p99",
        "column.max", "column.flaps", "column.late", "column.budget"}) {
    columns.push_back({words(key), true});
  }
  Table table(words("table.figures"), untold ? "cards figures untold" : "cards figures", columns);
  for (const ProbeFigures& figures : all) {
    std::string outage = words("figure.no-outage", {{"resolution_ns", figures.resolution.count()}});
    if (figures.unknown > 0) outage = words("figure.none-seen");
    if (figures.longest_outage > Duration::zero()) outage = words.duration(figures.longest_outage);
    const std::string budget =
        figures.budget_spent ? percent(*figures.budget_spent, 3, words) : "–";
    std::vector<std::string> cells{html(figures.probe), std::to_string(figures.scheduled),
                                   std::to_string(figures.nominal),
                                   std::to_string(figures.degraded), std::to_string(figures.down)};
    if (untold) cells.push_back(std::to_string(figures.unknown));
    for (const std::string& cell :
         {outage, words.instant(figures.detected), words.instant(figures.first_fallback),
          words.duration(figures.latency_p50), words.duration(figures.latency_p99),
          words.duration(figures.latency_max), std::to_string(figures.flaps),
          words.duration(figures.late_p99), budget}) {
      cells.push_back(cell);
    }
    table.row(cells);
  }
  return table.str();
}

std::string parameters_table(const Drill& drill, const Words& words) {
  Table table(words("table.parameters"), "cards parameters",
              {{words("column.probe")},
               {words("column.every"), true},
               {words("column.timeout"), true},
               {words("column.sustained")}});
  for (const ProbeParameters& one : parameters_of(drill.record)) {
    table.row({html(one.probe), words.duration(one.every), words.duration(one.timeout),
               words.typeset(sustained_text(one, words.language))});
  }
  return table.str();
}

namespace {

// What went wrong stands on top, else in the order of the run.
std::vector<std::size_t> gravest_first(const Run& run) {
  std::vector<std::size_t> order(run.drills.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t at) {
    return std::pair(run.drills[at].verdict.status, !run.drills[at].verdict.clean);
  });
  return order;
}

}  // namespace

std::string summary_table(const Run& run, const Words& words) {
  Table table(words("table.summary"), "cards summary",
              {{words("column.scenario")},
               {words("column.result")},
               {words("column.recovery"), true},
               {words("column.limit"), true},
               {words("cause.none")}});
  for (const std::size_t at : gravest_first(run)) {
    const Drill& drill = run.drills[at];
    const Finding* recovery = measured_against(drill.verdict, "rto");
    const std::string measured =
        recovery && recovery->measured
            ? words.typeset(interval_text(*recovery->measured, words.language))
            : fmt::format("<span class=\"absent\">{}</span>", words("not-measured"));
    std::string result = badge(drill.verdict.status, words);
    if (!drill.verdict.clean) {
      result += fmt::format("<p class=\"why\">{}</p>", words("clean.no"));
    }
    table.row({fmt::format("<a href=\"#drill-{}\">{}</a><small class=\"where\">{}</small>", at + 1,
                           html(drill_title(drill, words.language)), identifier(drill_name(drill))),
               result, measured, recovery ? words.instant(recovery->limit) : "–",
               words.typeset(headline(drill, words.language))});
  }
  return table.str();
}

}  // namespace reprise
