#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reports/sample_runs.h"

namespace reprise::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string post_mortem(const Run& run, const std::string& language = "en") {
  return rendered("post-mortem", run, language);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// What stands between that heading and the next.
std::string section(const std::string& text, const std::string& heading) {
  const std::size_t from = text.find("\n### " + heading + "\n");
  if (from == text.npos) return {};
  return text.substr(from, text.find("\n#", from + 1) - from);
}

// Pipes that end a cell: those without a backslash before them that is not itself escaped.
std::size_t cell_ends(const std::string& line) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '\\') {
      ++at;
    } else if (line[at] == '|') {
      ++count;
    }
  }
  return count;
}

TEST(ThePostMortem, LooksAsAgreed) {
  expect_golden("failed.post-mortem.en.md", post_mortem(run_of({failed_drill()})));
  expect_golden("run.post-mortem.fr.md", post_mortem(every_kind(), "fr"));
}

TEST(ThePostMortem, IsTheSameForTheSameRun) {
  EXPECT_EQ(post_mortem(every_kind()), post_mortem(every_kind()));
}

TEST(ThePostMortem, TellsWhatHappenedInItsOrder) {
  const auto rows = lines_of(section(post_mortem(run_of({failed_drill()})), "Timeline"));
  ASSERT_GT(rows.size(), 10u);
  const std::vector<std::string> timed(rows.begin() + 5, rows.end());
  EXPECT_TRUE(std::ranges::is_sorted(
      timed, {}, [](const std::string& row) { return row.substr(0, row.find('Z')); }));
  EXPECT_EQ(timed.back(), "| 2026-03-01T12:00:24.123Z | 24 s | End of the drill: completed |");
}

TEST(ThePostMortem, MarksWhatAPersonDid) {
  EXPECT_THAT(post_mortem(run_of({failed_drill()})),
              HasSubstr("Step 2 of fast-recovery, by a person, Call the hosting company: finished "
                        "(done by operations)"));
}

TEST(ThePostMortem, TellsOfStepsThatWereNotExecuted) {
  Drill drill = failed_drill();
  StepRecord& step = drill.record.procedures[0].steps[2];
  step.state = "not-executed";
  step.started.reset();
  step.finished.reset();
  EXPECT_THAT(post_mortem(run_of({drill})),
              HasSubstr("| 9.3 s | Step 3 of fast-recovery, Start the database: not executed"));
}

TEST(ThePostMortem, SaysHowADrillWasCutShort) {
  Drill drill = failed_drill();
  drill.record.moments = {{9s, "abort", {}, "dashboard: down for 4 s"}};
  drill.record.outcome.clear();
  drill.record.guardian = {"worker died"};
  EXPECT_THAT(post_mortem(run_of({drill})),
              AllOf(HasSubstr("| 9 s | Stopped by a guard (dashboard: down for 4 s) |"),
                    HasSubstr("| 24 s | End of the drill: killed before its end |\n"
                              "| – | – | Guardian: worker died |\n")));
}

TEST(ThePostMortem, CountsTheEndingsOfAServiceThatKeepsEnding) {
  Drill drill = failed_drill();
  drill.record.services.clear();
  for (int time = 0; time < 40; ++time) {
    drill.record.services.push_back({5s + time * 100ms, "server", "exited", "exit 1", 100 + time});
  }
  const std::string text = post_mortem(run_of({drill}));
  EXPECT_THAT(text, HasSubstr("| 5.4 s | Service server: exited (exit 1) |"));
  EXPECT_THAT(text, Not(HasSubstr("| 5.5 s | Service server: exited")));
  EXPECT_THAT(text, HasSubstr("from here on it did so 35 times"));
}

TEST(ThePostMortem, NamesTheOwnerOfAKnownDeficiency) {
  const std::string rows = section(post_mortem(run_of({conditional_drill()})), "Follow-up");
  EXPECT_THAT(rows, HasSubstr("| **recovery** F-1 – The recovery of dashboard took too long"));
  EXPECT_THAT(rows, HasSubstr("| operations | 2027-12-31 |  |  |  |\n"));
}

TEST(ThePostMortem, SaysThatNothingWasMissed) {
  const std::string text = post_mortem(run_of({passed_drill()}));
  EXPECT_THAT(section(text, "Cause"), HasSubstr("Nothing was missed."));
  EXPECT_THAT(section(text, "Follow-up"), HasSubstr("No finding asks for any."));
}

TEST(ThePostMortem, AsksForActionOnWhatWasNotDemonstratedOrNotUndone) {
  const std::string text = post_mortem(run_of({inconclusive_drill()}));
  EXPECT_THAT(section(text, "Cause"), Not(HasSubstr("Nothing was missed")));
  EXPECT_THAT(section(text, "Follow-up"),
              AllOf(HasSubstr("| The fault api-down was in place but had no victim | Inconclusive"),
                    HasSubstr("| **Left behind** – the rule on port 5432 is still there |")));
}

TEST(ThePostMortem, TellsPassedDrillsInOneLineEach) {
  std::vector<Drill> drills(60, passed_drill());
  drills.push_back(failed_drill());
  const std::string text = post_mortem(run_of(drills));
  EXPECT_EQ(std::ranges::count(lines_of(text), std::string("### Timeline")), 1);
  EXPECT_EQ(std::ranges::count(lines_of(text),
                               "| sp-e/weather-api-500: The weather service answers 500 | Passed "
                               "| at most 52.3 ms | 5 min |"),
            60);
}

TEST(ThePostMortem, GivesADrillWithAProcedureItsSectionThoughItPassed) {
  Drill drill = passed_drill();
  drill.record.procedures = failed_drill().record.procedures;
  EXPECT_THAT(post_mortem(run_of({drill, passed_drill()})),
              HasSubstr("\n## sp-e/weather-api-500: "));
}

TEST(ThePostMortem, LetsTheSystemWriteNoMarkup) {
  const std::string text = post_mortem(run_of({hostile_drill(), passed_drill()}));
  EXPECT_EQ(text.find_first_of("\x1b\x07\r\xff"), text.npos);
  EXPECT_THAT(text, Not(HasSubstr("<script")));
  EXPECT_THAT(text, HasSubstr("&lt;script&gt;alert(1)"));
}

TEST(ThePostMortem, KeepsItsTablesWhateverTheSystemPrints) {
  const std::string evil = "a | b \\| c \\\n| --- |\n# d `e` ``` ![f](http://g.example) <h>";
  Drill drill = hostile_drill();
  drill.record.scenario.title = Text{{{"", evil}}};
  drill.record.faults[0].evidence = drill.record.services[0].why = evil;
  drill.record.procedures[0].steps[0].result = evil;
  drill.record.procedures[0].why = evil;
  drill.record.moments = {{7s, "trouble", {}, evil}};
  drill.record.guardian = drill.verdict.residue = {evil};
  drill.verdict.findings.back().outcome.arguments["probe"] = evil;
  drill.verdict.findings.back().cause->log_line = evil;
  drill.verdict.findings.back().known = Known{evil, evil, evil};
  drill.verdict.ledgers[0].ledger = evil;
  std::size_t columns = 0;
  for (const std::string& line : lines_of(post_mortem(run_of({drill, passed_drill()})))) {
    if (!line.starts_with("|")) {
      columns = 0;
      EXPECT_TRUE(line.empty() || line.starts_with("#") || line.starts_with("**") ||
                  line.starts_with("- **") || line.starts_with("Began ") ||
                  line.starts_with("Made by "))
          << line;
      continue;
    }
    if (columns == 0) columns = cell_ends(line);
    EXPECT_EQ(cell_ends(line), columns) << line;
    for (const char* markup : {" `e", "[f](", "://", "<h>"}) {
      EXPECT_THAT(line, Not(HasSubstr(markup)));
    }
  }
}

TEST(ThePostMortem, CanBeWrittenOfADrillThatNeverBegan) {
  Drill drill;
  drill.record.plan.name = "p";
  drill.record.scenario.name = "s";
  drill.verdict.reasons = {{"judge.torn", nlohmann::json::object()}};
  const std::string text = post_mortem(run_of({drill}));
  EXPECT_THAT(text, HasSubstr("- **Inconclusive** – The drill was killed"));
  EXPECT_THAT(text, Not(HasSubstr("1970"))) << "nobody knows when";
}

TEST(ThePostMortem, SurvivesAJournalFromTheEndOfTime) {
  Drill drill = failed_drill();
  drill.record.started = UtcInstant(Duration::max() - 1s);
  EXPECT_THAT(post_mortem(run_of({drill})), HasSubstr("2262-04-11"));
}

}  // namespace
}  // namespace reprise::testing
