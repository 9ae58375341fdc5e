#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/model/registry.h"
#include "reports/github.h"
#include "reports/live.h"
#include "tests/reports/sample_runs.h"
#include "tests/support/temporary_folder.h"

namespace reprise::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* name = "sp-e/database-killed";

std::vector<json> story() {
  const json scenario = {{"scenario", "database-killed"},
                         {"steady", json::object()},
                         {"levels", {{"dashboard", {{"nominal", {{"status", 200}}}}}}}};
  const json plan = {
      {"plan", "sp-e"}, {"objectives", {{"rto", "5min"}}}, {"system", json::object()}};
  const auto fault = [](std::int64_t t, const char* step) {
    return json{{"t", t},
                {"event", "fault"},
                {"fault", "kill"},
                {"kind", "process_kill"},
                {"into", "database"},
                {"step", step},
                {"evidence", "pid 42 is gone"}};
  };
  const auto sample = [](std::int64_t t, const char* outcome, const json& values) {
    return json{{"t", t}, {"event", "sample"},  {"probe", "dashboard"}, {"i", t},
                {"s", t}, {"f", t + 1'000'000}, {"o", outcome},         {"v", values}};
  };
  return {{{"t", 0}, {"event", "drill"}, {"plan", plan}, {"scenario", scenario}},
          {{"t", 1'000'000}, {"event", "phase"}, {"phase", "steady"}},
          sample(2'000'000, "answered", {{"status", 200}}),
          {{"t", 3'000'000'000}, {"event", "phase"}, {"phase", "inject"}},
          fault(3'000'000'000, "preparing"),
          fault(3'000'000'000, "injecting"),
          fault(3'001'000'000, "armed"),
          fault(3'002'000'000, "bit"),
          sample(4'000'000'000, "refused", json::object())};
}

std::string shown(const std::string& kind, bool colour,
                  const std::function<void(LiveView&)>& happenings) {
  const auto view = Registry<LiveViewKind>::find(kind)->make("en", colour);
  ::testing::internal::CaptureStdout();
  happenings(*view);
  return ::testing::internal::GetCapturedStdout();
}

TEST(ThePlainView, TellsOneLineAChange) {
  const std::string text = shown("plain", false, [](LiveView& view) {
    for (const json& event : story()) view.line(name, event);
    view.tick(4s);
    view.finished(failed_drill());
    view.run_finished(run_of({failed_drill(), inconclusive_drill()}), "out");
  });
  expect_golden("plain.en.txt", text);
}

TEST(ThePlainView, SpeaksFrench) {
  const auto view = Registry<LiveViewKind>::find("plain")->make("fr", false);
  ::testing::internal::CaptureStdout();
  view->finished(failed_drill());
  EXPECT_THAT(::testing::internal::GetCapturedStdout(),
              HasSubstr("sp-e/database-killed : Échec. Exigé : dashboard"));
}

TEST(ThePlainView, PassesOnNoControlCharacterAndNoCommand) {
  const std::string text = shown("plain", false, [](LiveView& view) {
    view.line(name, {{"event", "trouble"}, {"what", "\x1b[2J\r\n::error::x ##[error]y"}});
    view.finished(hostile_drill());
  });
  EXPECT_EQ(std::ranges::count(text, '\n'), 2);
  for (const char* evil : {"\x1b", "\r", "\x07", "::", "##["}) {
    EXPECT_THAT(text, Not(HasSubstr(evil)));
  }
}

TEST(LiveViews, SurviveEventsThatAreNone) {
  for (const char* kind : {"plain", "terminal"}) {
    shown(kind, false, [](LiveView& view) {
      for (const json& odd :
           std::vector<json>{nullptr,
                             3,
                             json::array(),
                             {{"event", 7}},
                             {{"event", "drill"}, {"plan", 3}},
                             {{"event", "sample"}, {"probe", json::array()}, {"v", 1}},
                             {{"event", "residue"}},
                             {{"event", "step"}, {"manual", "x"}}}) {
        view.line(name, odd);
        view.tick(1s);
      }
    });
  }
}

TEST(TheTerminalView, ShowsPhaseClockAndProbesOnOneLine) {
  const std::string text = shown("terminal", false, [](LiveView& view) {
    for (const json& event : story()) view.line(name, event);
    view.tick(5500ms);
  });
  EXPECT_EQ(text, "sp-e/database-killed  inject  5.5 s  2.5 s of 5 min  dashboard: down\n");
}

TEST(TheTerminalView, StopsTheClockWhenTheSystemIsBack) {
  const std::string text = shown("terminal", false, [](LiveView& view) {
    for (const json& event : story()) view.line(name, event);
    view.line(name, {{"t", 5'000'000'000}, {"event", "recovered"}, {"probe", "dashboard"}});
    view.tick(60s);
  });
  EXPECT_THAT(text, HasSubstr("recovered after 2 s"));
}

TEST(TheTerminalView, RedrawsInPlaceAndLetsWhatIsFinishedScrollUp) {
  const std::string text = shown("terminal", false, [](LiveView& view) {
    view.line(name, story()[1]);
    view.tick(1s);
    view.tick(2s);
    view.finished(failed_drill());
    view.tick(3s);
  });
  EXPECT_THAT(text, HasSubstr("\n\x1b[1F\x1b[Jsp-e/database-killed  steady  2 s\n"));
  EXPECT_THAT(text, HasSubstr("\x1b[1F\x1b[Jsp-e/database-killed: Failed. Demanded: "));
  EXPECT_TRUE(text.ends_with("”.\n")) << "nothing is drawn any more: " << text;
}

TEST(TheTerminalView, UsesColourOnlyWhenAsked) {
  const auto end = [](LiveView& view) {
    view.finished(failed_drill());
    view.run_finished(run_of({failed_drill()}), "out");
  };
  EXPECT_THAT(shown("terminal", true, end), HasSubstr("\x1b[1;31mFailed"));
  EXPECT_THAT(shown("terminal", false, end), Not(HasSubstr("\x1b[")));
}

TEST(TheTerminalView, NeverLetsTheSystemMoveTheCursor) {
  const std::string text = shown("terminal", false, [](LiveView& view) {
    view.line(name, {{"event", "trouble"}, {"what", "\x1b[2J\x07 and \r back"}});
    view.line("evil\x1b[2J", {{"event", "phase"}, {"phase", "\x1b[2J"}});
    view.tick(1s);
    view.finished(hostile_drill());
  });
  EXPECT_THAT(text, Not(HasSubstr("\x1b[2J")));
  EXPECT_THAT(text, Not(HasSubstr("\x07")));
  EXPECT_THAT(text, Not(HasSubstr("\r")));
}

TEST(TheTerminalView, NeverWrapsALine) {
  const std::string text = shown("terminal", false, [](LiveView& view) {
    view.line(std::string(300, 'x'), {{"t", 1}, {"event", "phase"}, {"phase", "hold"}});
    view.tick(1s);
  });
  EXPECT_LE(columns_of(text.substr(0, text.find('\n'))), 79u);
}

TEST(Columns, CountWhatATerminalShows) {
  EXPECT_EQ(columns_of("é…"), 2u);
  EXPECT_EQ(columns_of("日本"), 4u);
  EXPECT_EQ(cut_to("abcdef", 4), "abc…");
  EXPECT_EQ(cut_to("日本語", 4), "日…");
  EXPECT_EQ(cut_to("abcd", 4), "abcd");
}

TEST(OnGitHub, EveryMissIsAnnotatedWhereItStands) {
  const std::string text = github_annotations(run_of({failed_drill(), conditional_drill()}), "en");
  EXPECT_THAT(text, HasSubstr("::error file=scenarios/sp-e/database-killed.yaml,line=14,title="));
  EXPECT_THAT(text, HasSubstr("::warning file=scenarios/sp-e/database-slow.yaml"));
  EXPECT_EQ(std::ranges::count(text, '\n'), 2);
}

TEST(OnGitHub, TheSystemCannotGiveCommands) {
  const std::string text = github_annotations(run_of({hostile_drill()}), "en");
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    ASSERT_TRUE(line.starts_with("::error ")) << line;
    const std::size_t second = line.find("::", 2);
    EXPECT_EQ(line.find("::", second + 2), line.npos) << line;
  }
  EXPECT_THAT(text, Not(HasSubstr("##[")));
  EXPECT_THAT(github_summary(run_of({hostile_drill()}), "en"), Not(HasSubstr("<script")));
}

TEST(OnGitHub, TheSummaryIsAppendedToTheFileThatGitHubNames) {
  const TemporaryFolder folder;
  const std::string path = folder.path() / "summary.md";
  const auto end = [](LiveView& view) { view.run_finished(run_of({failed_drill()}), "out"); };
  ::unsetenv("GITHUB_ACTIONS");
  ::setenv("GITHUB_STEP_SUMMARY", path.c_str(), 1);
  EXPECT_THAT(shown("plain", false, end), Not(HasSubstr("::error")));
  EXPECT_FALSE(std::filesystem::exists(path));
  ::setenv("GITHUB_ACTIONS", "true", 1);
  EXPECT_THAT(shown("plain", false, end), HasSubstr("\n::error "));
  ::unsetenv("GITHUB_ACTIONS");
  ::unsetenv("GITHUB_STEP_SUMMARY");
  std::ifstream file(path);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  EXPECT_THAT(text, HasSubstr("<td>sp-e/database-killed</td><td><b>Failed</b></td>"));
}

}  // namespace
}  // namespace reprise::testing
