// Somebody works on the system while drills of it run: they would not be drills of one system.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/program.h"

namespace reprise::testing {
namespace {

using ::testing::HasSubstr;

constexpr auto edited_plan = R"(reprise: 1
plan: edited
system:
  folder: system
  services:
    web:
      command: [python3, -m, http.server, "${port}", --bind, 127.0.0.1]
      restart: always
      ready: {http: {url: "http://${services.web.address}/"}}
probes:
  home: {http: {url: "http://${services.web.address}/"}, every: 50ms, timeout: 2s}
defaults:
  levels: {home: {nominal: {status: 200}}}
  steady-state: [{probe: home, expect: nominal}]
  steady: {for: 100ms, within: 15s}
)";

constexpr auto edited_crash = R"(reprise: 1
scenario: crash
faults: [{inject: process_kill, into: web}]
assertions: [{recovery: {probe: home, expect: nominal, within: 5s, sustained: 200ms}}]
)";

TEST(ChangedSystem, MakesWhatIsDrilledAfterwardsInconclusive) {
  Workplace place;
  const auto page = place.folder() / "edited/system/page.txt";
  write_file(place.folder() / "edited/plan.yaml", edited_plan);
  write_file(place.folder() / "edited/crash.yaml", edited_crash);
  write_file(page, "hello\n");
  const pid_t pid = place.start({"run", "edited", "--repeat", "2", "--jobs", "1", "--out", "out"});
  const auto journals = place.folder() / "out/journals/edited";
  // Its system has been copied when its service is being started.
  EXPECT_TRUE(eventually([&] { return read_events(journals / "crash-1.jsonl").size() > 2; }));
  write_file(page, "hallo\n");
  const Finished done = place.wait(pid);
  EXPECT_EQ(done.code, 3) << done.out << done.err;
  EXPECT_THAT(read_file(place.folder() / "out/junit.xml"), HasSubstr("has changed since the run"));
  const auto first = read_events(journals / "crash-1.jsonl");
  ASSERT_FALSE(first.empty());
  EXPECT_EQ(first.back().at("outcome"), "completed");
  EXPECT_EQ(first.front().at("files").at("system/").get<std::string>().size(), 64U);
}

}  // namespace
}  // namespace reprise::testing
