// report.html: one file that asks nothing of anybody, readable on any screen and on paper.
#include <map>

#include "harness/model/registry.h"
#include "reports/escape.h"
#include "reports/html/page.h"
#include "reports/sentences.h"

namespace reprise {
namespace {

std::string drill_section(const Drill& drill, const Words& words, std::size_t number, bool alone) {
  const std::string id = fmt::format("drill-{}", number);
  std::string out = fmt::format("<section class=\"drill\" id=\"{}\">\n", id);
  out += drill_opening(drill, words, alone);
  const int level = alone ? 2 : 3;
  out += part(words("section.picture"), level) + "\n";
  const auto fold = [&](std::string_view key, const std::string& content, bool open = false) {
    return folded(part(words(key), level), content, open);
  };
  out += failover_picture(drill, words, id);
  out += fold("section.findings", findings_table(drill, words), true);
  out += fold("section.figures", figures_table(drill, words), true);
  out += fold("section.ledgers", ledgers_table(drill, words), true);
  out += fold("section.ladders", ladders_tables(drill, words), true);
  out += fold("section.faults", faults_table(drill, words), true);
  out += fold("section.steps", steps_table(drill, words), true);
  out += fold("section.parameters", parameters_table(drill, words));
  out += fold("section.stretches", stretches_tables(drill, words));
  out += fold("section.services", events_table(drill, words));
  out += fold("section.record", record_table(drill, words));
  out += fold("section.evidence", evidence_table(drill, words));
  return out + "</section>\n";
}

std::string run_opening(const Run& run, const Words& words) {
  const Counts counted = counts(run);
  std::map<std::string, std::string> plans;
  for (const Drill& drill : run.drills) {
    plans[drill.record.plan.name] = drill.record.plan.title.in(words.language);
  }
  std::string out;
  for (const auto& [name, title] : plans) {
    out +=
        fmt::format("<p class=\"eyebrow\"><span>{}</span> {}</p>\n", html(title), identifier(name));
  }
  out += fmt::format("<h1>{}</h1>\n<p class=\"tally\">", words("run.title"));
  for (const Status status : all_statuses) {
    if (counted.of(status) == 0) continue;
    out += fmt::format("<span>{} <b>{}</b></span>", badge(status, words), counted.of(status));
  }
  out += fmt::format("</p>\n<section aria-label=\"{}\">\n{}</section>\n", words("table.summary"),
                     summary_table(run, words));
  return out;
}

std::string masthead(const Run& run, const Words& words) {
  const Record& first = run.drills.front().record;
  return fmt::format(
      "<header><p class=\"brand\">reprise</p><p>{}</p><p class=\"when\"><time datetime=\"{}\">{}"
      "</time></p></header>\n",
      words("page.kind"), html(format_utc(first.started)),
      words("page.when", {{"date", format_utc(first.started).substr(0, 10)},
                          {"time", format_utc(first.started).substr(11, 5)}}));
}

std::string foot(const Run& run, const Words& words) {
  return fmt::format("<footer><p>{}</p></footer>\n",
                     words("page.foot", {{"tool", tools_text(run)}}));
}

std::string page_title(const Run& run, const Words& words) {
  if (run.drills.size() > 1) {
    return fmt::format("{} · {}", html(counts_text(counts(run), words.language)),
                       words("run.title"));
  }
  const Drill& drill = run.drills.front();
  return fmt::format("{} · {}", html(status_word(drill.verdict.status, words.language)),
                     html(drill_title(drill, words.language)));
}

std::string render_html(const Run& run, const std::string& language) {
  const Words words{language};
  const std::string style = style_sheet();
  const bool alone = run.drills.size() == 1;
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n",
      language, content_policy(style), page_title(run, words), style);
  out += fmt::format("<a class=\"skip\" href=\"#content\">{}</a>\n", words("page.skip"));
  out += shapes() + masthead(run, words) + "<main id=\"content\">\n";
  if (!alone) out += run_opening(run, words);
  for (std::size_t at = 0; at < run.drills.size(); ++at) {
    out += drill_section(run.drills[at], words, at + 1, alone);
  }
  const std::string risks = risks_table(run, words);
  if (!risks.empty()) {
    out += fmt::format("<section class=\"drill risks\"><h2>{}</h2>\n{}</section>\n",
                       words("section.risks"), risks);
  }
  return out + "</main>\n" + foot(run, words) + "</body>\n</html>\n";
}

const Registered<ReportKind> html_registered{
    {.name = "html",
     .file_name = "report.html",
     .summary = "one page for people: verdict, intervals, failover picture, evidence",
     .render = render_html}};

}  // namespace
}  // namespace reprise
