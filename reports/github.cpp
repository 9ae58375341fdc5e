#include "reports/github.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "reports/catalogue.h"
#include "reports/escape.h"
#include "reports/sentences.h"

namespace reprise {
namespace {

std::string encoded(std::string_view text, bool property) {
  std::string out;
  for (const char letter : inert(text)) {
    if (letter == '%') {
      out += "%25";
    } else if (property && (letter == ':' || letter == ',')) {
      out += letter == ':' ? "%3A" : "%2C";
    } else {
      out += letter;
    }
  }
  return out;
}

std::string annotation(std::string_view level, const Location& where, const std::string& title,
                       const std::string& message) {
  std::string place;
  if (!where.file.empty()) {
    place = fmt::format("file={},", encoded(where.file, true));
    if (where.line > 0) place += fmt::format("line={},", where.line);
  }
  return fmt::format("::{} {}title={}::{}\n", level, place, encoded(title, true),
                     encoded(message, false));
}

// The objective is said once a finding: of its further misses each says what it is.
std::string told_miss(const Record& record, const Finding& finding, const Miss& miss,
                      const std::string& language) {
  const std::string cause = cause_sentence(record, miss, language);
  const bool alone = finding.others.empty() && !is_end(finding);
  if (alone && !cause.empty()) return cause;
  const std::string known = known_sentence(miss.known, language);
  return render(miss.outcome, language) + "." + (cause.empty() ? "" : " " + cause) +
         (known.empty() ? "" : " " + known);
}

}  // namespace

std::string github_annotations(const Run& run, const std::string& language) {
  std::string out;
  for (const Drill& drill : run.drills) {
    const std::size_t before = out.size();
    for (const Finding& finding : drill.verdict.findings) {
      if (finding.status == Status::pass) continue;
      const std::string title = fmt::format("{}: {}, {}", drill_name(drill), finding.name,
                                            status_word(finding.status, language));
      const Location& where =
          finding.where.file.empty() ? drill.record.scenario.where : finding.where;
      const auto misses = misses_of(finding);
      if (misses.empty()) {
        out += annotation("error", where, title, render(finding.outcome, language));
      }
      for (const Miss& miss : misses) {
        out += annotation(miss.known ? "warning" : "error", where, title,
                          told_miss(drill.record, finding, miss, language));
      }
    }
    const bool unsaid = drill.verdict.status > Status::conditional && out.size() == before;
    if (unsaid) {
      out += annotation("error", drill.record.scenario.where, drill_name(drill),
                        headline(drill, language));
    }
    if (!drill.verdict.clean) {
      out += annotation("error", drill.record.scenario.where, drill_name(drill),
                        text("junit.cleanup", language, {{"residue", drill.verdict.residue}}));
    }
  }
  return out;
}

// As an HTML table: inside it Markdown is not read, so escaping is HTML's alone.
std::string github_summary(const Run& run, const std::string& language) {
  std::string out = fmt::format("## {}: {}\n\n<table><tr>", text("github.title", language),
                                html(counts_text(counts(run), language)));
  for (const char* column : {"live.column-drill", "live.column-result", "live.column-recovery",
                             "live.column-limit", "column.cause"}) {
    out += fmt::format("<th>{}</th>", html(text(column, language)));
  }
  out += "</tr>\n";
  for (const Drill& drill : run.drills) {
    const RecoveryTexts recovery = recovery_texts(drill.verdict, language);
    out +=
        fmt::format("<tr><td>{}</td><td><b>{}</b></td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                    html(drill_name(drill)), html(status_word(drill.verdict.status, language)),
                    html(recovery.measured), html(recovery.limit), html(headline(drill, language)));
  }
  return out + "</table>\n\n";
}

void announce_on_github(const Run& run, const std::string& language) {
  const char* actions = std::getenv("GITHUB_ACTIONS");
  if (!actions || std::string_view(actions) != "true") return;
  const std::string annotations = github_annotations(run, language);
  std::fwrite(annotations.data(), 1, annotations.size(), stdout);
  std::fflush(stdout);
  if (const char* path = std::getenv("GITHUB_STEP_SUMMARY"); path && *path) {
    std::ofstream(path, std::ios::app | std::ios::binary) << github_summary(run, language);
  }
}

}  // namespace reprise
