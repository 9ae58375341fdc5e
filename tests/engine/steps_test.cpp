#include "harness/engine/drill/step.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include "harness/model/registry.h"
#include "tests/engine/live_drill.h"

namespace reprise::testing {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Steps : ::testing::Test {
  LiveDrill drill;
  Result<std::string> answer = std::string();  // of the person who is asked
  Result<void> seen;                           // by the probe that is waited for

  StepContext context() {
    auto ask = [this](const Step&) -> boost::asio::awaitable<Result<std::string>> {
      co_return answer;
    };
    auto wait = [this](const Step&) -> boost::asio::awaitable<Result<void>> { co_return seen; };
    return {*drill.supervisor, *drill.site, drill.clock, drill.pool, ask, wait};
  }
  static Step step(const std::string& kind, json value, bool force = false) {
    Step made;
    made.kind = kind;
    made.options = {{"value", std::move(value)}};
    if (force) made.options["force"] = true;
    return made;
  }
  Result<std::string> run(const Step& step) {
    const StepKind* kind = Registry<StepKind>::find(step.kind);
    if (!kind) return failure("no kind {}", step.kind);
    auto parts = context();
    return drill.run(kind->run(step, parts));
  }
};

TEST_F(Steps, StartStopAndRestartServices) {
  drill.add("one", {"sleep", "100"});
  drill.add("two", {"sleep", "100"});
  drill.prepare();
  EXPECT_EQ(run(step("start", {"one", "two"})).value(), "started one, two");
  EXPECT_TRUE(drill.supervisor->running("two"));
  EXPECT_EQ(run(step("restart", "one")).value(), "restarted one");
  EXPECT_EQ(drill.told.size(), 3u);
  EXPECT_EQ(run(step("stop", "one")).value(), "stopped one");
  EXPECT_FALSE(drill.supervisor->running("one"));
  EXPECT_EQ(drill.state_events("one", "stopped").back().at("signal"), 15);
  EXPECT_EQ(run(step("stop", {"two"}, true)).value(), "killed two");
  EXPECT_EQ(drill.state_events("two", "stopped").back().at("signal"), 9);
  EXPECT_TRUE(run(step("stop", "one"))) << "stopping what does not run is fine";
}

TEST_F(Steps, SayWhichServiceWouldNotStartOrStop) {
  drill.add("broken", {"no-such-program-anywhere"});
  drill.add("fine", {"sleep", "100"});
  drill.prepare();
  EXPECT_THAT(run(step("start", "broken")).error().text(), HasSubstr("broken"));
  ASSERT_TRUE(run(step("start", "fine")));
  EXPECT_FALSE(run(step("stop", {"stranger", "fine"})));
  EXPECT_FALSE(drill.supervisor->running("fine")) << "the others are stopped all the same";
}

TEST_F(Steps, DeleteAFileAndSayWhenThereIsNone) {
  drill.plan.files["predictions"] = "data/predictions.json";
  drill.prepare();
  std::filesystem::create_directory(drill.site->folder() / "data");
  std::ofstream(drill.site->folder() / "data/predictions.json") << "{}";
  EXPECT_EQ(run(step("delete", "predictions")).value(), "deleted predictions");
  EXPECT_FALSE(std::filesystem::exists(drill.site->folder() / "data/predictions.json"));
  EXPECT_EQ(run(step("delete", "predictions")).value(), "predictions was absent already");
  EXPECT_FALSE(run(step("delete", "nothing")));
  std::filesystem::create_directory(drill.site->folder() / "data/predictions.json");
  EXPECT_FALSE(run(step("delete", "predictions"))) << "a folder is not deleted";
}

TEST_F(Steps, SendARequestAndJudgeItsAnswer) {
  Service& server = drill.add("server", {"node", "-e", R"(
    require('http').createServer((request, answer) => {
      answer.statusCode = request.method === 'POST' ? 201 : 503;
      answer.setHeader('content-type', 'application/json');
      answer.end(JSON.stringify({made: 3}));
    }).listen(process.env.PORT, '127.0.0.1'))"});
  ProbeSpec ready;
  ready.kind = "tcp";
  ready.options = {{"address", "127.0.0.1:${port}"}};
  server.ready = ready;
  drill.prepare();
  ASSERT_TRUE(run(step("start", "server")));
  const std::string url = "http://${services.server.address}/generate";
  EXPECT_EQ(run(step("http", {{"url", url}, {"method", "POST"}})).value(),
            "answered with status 201");
  auto bad = run(step("http", {{"url", url}}));
  ASSERT_FALSE(bad) << "503 is no success";
  EXPECT_THAT(bad.error().text(), HasSubstr("503"));
  EXPECT_TRUE(run(step("http", {{"url", url}, {"expect", {{"status", 503}}}})));
  EXPECT_TRUE(run(
      step("http", {{"url", url}, {"method", "POST"}, {"expect", {{"json", {{"/made", 3}}}}}})));
  EXPECT_FALSE(run(
      step("http", {{"url", url}, {"method", "POST"}, {"expect", {{"json", {{"/made", 4}}}}}})));
  // Of the text of a JSON answer, too.
  const auto made = [&](const char* text) {
    return run(step(
        "http", {{"url", url}, {"method", "POST"}, {"expect", {{"text", {{"contains", text}}}}}}));
  };
  EXPECT_TRUE(made("made"));
  EXPECT_FALSE(made("lost"));
  ASSERT_TRUE(run(step("stop", "server", true)));
  EXPECT_THAT(run(step("http", {{"url", url}})).error().text(), HasSubstr("refused"));
}

TEST_F(Steps, RunACommandInTheSystemsFolder) {
  drill.prepare();
  std::filesystem::create_directory(drill.site->folder() / "tools");
  auto told = run(step(
      "command", {{"run", {"bash", "-c", "echo $REPRISE_DRILL; pwd >here"}}, {"folder", "tools"}}));
  ASSERT_TRUE(told) << told.error().text();
  EXPECT_THAT(*told, HasSubstr(drill.id));
  EXPECT_TRUE(std::filesystem::exists(drill.site->folder() / "tools/here"));
}

TEST_F(Steps, NeverLetAShellReadTheWordsOfACommand) {
  drill.prepare();
  auto told = run(step("command", {{"run", {"echo", "$HOME; rm -rf ${folder}/x", "*"}}}));
  EXPECT_THAT(told.value(), HasSubstr("$HOME; rm -rf " + drill.site->folder().string() + "/x *"));
}

TEST_F(Steps, ReportACommandThatFails) {
  drill.prepare();
  auto failed = run(step("command", {{"run", {"bash", "-c", "echo broken >&2; exit 4"}}}));
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().text(), HasSubstr("exited with code 4"));
  EXPECT_THAT(failed.error().text(), HasSubstr("broken"));
  EXPECT_THAT(run(step("command", {{"run", {"no-such-program"}}})).error().text(),
              HasSubstr("no-such-program"));
}

TEST_F(Steps, KillACommandThatIsOverItsTimeWithAllItStarted) {
  drill.prepare();
  auto slow = step("command", {{"run", {"bash", "-c", "setsid sleep 100 & echo here; sleep 100"}}});
  slow.within = 500ms;
  auto failed = run(slow);
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().text(), HasSubstr("500ms"));
  EXPECT_THAT(failed.error().text(), HasSubstr("here"));
  EXPECT_TRUE(drill.processes_left().empty());
}

TEST_F(Steps, KillACommandWhenTheStepIsCancelled) {
  drill.prepare();
  auto slow = step("command", {{"run", {"sleep", "100"}}});
  boost::asio::cancellation_signal signal;
  bool thrown = false;
  auto finished = boost::asio::bind_cancellation_slot(
      signal.slot(), [&](std::exception_ptr error, Result<std::string>) { thrown = bool(error); });
  auto parts = context();
  boost::asio::co_spawn(drill.context, Registry<StepKind>::find("command")->run(slow, parts),
                        finished);
  drill.run_until([&] { return !drill.processes_left().empty(); });
  signal.emit(boost::asio::cancellation_type::all);
  drill.run_until([&] { return thrown; });
  EXPECT_TRUE(drill.processes_left().empty());
}

TEST_F(Steps, LeaveWhatACommandStartedOnPurposeUntilTheEnd) {
  drill.prepare();
  ASSERT_TRUE(run(step("command", {{"run", {"bash", "-c", "setsid sleep 100 >&- 2>&- &"}}})));
  EXPECT_EQ(drill.processes_left().size(), 1u);
  drill.run(drill.supervisor->stop_all());
  EXPECT_TRUE(drill.processes_left().empty());
}

TEST_F(Steps, PassOnWhatAPersonAnswers) {
  drill.prepare();
  const auto call = step("manual", {{"instruction", "Call the data centre."}});
  EXPECT_EQ(run(call).value(), "done by hand");
  answer = "ticket 12";
  EXPECT_EQ(run(call).value(), "done by hand: ticket 12");
  answer = failure("nobody is there");
  EXPECT_FALSE(run(call));
  EXPECT_TRUE(Registry<StepKind>::find("manual")->manual);
}

TEST_F(Steps, WaitForAProbe) {
  drill.prepare();
  const auto wait = step("wait", {{"probe", "dashboard"}, {"expect", "nominal"}});
  EXPECT_THAT(run(wait).value(), HasSubstr("dashboard"));
  seen = failure("not seen");
  EXPECT_FALSE(run(wait));
}

TEST(StepKinds, HaveExamplesThatFitTheirShapes) {
  std::vector<std::string> names;
  for (const StepKind* kind : Registry<StepKind>::all()) {
    names.push_back(kind->name);
    EXPECT_FALSE(kind->summary.empty());
    ASSERT_TRUE(kind->example.contains(kind->name)) << kind->name;
    const auto problems = kind->options.check(kind->example.at(kind->name));
    EXPECT_TRUE(problems.empty()) << kind->name << ": " << problems.front().text();
    EXPECT_FALSE(kind->options.check(json(7)).empty()) << kind->name << " takes anything";
  }
  EXPECT_THAT(names, ElementsAre("amcheck", "command", "delete", "http", "manual", "restart",
                                 "start", "stop", "wait"));
}

}  // namespace
}  // namespace reprise::testing
