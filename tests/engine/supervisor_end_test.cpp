// How services end: orderly, by force, by themselves; and that nothing of them is left.
#include <signal.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/live_drill.h"

namespace reprise::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Duration instant_of(const nlohmann::json& event) {
  return Duration(event.at("t").get<std::int64_t>());
}

TEST(Endings, AreOrderlyWhenTheServiceListens) {
  LiveDrill drill;
  drill
      .add_python("server", R"(
import signal, sys, time
def leave(*_):
    sys.stdout.write('bye'); sys.stdout.flush(); sys.exit(0)
signal.signal(signal.SIGINT, leave)
print('ready')
time.sleep(100)
)")
      .stop_signal = "INT";
  drill.prepare();
  ASSERT_TRUE(drill.run(drill.supervisor->start("server")));
  drill.run_until([&] { return drill.printed("server", "ready"); });
  ASSERT_TRUE(drill.run(drill.supervisor->stop("server", false)));
  drill.run_until([&] { return drill.printed("server", "bye"); });
  EXPECT_EQ(drill.state_events("server", "stopped").at(0).at("exit"), 0);
  EXPECT_FALSE(drill.site->process("server"));
  EXPECT_FALSE(has_children());
}

TEST(Endings, AreForcedWhenTheServiceIgnoresTheSignal) {
  LiveDrill drill;
  Service& server = drill.add_python("server", R"(
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print('deaf')
time.sleep(100)
)");
  server.stop_within = 300ms;
  drill.prepare();
  ASSERT_TRUE(drill.run(drill.supervisor->start("server")));
  drill.run_until([&] { return drill.printed("server", "deaf"); });
  const Instant begun = drill.clock.now();
  ASSERT_TRUE(drill.run(drill.supervisor->stop("server", false)));
  const Duration taken = drill.clock.now() - begun;
  EXPECT_GE(taken, 300ms);
  EXPECT_LT(taken, 5s);
  EXPECT_EQ(drill.state_events("server", "stopped").at(0).at("signal"), SIGKILL);
  EXPECT_FALSE(has_children());
}

TEST(Endings, AreForcedAtOnceWhenAsked) {
  LiveDrill drill;
  drill.add_python("server", R"(
import signal, time
signal.signal(signal.SIGTERM, lambda *_: print('asked'))
print('ready')
time.sleep(100)
)");
  drill.prepare();
  ASSERT_TRUE(drill.run(drill.supervisor->start("server")));
  drill.run_until([&] { return drill.printed("server", "ready"); });
  const Instant begun = drill.clock.now();
  ASSERT_TRUE(drill.run(drill.supervisor->stop("server", true)));
  EXPECT_LT(drill.clock.now() - begun, 2s);
  drill.run_for(20ms);
  EXPECT_FALSE(drill.printed("server", "asked"));
}

TEST(Endings, IncludeAStoppedProcess) {
  LiveDrill drill;
  drill.add("server", {"sleep", "100"}).stop_within = 200ms;
  drill.prepare();
  ASSERT_TRUE(drill.run(drill.supervisor->start("server")));
  ::kill(drill.site->process("server").value().pid, SIGSTOP);
  ASSERT_TRUE(drill.run(drill.supervisor->stop("server", false)));
  EXPECT_TRUE(drill.processes_left().empty());
}

// One child in the group, one in a session of its own, and one that forked twice to get away.
// Each line is one write: Python's unbuffered print makes two, which another's line may part.
constexpr const char* family = R"(
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
subprocess.Popen(['sleep', '100'])
subprocess.Popen(['sleep', '100'], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork(): os._exit(0)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.write(1, b'daemon\n')
    time.sleep(100)
os.wait()
os.write(1, b'complete\n')
time.sleep(100)
)";

TEST(Endings, IncludeDescendantsAndDaemons) {
  for (const bool force : {false, true}) {
    LiveDrill drill;
    drill.add_python("server", family).stop_within = 200ms;
    drill.add("bystander", {"sleep", "100"});
    drill.prepare();
    ASSERT_TRUE(drill.run(drill.supervisor->start_all()));
    drill.run_until([&] { return drill.printed("server", "daemon"); });
    drill.run_until([&] { return drill.printed("server", "complete"); });
    const auto tree = drill.site->process_tree("server");
    ASSERT_EQ(tree.size(), 4u);
    EXPECT_EQ(tree.front(), drill.site->process("server").value());
    ASSERT_TRUE(drill.run(drill.supervisor->stop("server", force)));
    EXPECT_EQ(drill.processes_left().size(), 1u) << "the bystander and nobody else";
    EXPECT_TRUE(drill.supervisor->running("bystander"));
    drill.run(drill.supervisor->stop_all());
    EXPECT_TRUE(drill.processes_left().empty());
    EXPECT_FALSE(has_children());
  }
}

TEST(Endings, IncludeWhatAServiceLeftBehindWhenItExited) {
  LiveDrill drill;
  drill.add("server", {"bash", "-c", "setsid sleep 100 & exit 0"});
  drill.prepare();
  EXPECT_FALSE(drill.run(drill.supervisor->start("server")));
  drill.run_until([&] { return drill.processes_left().size() == 1; });
  ASSERT_TRUE(drill.run(drill.supervisor->stop("server", false)));
  EXPECT_TRUE(drill.processes_left().empty());
}

TEST(Endings, CanComeInAnEmergency) {
  LiveDrill drill;
  drill.add_python("server", family).restart = "always";
  drill.add("other", {"sleep", "100"});
  drill.prepare();
  ASSERT_TRUE(drill.run(drill.supervisor->start_all()));
  drill.run_until([&] { return drill.printed("server", "complete"); });
  drill.supervisor->kill_all();
  EXPECT_TRUE(drill.processes_left().empty());
  EXPECT_FALSE(has_children());
  drill.run_for(300ms);
  EXPECT_FALSE(drill.supervisor->running("server")) << "nothing is restarted after that";
}

TEST(Endings, ComeWithTheSupervisor) {
  LiveDrill drill;
  drill.add("server", {"sleep", "100"}).restart = "always";
  drill.prepare();
  ASSERT_TRUE(drill.run(drill.supervisor->start_all()));
  drill.supervisor.reset();
  EXPECT_TRUE(drill.processes_left().empty());
  EXPECT_FALSE(has_children());
  const auto events = drill.events("service").size();
  drill.journal.reset();
  drill.site.reset();
  drill.run_for(200ms);  // what still waits must not touch what is gone
  EXPECT_EQ(drill.events("service").size(), events);
}

TEST(Endings, InterruptAStartThatStillWaits) {
  LiveDrill drill;
  drill.add_listener("server", "100");
  drill.prepare();
  std::optional<Result<void>> outcome;
  auto finished = [&](std::exception_ptr, Result<void> result) { outcome = std::move(result); };
  boost::asio::co_spawn(drill.context, drill.supervisor->start_all(), finished);
  drill.run_until([&] { return drill.supervisor->running("server"); });
  ASSERT_TRUE(drill.run(drill.supervisor->stop("server", true)));
  drill.run_until([&] { return outcome.has_value(); });
  ASSERT_FALSE(*outcome);
  EXPECT_THAT(outcome->error().text(), HasSubstr("stopped"));
}

struct RestartPolicies : ::testing::TestWithParam<std::tuple<std::string, int, bool>> {};

TEST_P(RestartPolicies, DecideWhatFollowsAnExit) {
  const auto& [policy, code, again] = GetParam();
  LiveDrill drill;
  Service& server = drill.add_python(
      "server", fmt::format("import sys, time; time.sleep(0.2); sys.exit({})", code));
  server.restart = policy;
  server.restart_delay = 10ms;
  drill.prepare();
  ASSERT_TRUE(drill.run(drill.supervisor->start("server")));
  drill.run_until([&] { return !drill.state_events("server", "exited").empty(); });
  if (again) {
    drill.run_until([&] { return drill.state_events("server", "ready").size() == 2; });
    const auto states = drill.states("server");
    EXPECT_THAT(std::vector(states.begin(), states.begin() + 6),
                ElementsAre("starting", "ready", "exited", "restarting", "starting", "ready"));
  } else {
    drill.run_for(300ms);
    EXPECT_THAT(drill.states("server"), ElementsAre("starting", "ready", "exited"));
  }
  drill.run(drill.supervisor->stop_all());
}

INSTANTIATE_TEST_SUITE_P(All, RestartPolicies,
                         ::testing::Values(std::tuple("never", 1, false),
                                           std::tuple("on-failure", 0, false),
                                           std::tuple("on-failure", 1, true),
                                           std::tuple("always", 0, true)));

TEST(Restarts, FollowAKillAndGiveANewProcess) {
  LiveDrill drill;
  drill.add_listener("server").restart = "on-failure";
  drill.prepare();
  ASSERT_TRUE(drill.run(drill.supervisor->start("server")));
  const auto first = drill.site->process("server").value();
  ::kill(first.pid, SIGKILL);
  drill.run_until([&] { return drill.state_events("server", "ready").size() == 2; });
  EXPECT_NE(drill.site->process("server").value(), first);
  EXPECT_EQ(drill.state_events("server", "exited").at(0).at("signal"), SIGKILL);
  EXPECT_EQ(drill.told.size(), 2u);
}

TEST(Restarts, DoNotFollowAStop) {
  LiveDrill drill;
  drill.add("server", {"sleep", "100"}).restart = "always";
  drill.prepare();
  ASSERT_TRUE(drill.run(drill.supervisor->start("server")));
  ASSERT_TRUE(drill.run(drill.supervisor->stop("server", false)));
  drill.run_for(300ms);
  EXPECT_THAT(drill.states("server"), ElementsAre("starting", "ready", "stopping", "stopped"));
}

TEST(Restarts, ComeLessOftenWhenTheyDoNotHelp) {
  LiveDrill drill;
  Service& server = drill.add("server", {"false"});
  server.restart = "always";
  server.restart_delay = 50ms;
  server.ready_within = 2s;
  drill.prepare();
  EXPECT_FALSE(drill.run(drill.supervisor->start("server")));
  const auto starts = drill.state_events("server", "starting");
  ASSERT_GE(starts.size(), 4u);
  EXPECT_LE(starts.size(), 7u);
  EXPECT_GE(instant_of(starts[1]) - instant_of(starts[0]), 50ms);
  EXPECT_GE(instant_of(starts[2]) - instant_of(starts[1]), 100ms);
  EXPECT_GE(instant_of(starts[3]) - instant_of(starts[2]), 200ms);
  drill.run(drill.supervisor->stop_all());
  const auto states = drill.states("server").size();
  drill.run_for(1s);
  EXPECT_EQ(drill.states("server").size(), states) << "a stop ends the attempts";
}

TEST(Restarts, BringAServiceUpThatNeedsASecondAttempt) {
  LiveDrill drill;
  Service& server = drill.add("server", {"bash", "-c", "[ -e tried ] && exec sleep 100; >tried"});
  server.restart = "always";
  server.restart_delay = 20ms;
  drill.prepare();
  auto started = drill.run(drill.supervisor->start("server"));
  EXPECT_TRUE(started) << started.error().text();
}

}  // namespace
}  // namespace reprise::testing
