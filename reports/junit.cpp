// junit.xml: a suite a drill, a case an assertion, in the form that every CI reader accepts.
//
// Whatever was not demonstrated is red: inconclusive, skipped and clean-up trouble are errors,
// because readers count `skipped` as harmless. The body repeats the message for those that do not
// show attributes.
#include <set>

#include "harness/model/registry.h"
#include "reports/catalogue.h"
#include "reports/escape.h"
#include "reports/parameters.h"
#include "reports/sentences.h"

namespace reprise {
namespace {

std::string seconds(Duration duration) {
  const Duration positive = std::max<Duration>(duration, Duration::zero());
  return fmt::format("{:.3f}", static_cast<double>(positive.count()) / 1e9);
}

// Suites and cases as they are counted in attributes.
struct Tally {
  std::size_t tests = 0, failures = 0, errors = 0;
  Duration time{};
};

class Suite {
 public:
  Suite(const Drill& drill, const std::string& language) : drill_(drill), language_(language) {}

  std::string write(Tally& all) {
    for (const Finding& finding : drill_.verdict.findings) add(finding);
    add_drill_troubles();
    const Location& where = drill_.record.scenario.where;
    std::string out = fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\" "
        "time=\"{}\" timestamp=\"{}\"{}>\n{}  </testsuite>\n",
        xml(drill_name(drill_)), own_.tests, own_.failures, own_.errors,
        seconds(drill_.record.length), format_utc(drill_.record.started).substr(0, 19),
        place(where), earlier() + cases_);
    all.tests += own_.tests;
    all.failures += own_.failures;
    all.errors += own_.errors;
    all.time += drill_.record.length;
    return out;
  }

 private:
  static std::string place(const Location& where) {
    if (where.file.empty()) return {};
    std::string out = fmt::format(" file=\"{}\"", xml(visible(where.file)));
    if (where.line > 0) out += fmt::format(" line=\"{}\"", where.line);
    return out;
  }

  [[nodiscard]] std::string earlier() const {
    std::string out;
    for (const Message& attempt : earlier_attempts(drill_)) {
      out += fmt::format("      <property name=\"earlier-attempt\" value=\"{}\"/>\n",
                         xml(render(attempt, language_)));
    }
    return out.empty() ? out : "    <properties>\n" + out + "    </properties>\n";
  }

  // Readers tell cases apart by classname and name; repeats of a scenario share the classname.
  std::string unique(std::string name) {
    if (drill_.record.scenario.repeat > 1) name += fmt::format(" #{}", drill_.record.repeat + 1);
    std::string candidate = name;
    for (int number = 2; !names_.insert(candidate).second; ++number) {
      candidate = fmt::format("{} ({})", name, number);
    }
    return candidate;
  }

  void add_case(const std::string& name, const Location& where, Duration time,
                const std::string& result, const std::string& said) {
    ++own_.tests;
    const Location& place_of = where.file.empty() ? drill_.record.scenario.where : where;
    cases_ += fmt::format(
        "    <testcase classname=\"{}\" name=\"{}\" time=\"{}\"{}>\n{}"
        "      <system-out>{}{}\n</system-out>\n    </testcase>\n",
        xml(suite_name(drill_)), xml(unique(name)), seconds(time), place(place_of), result,
        xml(said.empty() ? said : said + "\n"),
        xml(text("junit.journal", language_, {{"journal", drill_.journal}})));
  }

  std::string wrong(std::string_view element, std::string_view type, const std::string& message,
                    const std::string& more) {
    ++(element == "failure" ? own_.failures : own_.errors);
    return fmt::format("      <{0} type=\"{1}\" message=\"{2}\">{2}{3}</{0}>\n", element, xml(type),
                       xml(message), xml(more.empty() ? more : "\n" + more));
  }

  // The cause of the miss that gives the type, then every other miss with its own.
  [[nodiscard]] std::string all_told(const std::vector<Miss>& misses, const Miss& first) const {
    std::string out = cause_sentence(drill_.record, first, language_);
    const auto add_line = [&](const std::string& told) {
      if (!told.empty()) out += (out.empty() ? "" : "\n") + told;
    };
    for (const Miss& miss : misses) {
      if (&miss != &first) {
        add_line(miss.failure + ": " + render(miss.outcome, language_));
        add_line(cause_sentence(drill_.record, miss, language_));
      }
      add_line(known_sentence(miss.known, language_));
    }
    return out;
  }

  void add(const Finding& finding) {
    const Duration time = finding.from && finding.to ? *finding.to - *finding.from : Duration{};
    const std::string outcome = render(finding.outcome, language_);
    std::string said = render(finding.statement, language_) + "\n" + outcome;
    if (finding.measured && finding.limit) {
      said += "\n" + text("junit.measured", language_,
                          {{"interval", interval_text(*finding.measured, language_)},
                           {"limit_ns", finding.limit->count()}});
    }
    if (finding.unexpected_pass) said += "\n" + text("finding.unexpected-pass", language_);
    for (const Message& note : finding.notes) said += "\n" + render(note, language_) + ".";
    if (is_end(finding)) {
      for (const std::string& told : leaves_told(drill_.record.scenario, language_)) {
        said += "\n" + told;
      }
    }
    const auto misses = misses_of(finding);
    std::string result;
    if (finding.status == Status::fail) {
      const auto uncovered = std::ranges::find_if(misses, [](const Miss& m) { return !m.known; });
      const Miss& first = uncovered == misses.end() ? misses.front() : *uncovered;
      result = wrong("failure", first.failure.empty() ? "chaos.Missed" : first.failure,
                     render(first.outcome, language_), all_told(misses, first));
    } else if (finding.status == Status::inconclusive) {
      result = wrong("error", "chaos.Inconclusive", outcome, "");
    } else if (finding.status == Status::skipped) {
      result = wrong("error", "chaos.Skipped", outcome, "");
    } else if (finding.status == Status::conditional && finding.known) {
      const std::string cause = cause_sentence(drill_.record, misses.front(), language_);
      said = text("junit.conditional", language_,
                  {{"finding", finding.known->finding},
                   {"owner", finding.known->owner},
                   {"until", finding.known->until}}) +
             "\n" + said + (cause.empty() ? "" : "\n" + cause);
    }
    add_case(finding.name.empty() ? finding.kind : finding.name, finding.where, time, result, said);
  }

  // What concerns no single assertion: the whole drill proved nothing, or left something behind.
  void add_drill_troubles() {
    const Verdict& verdict = drill_.verdict;
    std::string reasons;
    for (const Message& reason : verdict.reasons) {
      reasons += (reasons.empty() ? "" : "\n") + render(reason, language_);
    }
    if (reasons.empty() && verdict.findings.empty()) {
      reasons = text("headline.nothing", language_);
    }
    if (!reasons.empty()) {
      const std::string first = reasons.substr(0, reasons.find('\n'));
      const std::string rest =
          first.size() == reasons.size() ? "" : reasons.substr(first.size() + 1);
      const std::string result = wrong("error", "chaos.Inconclusive", first, rest);
      add_case("drill", {}, drill_.record.length, result, "");
    }
    if (!verdict.clean) {
      const std::string message = text("junit.cleanup", language_, {{"residue", verdict.residue}});
      const std::string result = wrong("error", "chaos.CleanUpFailed", message, "");
      add_case("clean-up", {}, Duration{}, result, "");
    }
  }

  const Drill& drill_;
  const std::string& language_;
  Tally own_;
  std::string cases_;
  std::set<std::string> names_;
};

std::string render_junit(const Run& run, const std::string& language) {
  Tally all;
  std::string suites;
  for (const Drill& drill : run.drills) suites += Suite(drill, language).write(all);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"reprise\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\" "
      "time=\"{}\">\n{}</testsuites>\n",
      all.tests, all.failures, all.errors, seconds(all.time), suites);
}

const Registered<ReportKind> junit_registered{
    {.name = "junit",
     .file_name = "junit.xml",
     .summary = "test results for continuous integration: a suite a drill, a case an assertion",
     .render = render_junit}};

}  // namespace
}  // namespace reprise
