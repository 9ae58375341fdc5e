// Starting, readiness, dependencies, what children inherit. See supervisor_end_test.cpp for how
// they end, supervisor_log_test.cpp for what they print.
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/live_drill.h"

namespace reprise::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

// "service state", in the order of the journal.
std::vector<std::string> story(const LiveDrill& drill) {
  std::vector<std::string> told;
  for (const auto& event : drill.events("service")) {
    told.push_back(event.at("service").get<std::string>() + " " +
                   event.at("state").get<std::string>());
  }
  return told;
}

TEST(Supervisors, StartEachServiceWhenThoseItNeedsAreReady) {
  LiveDrill drill;
  drill.add_listener("a-server").after = {"database"};
  drill.add_listener("database", "0.2");
  drill.prepare();
  auto started = drill.run(drill.supervisor->start_all());
  ASSERT_TRUE(started) << started.error().text();
  EXPECT_THAT(story(drill), ElementsAre("database starting", "database ready", "a-server starting",
                                        "a-server ready"));
  EXPECT_TRUE(drill.supervisor->running("database"));
  drill.run(drill.supervisor->stop_all());
  EXPECT_THAT(story(drill), ElementsAre("database starting", "database ready", "a-server starting",
                                        "a-server ready", "a-server stopping", "a-server stopped",
                                        "database stopping", "database stopped"));
  EXPECT_FALSE(drill.supervisor->running("database"));
}

TEST(Supervisors, StartIndependentServicesTogether) {
  LiveDrill drill;
  drill.add_listener("one", "0.2");
  drill.add_listener("two", "0.2");
  drill.prepare();
  ASSERT_TRUE(drill.run(drill.supervisor->start_all()));
  const auto told = story(drill);
  EXPECT_THAT(std::vector(told.begin(), told.begin() + 2),
              UnorderedElementsAre("one starting", "two starting"));
}

TEST(Supervisors, RefuseServicesThatWaitForEachOther) {
  LiveDrill drill;
  drill.add("one", {"sleep", "100"}).after = {"two"};
  drill.add("two", {"sleep", "100"}).after = {"one"};
  drill.prepare();
  auto started = drill.run(drill.supervisor->start_all());
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().text(), HasSubstr("waits for itself"));
}

TEST(Supervisors, StopServicesThatWaitForEachOther) {
  LiveDrill drill;
  drill.add("one", {"sleep", "100"}).after = {"two"};
  drill.add("two", {"sleep", "100"}).after = {"one"};
  drill.prepare();
  ASSERT_TRUE(drill.run(drill.supervisor->start("one")));
  ASSERT_TRUE(drill.run(drill.supervisor->start("two")));
  drill.run(drill.supervisor->stop_all());
  EXPECT_TRUE(drill.processes_left().empty());
  EXPECT_FALSE(has_children());
}

TEST(Supervisors, StartNothingAfterAServiceThatFailed) {
  LiveDrill drill;
  drill.add("broken", {"false"});
  drill.add("later", {"sleep", "100"}).after = {"broken"};
  drill.prepare();
  EXPECT_FALSE(drill.run(drill.supervisor->start_all()));
  EXPECT_TRUE(drill.states("later").empty());
}

TEST(Supervisors, TellTheLastWordsOfAServiceThatExitsAtOnce) {
  LiveDrill drill;
  drill.add_listener("server").command.back() =
      "import sys; sys.stderr.write('no database here'); sys.exit(3)";
  drill.prepare();
  auto started = drill.run(drill.supervisor->start("server"));
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().text(), HasSubstr("exited with code 3"));
  EXPECT_THAT(started.error().text(), HasSubstr("no database here"));
  EXPECT_THAT(drill.states("server"), ElementsAre("starting", "exited", "failed"));
  EXPECT_EQ(drill.state_events("server", "exited").at(0).at("exit"), 3);
}

TEST(Supervisors, SayWhatIsMissing) {
  LiveDrill drill;
  drill.add("program", {"no-such-program-anywhere"});
  drill.add("path", {"./not/here"});
  drill.add("folder", {"true"}).folder = "nowhere";
  drill.add("reference", {"true", "${services.nobody.port}"});
  drill.prepare();
  const auto why = [&](const char* service) {
    auto started = drill.run(drill.supervisor->start(service));
    return started ? std::string() : started.error().text();
  };
  EXPECT_THAT(why("program"), HasSubstr("no-such-program-anywhere"));
  EXPECT_THAT(why("path"), HasSubstr("not/here"));
  EXPECT_THAT(why("folder"), HasSubstr("nowhere"));
  EXPECT_THAT(why("reference"), HasSubstr("nobody"));
  EXPECT_THAT(why("stranger"), HasSubstr("stranger"));
  EXPECT_THAT(drill.states("program"), ElementsAre("failed"));
}

// What an exit handler of this program would leave behind if a child ran it.
std::string exit_trace;
pid_t tester = 0;

TEST(Supervisors, ReportAProgramThatCannotBeExecuted) {
  LiveDrill drill;
  exit_trace = drill.folder.path() / "ran";
  tester = ::getpid();
  std::atexit([] {
    if (::getpid() != tester) std::ofstream(exit_trace) << "ran";
  });
  std::filesystem::create_directory(drill.folder.path() / "system");
  drill.folder.write("system/broken", "#!/no/such/interpreter\n");
  std::filesystem::permissions(drill.folder.path() / "system/broken", std::filesystem::perms(0755));
  drill.plan.system = drill.folder.path() / "system";
  drill.add("server", {"./broken"});
  drill.prepare();
  auto started = drill.run(drill.supervisor->start("server"));
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().text(), HasSubstr("No such file"));
  EXPECT_FALSE(has_children());
  EXPECT_FALSE(std::filesystem::exists(exit_trace)) << "the child ran the tester's exit handlers";
}

TEST(Supervisors, GiveUpOnAServiceThatIsNotReadyInTime) {
  LiveDrill drill;
  Service& server = drill.add_listener("server", "100");
  server.ready_within = 300ms;
  drill.prepare();
  const auto begun = drill.clock.now();
  auto started = drill.run(drill.supervisor->start("server"));
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().text(), HasSubstr("300ms"));
  EXPECT_LT(drill.clock.now() - begun, 5s);
  EXPECT_THAT(drill.states("server"), ElementsAre("starting", "failed"));
}

TEST(Supervisors, WantAGoodStatusWhereThereIsOne) {
  LiveDrill drill;
  Service& server = drill.add("server", {"node", "-e", R"(
    const begun = Date.now();
    require('http').createServer((request, answer) => {
      answer.statusCode = Date.now() - begun < 300 ? 503 : 200;
      answer.end();
    }).listen(process.env.PORT, '127.0.0.1'))"});
  ProbeSpec ready;
  ready.kind = "http";
  ready.options = {{"url", "http://${services.server.address}/health"}};
  server.ready = ready;
  drill.prepare();
  const auto begun = drill.clock.now();
  auto started = drill.run(drill.supervisor->start("server"));
  ASSERT_TRUE(started) << started.error().text();
  EXPECT_GE(drill.clock.now() - begun, 300ms);
}

TEST(Supervisors, WantACommandToEndWithZeroAndLookAsOftenAsThePlanSays) {
  LiveDrill drill;
  Service& server = drill.add("server", {"sleep", "100"});
  ProbeSpec ready;
  ready.kind = "command";
  ready.options = {{"run", {"sh", "-c", "echo x >> looks; test $(wc -l < looks) -ge 3"}}};
  ready.every = 200ms;
  server.ready = ready;
  drill.prepare();
  const auto begun = drill.clock.now();
  const auto started = drill.run(drill.supervisor->start("server"));
  ASSERT_TRUE(started) << started.error().text();
  EXPECT_GE(drill.clock.now() - begun, 400ms) << "two looks that were not good";
}

TEST(Supervisors, TellWhatAServiceAnsweredThatWasNotReadyInTime) {
  LiveDrill drill;
  Service& server = drill.add("server", {"node", "-e", R"(
    require('http').createServer((request, answer) => {
      answer.statusCode = 503;
      answer.end();
    }).listen(process.env.PORT, '127.0.0.1'))"});
  ProbeSpec ready;
  ready.kind = "http";
  ready.options = {{"url", "http://${services.server.address}/health"}};
  server.ready = ready;
  server.ready_within = 2s;
  drill.prepare();
  auto started = drill.run(drill.supervisor->start("server"));
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().text(), HasSubstr("last seen: answered, status 503"));
}

TEST(Supervisors, OnlyWaitForExternalServices) {
  LiveDrill drill;
  drill.add_listener("ours");
  Service& other = drill.plan.services["other"];
  other.name = "other";
  other.external = true;
  other.ready_within = 200ms;
  ProbeSpec ready;
  ready.kind = "tcp";
  ready.options = {{"address", "${services.ours.address}"}};
  other.ready = ready;
  drill.prepare();
  EXPECT_FALSE(drill.run(drill.supervisor->start("other")));
  ASSERT_TRUE(drill.run(drill.supervisor->start("ours")));
  EXPECT_TRUE(drill.run(drill.supervisor->start("other")));
  EXPECT_FALSE(drill.run(drill.supervisor->stop("other", true)));
  drill.run(drill.supervisor->stop_all());
}

TEST(Supervisors, LeaveAReadyServiceAlone) {
  LiveDrill drill;
  drill.add("server", {"sleep", "100"});
  drill.prepare();
  ASSERT_TRUE(drill.run(drill.supervisor->start("server")));
  const auto first = drill.site->process("server").value();
  ASSERT_TRUE(drill.run(drill.supervisor->start("server")));
  EXPECT_EQ(drill.site->process("server").value(), first);
  ASSERT_TRUE(drill.run(drill.supervisor->restart("server")));
  EXPECT_NE(drill.site->process("server").value(), first);
  EXPECT_THAT(drill.states("server"),
              ElementsAre("starting", "ready", "stopping", "stopped", "starting", "ready"));
  EXPECT_EQ(drill.told.size(), 2u);
  EXPECT_THAT(drill.told, Contains(first));
}

TEST(Supervisors, GiveChildrenACleanStart) {
  ::setenv("REPRISE_TEST_SECRET", "secret", 1);
  sigset_t blocked, before;
  ::sigemptyset(&blocked);
  ::sigaddset(&blocked, SIGUSR1);
  ::sigprocmask(SIG_BLOCK, &blocked, &before);
  ::signal(SIGPIPE, SIG_IGN);
  LiveDrill drill;
  Service& server = drill.add_python("server", R"(
import os, signal, sys, time
print('descriptors', sorted(int(n) for n in os.listdir('/proc/self/fd'))[:-1])
print('input', repr(sys.stdin.read()))
print('session', os.getsid(0) == os.getpid() == os.getpgid(0))
print('blocked', sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])))
print('secret', os.environ.get('REPRISE_TEST_SECRET'))
print('own', os.environ['OWN'], os.environ['REPRISE_DRILL'])
print('folder', os.getcwd())
time.sleep(100)
)");
  server.env["OWN"] = "${port} ${folder}";
  server.env["REPRISE_DRILL"] = "shed";
  drill.prepare();
  ASSERT_TRUE(drill.run(drill.supervisor->start("server")));
  const std::string folder = drill.site->folder().string();
  drill.run_until([&] { return drill.printed("server", "folder " + folder); });
  EXPECT_TRUE(drill.printed("server", "descriptors [0, 1, 2]"));
  EXPECT_TRUE(drill.printed("server", "input ''"));
  EXPECT_TRUE(drill.printed("server", "session True"));
  EXPECT_TRUE(drill.printed("server", "blocked []"));
  EXPECT_TRUE(drill.printed("server", "secret None"));
  EXPECT_TRUE(drill.printed(
      "server", fmt::format("own {} {} {}", drill.site->port("server").value(), folder, drill.id)));
  ::sigprocmask(SIG_SETMASK, &before, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::unsetenv("REPRISE_TEST_SECRET");
}

}  // namespace
}  // namespace reprise::testing
