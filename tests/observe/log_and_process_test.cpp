#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>

#include <thread>

#include "tests/observe/observing.h"

namespace reprise {
namespace {

using nlohmann::json;

TEST(LogProbe, CountsEveryMatchingLineOnce) {
  Observing observing;
  auto& lines = observing.surroundings.logs["server"];
  for (const auto* line : {"started", "switched to simulated (1)", "idle"}) {
    lines.emplace_back(line);
  }
  const auto probe = observing.make(
      Observing::spec("log", {{"service", "server"}, {"matches", "switched to (simulated|live)"}}));
  const json one = {{"count", 1}, {"line", "switched to simulated (1)"}};
  EXPECT_EQ(observing.sample(*probe).seen.values, one);
  EXPECT_EQ(observing.sample(*probe).seen.values, one);
  for (int i = 0; i < 2000; ++i) lines.emplace_back("switched to live");
  for (const auto& taken : observing.sample_together(*probe, 3, 5s)) {
    EXPECT_EQ(taken.seen.values, json({{"count", 2001}, {"line", "switched to live"}}));
  }
}

TEST(LogProbe, SeesNothingWhereNothingWasSaid) {
  Observing observing;
  EXPECT_EQ(observing.see("log", {{"service", "mute"}, {"matches", "x"}}).values,
            json({{"count", 0}}));
}

TEST(LogProbe, SearchesAVeryLongLineInLittleTime) {
  Observing observing;
  observing.surroundings.logs["server"].emplace_back(std::string(1 << 20, 'a') + "b");
  const auto seen = observing.see("log", {{"service", "server"}, {"matches", "(a|c)*b$"}});
  EXPECT_EQ(seen.values.at("count"), 1);
  EXPECT_EQ(seen.values.at("cut"), json({"line"}));
}

// What the probe says of FATAL after such a line, and another that is whole.
Observation see_fatal(Printed printed) {
  Observing observing;
  observing.surroundings.logs["server"] = {std::move(printed), Printed("idle")};
  return observing.see("log", {{"service", "server"}, {"matches", "FATAL"}});
}

TEST(LogProbe, KnowsWhatWasFoundInLinesThatWereNotKept) {
  Printed cut("beginning");
  cut.cut = true;
  cut.found = {{"FATAL", 1}};
  EXPECT_EQ(judged({{"count", 1}}, see_fatal(cut)), Truth::holds);
  EXPECT_EQ(judged({{"line", {{"contains", "end"}}}}, see_fatal(cut)), Truth::unknown);
  cut.found = {{"FATAL", 0}};
  EXPECT_EQ(judged({{"count", 0}}, see_fatal(cut)), Truth::holds);
  Printed left_out("[3 lines left out]");
  left_out.left_out = 3;
  left_out.found = {{"FATAL", 2}};
  EXPECT_EQ(judged({{"count", 2}}, see_fatal(left_out)), Truth::holds);
  EXPECT_EQ(judged({{"line", {{"contains", "lines"}}}}, see_fatal(left_out)), Truth::unknown);
}

TEST(LogProbe, DoesNotKnowWhatNobodySearched) {
  Printed cut("beginning");
  cut.cut = true;
  EXPECT_EQ(judged({{"count", 0}}, see_fatal(cut)), Truth::unknown);
  cut.found = {{"FATAL", 0}};
  cut.unsearched = true;
  EXPECT_EQ(judged({{"count", 0}}, see_fatal(cut)), Truth::unknown);
  cut.found = {{"FATAL", 1}};
  EXPECT_EQ(judged({{"count", 1}}, see_fatal(cut)), Truth::holds);
  cut.left_out = 3;
  EXPECT_EQ(judged({{"count", 1}}, see_fatal(cut)), Truth::unknown);
}

TEST(LogProbe, RefusesWhatIsNoRegularExpression) {
  Observing observing;
  EXPECT_FALSE(observing.try_make(
      Observing::spec("log", {{"service", "server"}, {"matches", "(unclosed"}})));
}

// Waits for the state, since a signal takes effect a little later.
Observation see_in_state(Observing& observing, const std::string& state) {
  Observation seen;
  for (int tries = 0; tries < 1000; ++tries) {
    seen = observing.see("process", {{"service", "server"}});
    if (seen.values.value("state", "gone") == state) break;
    std::this_thread::sleep_for(1ms);
  }
  return seen;
}

TEST(ProcessProbe, SeesAProcessRunStopAndEnd) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::execlp("sleep", "sleep", "60", nullptr);
    ::_exit(127);
  }
  Observing observing;
  observing.surroundings.processes["server"] = {{pid, 0}};
  const auto running = see_in_state(observing, "sleeping");
  EXPECT_EQ(running.values.at("running"), true);
  EXPECT_EQ(running.values.at("pid"), pid);
  EXPECT_EQ(running.values.at("threads"), 1);
  EXPECT_GT(running.values.at("rss").get<std::int64_t>(), 4096);
  ::kill(pid, SIGSTOP);
  EXPECT_EQ(see_in_state(observing, "stopped").values.at("running"), true);
  ::kill(pid, SIGKILL);
  const auto zombie = see_in_state(observing, "gone");
  EXPECT_EQ(zombie.values, json({{"running", false}}));
  ::waitpid(pid, nullptr, 0);
  EXPECT_EQ(see_in_state(observing, "gone").outcome, "answered");
}

TEST(ProcessProbe, IsNotTakenInByANumberUsedAgain) {
  Observing observing;
  observing.surroundings.processes["server"] = {{::getpid(), 1}};
  EXPECT_EQ(observing.see("process", {{"service", "server"}}).values, json({{"running", false}}));
  observing.surroundings.processes.clear();
  EXPECT_EQ(observing.see("process", {{"service", "server"}}).values, json({{"running", false}}));
}

}  // namespace
}  // namespace reprise
