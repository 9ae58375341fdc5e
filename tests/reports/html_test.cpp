#include <fstream>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/html/axis.h"
#include "reports/html/page.h"
#include "tests/reports/programs.h"
#include "tests/reports/sample_runs.h"
#include "tests/support/temporary_folder.h"

namespace reprise::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string page(const Run& run, const std::string& language = "en") {
  return rendered("html", run, language);
}

std::size_t occurrences(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
  return count;
}

// The path of the bars of that class.
std::string bars(const std::string& text, const std::string& name) {
  const std::size_t at = text.find("<path class=\"bars " + name + "\"");
  if (at == text.npos) return {};
  const std::size_t from = text.find(" d=\"", at);
  return text.substr(from, text.find("/>", at) - from);
}

// A change of colour is no change of what the page says.
std::string without_style(std::string text) {
  const std::size_t from = text.find("<style>");
  const std::size_t to = text.find("</style>");
  if (from == text.npos || to == text.npos) return "no style sheet";
  return text.erase(from + 7, to - from - 7);
}

TEST(Html, LooksAsAgreed) {
  expect_golden("failed.en.html", without_style(page(run_of({failed_drill()}))));
  expect_golden("run.fr.html", without_style(page(every_kind(), "fr")));
}

TEST(Html, IsTheSameForTheSameRun) { EXPECT_EQ(page(every_kind()), page(every_kind())); }

TEST(Html, AsksNothingOfAnybody) {
  for (const std::string& text : {page(every_kind()), page(run_of({hostile_drill()}), "fr")}) {
    EXPECT_THAT(text, HasSubstr("default-src 'none'"));
    EXPECT_FALSE(std::regex_search(text, std::regex("(href|src)=\"(?!#|data:)")));
    EXPECT_THAT(text, Not(HasSubstr("@import")));
    EXPECT_THAT(text, Not(HasSubstr("<script")));
    EXPECT_FALSE(std::regex_search(text, std::regex("<[a-z][^>]* (style|on[a-z]+)=")));
  }
}

TEST(Html, AllowsItsOwnStyleSheetAndNoOther) {
  EXPECT_THAT(page(every_kind()), HasSubstr(content_policy(style_sheet())));
  EXPECT_NE(content_policy(style_sheet()), content_policy(style_sheet() + " "));
}

TEST(Html, ShowsWhatTheSystemPrintsAsText) {
  const std::string text = page(run_of({hostile_drill()}));
  EXPECT_THAT(text, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt; ]]&gt;"));
  EXPECT_THAT(text, HasSubstr("\\x1b[2J"));
  EXPECT_THAT(text, HasSubstr("\\u202e"));
  for (const char control : {'\x1b', '\x07', '\xff'}) {
    EXPECT_EQ(text.find(control), text.npos);
  }
}

TEST(Html, SpeaksTheReadersLanguage) {
  const std::string text = page(run_of({failed_drill()}), "fr");
  EXPECT_THAT(text, HasSubstr("<html lang=\"fr\">"));
  EXPECT_THAT(text, HasSubstr("≤ 4,358\u00a0s"));
  EXPECT_THAT(text, HasSubstr("La base de données est tuée"));
  EXPECT_THAT(text, HasSubstr("aucune assertion sur le RPO"));
}

TEST(Html, TellsTheVerdictAndTheCauseBeforeEverythingElse) {
  const std::string text = page(run_of({failed_drill()}));
  const std::size_t picture = text.find("class=\"picture\"");
  for (const char* said : {"<strong>Failed</strong>", "≤ 4.358\u00a0s", "Not measured",
                           "last bad sample at 9.3\u00a0s on dashboard: status 503"}) {
    EXPECT_LT(text.find(said), picture) << said;
  }
}

TEST(Html, SaysSoWhenSomethingWasNotRecorded) {
  Drill drill = passed_drill();
  drill.record.operator_name.clear();
  const std::string text = page(run_of({drill}));
  EXPECT_THAT(text, HasSubstr("<th scope=\"row\">Started by</th><td><span class=\"absent\">not "
                              "recorded</span></td>"));
}

TEST(Html, ListsTheRisksThatNoDrillCovered) {
  const std::string text = page(run_of({failed_drill()}));
  const std::size_t risk = text.find("The site burns");
  ASSERT_NE(risk, text.npos);
  EXPECT_THAT(text.substr(risk, 300), HasSubstr("Not covered by this run"));
}

TEST(Html, SaysHowGraveARiskIsInTheReadersLanguage) {
  const std::string text = page(run_of({failed_drill()}), "fr");
  const std::string row = text.substr(text.find("Le site brûle"), 400);
  EXPECT_THAT(row, HasSubstr(">faible<"));
  EXPECT_THAT(row, HasSubstr(">critique<"));
}

TEST(Html, ListsTheGravestDrillFirst) {
  const std::string text = page(run_of({passed_drill(), inconclusive_drill(), failed_drill()}));
  const auto row = [&](int drill) { return text.find(fmt::format("\"#drill-{}\"", drill)); };
  EXPECT_LT(row(3), row(2));
  EXPECT_LT(row(2), row(1));
}

TEST(Html, OpensWithEveryMiss) {
  Drill drill = failed_drill();
  Finding& other = drill.verdict.findings[1];
  other.status = Status::fail;
  other.outcome = {"judge.fallback.none", {{"probe", "dashboard"}}};
  const std::string text = page(run_of({drill}));
  const std::string opening = text.substr(0, text.find("class=\"picture\""));
  EXPECT_THAT(opening, HasSubstr("dashboard never fell back"));
  EXPECT_THAT(opening, HasSubstr("The recovery of dashboard took too long"));
}

TEST(Html, GivesEveryTableHeadersForColumnsAndRows) {
  const std::string text = page(every_kind());
  EXPECT_EQ(occurrences(text, "<table "), occurrences(text, "<caption>"));
  EXPECT_GT(occurrences(text, "<th scope=\"row\""), 50u);
  EXPECT_FALSE(std::regex_search(text, std::regex("<th(?! scope=)[ >]")));
  EXPECT_EQ(occurrences(text, "<svg class=\"picture\""), occurrences(text, "</desc>"));
}

TEST(Html, HasOneFirstHeadingAndSkipsNoLevel) {
  for (const std::string& text : {page(every_kind()), page(run_of({failed_drill()}))}) {
    EXPECT_EQ(occurrences(text, "<h1"), 1u);
    static const std::regex heading("<h([1-6])");
    int before = 0;
    for (std::sregex_iterator at(text.begin(), text.end(), heading), end; at != end; ++at) {
      const int level = std::stoi((*at)[1]);
      EXPECT_LE(level, before + 1) << "at " << text.substr(at->position(), 80);
      before = level;
    }
  }
}

TEST(ThePicture, DrawsEveryFailureOfAHundredThousandSamplesInTwoMegabytes) {
  for (const std::size_t stretch : {1u, 7u, 50u, 50'000u}) {
    std::size_t failures = 0;
    for (std::size_t at = 0; at < 100'000; ++at) failures += at / stretch % 2;
    const std::string text = page(run_of({long_drill(100'000, stretch)}));
    EXPECT_LE(text.size(), 2'000'000u) << stretch;
    EXPECT_EQ(occurrences(bars(text, "down"), "h16"), failures) << stretch;
    const auto rows = occurrences(text, "<span class=\"level");
    EXPECT_LE(rows, 400u);
    EXPECT_GE(rows, 2u);
  }
}

TEST(ThePicture, KeepsTheLatencyPathShortButItsExtremes) {
  Drill drill = long_drill(100'000, 100'001);
  Sample& slow = drill.record.probes["dashboard"].samples[54'321];
  slow.finished = slow.intended + 90s;
  const std::string text = page(run_of({drill}));
  const std::size_t at = text.find("<path class=\"latency\"");
  const std::string path = text.substr(at, text.find("/>", at) - at);
  EXPECT_LE(occurrences(path, "L"), 1'500u);
  EXPECT_THAT(text, HasSubstr(">1 min 40 s</text>")) << "the scale reaches to the decade above";
  drill.record.probes["dashboard"].samples[54'321].finished -= 89s;
  EXPECT_THAT(page(run_of({drill})), Not(HasSubstr(path))) << "one slow sample is seen";
}

TEST(ThePicture, MergesGoodSamplesIntoRuns) {
  const std::string text = page(run_of({failed_drill()}));
  EXPECT_EQ(occurrences(bars(text, "nominal"), "h"), 2u);
  EXPECT_EQ(occurrences(bars(text, "degraded"), "h"), 1u);
  EXPECT_EQ(occurrences(bars(text, "down"), "h16"), 86u);
}

TEST(ThePicture, ShowsSamplesThatWereNotSent) {
  Drill drill = failed_drill();
  EXPECT_THAT(page(run_of({drill})), Not(HasSubstr("bars unsent")));
  drill.record.probes["dashboard"].skipped = {6s, 7s};
  EXPECT_EQ(occurrences(bars(page(run_of({drill})), "unsent"), "h16"), 2u);
}

TEST(ThePicture, SaysThatAFaultHadNoVictim) {
  const std::string text = page(run_of({inconclusive_drill()}));
  EXPECT_THAT(text, HasSubstr("fault unbitten"));
  EXPECT_THAT(text, HasSubstr("server-to-weather, had no victim</text>"));
}

TEST(ThePicture, CanBeDrawnOfADrillThatNeverBegan) {
  Drill drill;
  drill.record.plan.name = "p";
  drill.record.scenario.name = "s";
  drill.verdict.reasons = {{"judge.torn", nlohmann::json::object()}};
  EXPECT_THAT(page(run_of({drill})), HasSubstr("The drill was killed"));
}

TEST(Html, ClaimsNothingOfAJournalThatIsNotThere) {
  Drill drill = passed_drill();
  drill.record.head.clear();
  drill.record.outcome = "unknown";
  const std::string text = page(run_of({drill}));
  EXPECT_THAT(text, HasSubstr("<th scope=\"row\">Last line</th><td><span class=\"absent\">not "
                              "recorded</span></td>"));
  EXPECT_THAT(text, HasSubstr("<th scope=\"row\">End of the drill</th><td>not known</td>"));
}

TEST(TheAxis, HasAFewTicksOnRoundInstants) {
  const Axis axis{.from = 1'900ms, .to = 21'950ms};
  EXPECT_EQ(axis.ticks().front(), 2s);
  EXPECT_EQ(axis.ticks().back(), 20s);
  EXPECT_LE(axis.ticks().size(), 11u);
  const Axis months{.from = 0s, .to = 24h * 400};
  EXPECT_LE(months.ticks().size(), 11u);
}

// What a browser complains about on loading the page, and whether it did load it.
Ran opened(const std::string& text) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "report.html";
  std::ofstream(path) << text;
  return run_program({found({"chromium", "chromium-browser", "google-chrome"}), "--headless",
                      "--no-sandbox", "--disable-gpu", "--no-first-run",
                      "--disable-background-networking", "--disable-component-update",
                      "--disable-sync", "--user-data-dir=" + (folder.path() / "profile").string(),
                      "--enable-logging=stderr", "--dump-dom", "file://" + path.string()});
}

TEST(Html, OpensInABrowserWithoutComplaint) {
  if (found({"chromium", "chromium-browser", "google-chrome"}).empty()) {
    GTEST_SKIP() << "no Chromium here";
  }
  const Ran ran = opened(page(run_of({hostile_drill(), passed_drill()})));
  EXPECT_THAT(ran.output, HasSubstr("</body>"));
  EXPECT_THAT(ran.output, Not(HasSubstr("CONSOLE")));
  std::string styled = page(run_of({passed_drill()}));
  styled.replace(styled.find("<main "), 6, "<main style=\"color:red\" ");
  EXPECT_THAT(opened(styled).output, HasSubstr("CONSOLE")) << "its complaints would be seen";
}

}  // namespace
}  // namespace reprise::testing
