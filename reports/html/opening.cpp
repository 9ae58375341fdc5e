// The opening of a drill: verdict, measures, cause. Everything a hurried reader needs.
#include "reports/catalogue.h"
#include "reports/escape.h"
#include "reports/html/page.h"
#include "reports/sentences.h"

namespace reprise {
namespace {

// The measured interval on a line with its limit, to scale.
std::string gauge(const Finding& finding) {
  if (!finding.measured || !finding.limit || finding.limit->count() <= 0) return {};
  const double limit = static_cast<double>(finding.limit->count());
  const double low = static_cast<double>(std::max<Duration>(finding.measured->low, 0s).count());
  const double high =
      finding.measured->high
          ? static_cast<double>(std::max<Duration>(*finding.measured->high, 0s).count())
          : std::max(low, limit) * 1.25;
  const double whole = std::max(high, limit) * 1.04;
  const auto x = [&](double value) { return 300 * value / whole; };
  return fmt::format(
      "<svg class=\"gauge{}\" viewBox=\"0 0 300 12\" preserveAspectRatio=\"none\" "
      "aria-hidden=\"true\"><rect class=\"room\" x=\"0\" y=\"4\" width=\"{:.1f}\" height=\"4\"/>"
      "<rect class=\"sure\" x=\"0\" y=\"3\" width=\"{:.1f}\" height=\"6\"/>"
      "<rect class=\"maybe\" x=\"{:.1f}\" y=\"3\" width=\"{:.1f}\" height=\"6\"/>"
      "<path class=\"limit\" d=\"M{:.1f} 0v12\"/></svg>",
      finding.status == Status::fail ? " bad" : "", x(limit), x(low), x(low),
      std::max(x(high) - x(low), 2.0), x(limit));
}

struct Measure {
  std::string name, value, note, drawing;
  bool absent = false;
};

Measure against(const Drill& drill, const Words& words, std::string_view objective,
                const std::optional<Duration>& stated) {
  Measure measure;
  measure.name = words(fmt::format("measure.{}", objective));
  const Finding* finding = measured_against(drill.verdict, objective);
  const std::optional<Duration> limit = finding && finding->limit ? finding->limit : stated;
  const std::string limit_text =
      limit ? words("measure.limit", {{"limit_ns", limit->count()}}) : words("measure.no-limit");
  if (!finding || !finding->measured) {
    measure.absent = true;
    measure.value = words("not-measured");
    measure.note = words(finding ? "measure.unjudged" : fmt::format("measure.no-{}", objective)) +
                   " · " + limit_text;
    return measure;
  }
  const Interval& interval = *finding->measured;
  const std::string text = words.typeset(interval_text(interval, words.language));
  const bool exact = interval.high && text == words.duration(*interval.high);
  measure.value = exact           ? text
                  : interval.high ? "≤ " + words.duration(*interval.high)
                                  : "> " + words.duration(interval.low);
  measure.note = exact ? limit_text : text + " · " + limit_text;
  measure.drawing = gauge(*finding);
  return measure;
}

Measure clean_up(const Drill& drill, const Words& words) {
  Measure measure{.name = words("measure.clean"),
                  .value = words(drill.verdict.clean ? "clean.short-yes" : "clean.short-no"),
                  .note = words(drill.verdict.clean ? "clean.yes" : "clean.no"),
                  .drawing = {}};
  if (!drill.verdict.residue.empty()) measure.note = html(drill.verdict.residue.front());
  return measure;
}

std::string tile(const Measure& measure, bool bad) {
  return fmt::format(
      "<div class=\"tile{}{}\"><dt>{}</dt><dd><span class=\"value\">{}</span>{}"
      "<span class=\"small\">{}</span></dd></div>\n",
      measure.absent ? " absent" : "", bad ? " bad" : "", measure.name, measure.value,
      measure.drawing, measure.note);
}

bool missed(const Drill& drill, std::string_view objective) {
  const Finding* finding = measured_against(drill.verdict, objective);
  return finding && finding->status == Status::fail;
}

// "1 of 4 assertions missed", beside the verdict's word.
std::string tally(const Verdict& verdict, const Words& words) {
  const auto held = static_cast<std::size_t>(
      std::ranges::count(verdict.findings, Status::pass, &Finding::status));
  return words("verdict.tally", {{"held", held}, {"count", verdict.findings.size()}});
}

// Why the drill ended as it did, and every other miss in a line of its own.
std::string causes(const Drill& drill, const Words& words) {
  const Verdict& verdict = drill.verdict;
  const auto line = [&](std::string_view word, const std::string& told) {
    return fmt::format("<p class=\"cause {}\"><strong>{}</strong> {}</p>\n",
                       status_class(verdict.status), words(word), told);
  };
  const bool failed = verdict.status == Status::fail;
  const auto first = std::ranges::find(verdict.findings, Status::fail, &Finding::status);
  std::string told = words.typeset(headline(drill, words.language));
  if (failed && first != verdict.findings.end() && first->cause) {
    const Miss miss = misses_of(*first).front();
    told = fmt::format("<b>{}.</b> {}", words.sentence(miss.outcome),
                       words.typeset(cause_sentence(drill.record, miss, words.language)));
  }
  std::string out = line(verdict.status == Status::pass ? "cause.none" : "cause.word", told);
  for (std::size_t at = failed ? 0 : 1; at < verdict.reasons.size(); ++at) {
    out += fmt::format("<p class=\"cause\">{}</p>\n", words.sentence(verdict.reasons[at]));
  }
  for (const std::string& further : also_missed(drill, words.language)) {
    out += line("cause.also", words.typeset(further));
  }
  for (const Message& attempt : earlier_attempts(drill)) {
    out += fmt::format("<p class=\"cause\">{}</p>\n", words.sentence(attempt));
  }
  return out;
}

}  // namespace

std::string drill_opening(const Drill& drill, const Words& words, bool alone) {
  const Record& record = drill.record;
  const Verdict& verdict = drill.verdict;
  const std::string plan = record.plan.title.in(words.language);
  const std::string_view level = alone ? "h1" : "h2";
  std::string out =
      fmt::format("<p class=\"eyebrow\"><span>{}</span> {}</p>\n<{}>{}</{}>\n",
                  html(plan.empty() ? record.plan.name : plan), identifier(drill_name(drill)),
                  level, html(drill_title(drill, words.language)), level);
  out += fmt::format(
      "<p class=\"verdict {0}\"><svg class=\"shape\" viewBox=\"0 0 16 16\" aria-hidden=\"true\">"
      "<use href=\"#shape-{0}\"/></svg><strong>{1}</strong> <span>{2}</span></p>\n",
      status_class(verdict.status), html(status_word(verdict.status, words.language)),
      tally(verdict, words));
  out += "<dl class=\"tiles\">\n";
  out += tile(against(drill, words, "rto", record.plan.objectives.rto), missed(drill, "rto"));
  out += tile(against(drill, words, "rpo", record.plan.objectives.rpo), missed(drill, "rpo"));
  out += tile(clean_up(drill, words), !verdict.clean);
  out += "</dl>\n";
  return out + causes(drill, words);
}

}  // namespace reprise
