// post-mortem.md: what a recovery plan wants told after a drill, as a draft that people complete.
//
// Markdown, because it is edited afterwards. A run of sixty drills must stay readable: those that
// passed and asked nobody to act are one line each, at the end.
#include "harness/model/registry.h"
#include "reports/catalogue.h"
#include "reports/escape.h"
#include "reports/parameters.h"
#include "reports/post_mortem/page.h"
#include "reports/sentences.h"

namespace reprise {
namespace {

bool worth_a_section(const Drill& drill) {
  const bool passed = drill.verdict.status == Status::pass && drill.verdict.clean;
  return !passed || std::ranges::any_of(drill.record.procedures, [](const auto& procedure) {
    return procedure.started.has_value();
  });
}

std::string named(const Drill& drill, const Prose& words) {
  return words("post-mortem.drill",
               {{"drill", drill_name(drill)}, {"title", drill_title(drill, words.language)}});
}

std::string result_line(const Drill& drill, const Prose& words) {
  const Verdict& verdict = drill.verdict;
  const auto held = std::ranges::count(verdict.findings, Status::pass, &Finding::status);
  const std::string tally =
      words("verdict.tally", {{"held", held}, {"count", verdict.findings.size()}});
  std::string out = fmt::format("**{}** ({}).", words.status(verdict.status), tally);
  if (!verdict.clean) out += " " + words("clean.no") + ".";
  return out + "\n\n";
}

std::string when_and_where_from(const Drill& drill, const Prose& words) {
  const Record& record = drill.record;
  if (record.head.empty()) return {};
  std::string out = words("post-mortem.when", {{"utc", format_utc(record.started)},
                                               {"length_ns", record.length.count()}});
  out += " " + words("post-mortem.journal", {{"journal", drill.journal}, {"head", record.head}});
  for (const Message& attempt : earlier_attempts(drill)) out += " " + words.sentence(attempt);
  for (const std::string& told : leaves_told(record.scenario, words.language)) {
    out += "\n\n" + markdown(told);
  }
  return out + "\n\n";
}

std::string full_section(const Drill& drill, const Prose& words) {
  std::string out = fmt::format("## {}\n\n", named(drill, words));
  out += result_line(drill, words) + when_and_where_from(drill, words);
  const auto part_of = [&](const std::string& title, const std::string& content) {
    out += fmt::format("### {}\n\n{}", title, content);
  };
  part_of(words("post-mortem.impact"), impact_part(drill, words));
  part_of(words("column.cause"), cause_part(drill, words));
  part_of(words("post-mortem.timeline"), timeline_part(drill, words));
  part_of(words("post-mortem.follow-up"), follow_up_part(drill, words));
  return out;
}

std::string render_post_mortem(const Run& run, const std::string& language) {
  const Prose words{language};
  std::string out =
      fmt::format("# {}\n\n{}\n\n",
                  words("post-mortem.title", {{"counts", counts_text(counts(run), language)}}),
                  words("post-mortem.made", {{"tool", tools_text(run)}}));
  PipeTable passed({words("live.column-drill"), words("live.column-result"),
                    words("live.column-recovery"), words("live.column-limit")});
  for (const Drill& drill : run.drills) {
    if (run.drills.size() == 1 || worth_a_section(drill)) {
      out += full_section(drill, words);
      continue;
    }
    const RecoveryTexts recovery = recovery_texts(drill.verdict, language);
    passed.row({named(drill, words), words.status(drill.verdict.status),
                markdown(recovery.measured), markdown(recovery.limit)});
  }
  if (!passed.empty()) {
    out += fmt::format("## {}\n\n{}", words("post-mortem.passed"), passed.str());
  }
  out.pop_back();  // every part ends with an empty line; the file ends with a whole one
  return out;
}

const Registered<ReportKind> post_mortem_registered{
    {.name = "post-mortem",
     .file_name = "post-mortem.md",
     .summary = "a draft for people to complete: impact, cause, timeline, follow-up",
     .render = render_post_mortem}};

}  // namespace
}  // namespace reprise
