// The real binary on small real systems: errors, exit codes, guards, Ctrl-C, kill -9, reports
// again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include <dirent.h>

#include "tests/support/program.h"

namespace reprise::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr auto plan = R"(reprise: 1
plan: small
objectives: {rto: 5s}
risks: {web-crash: {title: The web server crashes, likelihood: low, severity: major}}
system:
  folder: system
  services:
    web:
      command: [python3, -m, http.server, "${port}", --bind, 127.0.0.1]
      restart: always
      ready: {http: {url: "http://${services.web.address}/"}}
  links: {front: {from: web, to: web}}
  files: {page: page.txt}
probes:
  front: {http: {url: "http://${links.front.address}/"}, every: 500ms, timeout: 2s}
  home: {http: {url: "http://${services.web.address}/"}, every: 20ms, timeout: 2s}
defaults:
  levels: {home: {nominal: {status: 200}}}
  steady-state: [{probe: home, expect: nominal}]
  steady: {for: 100ms, within: 15s}
)";

constexpr auto crash = R"(reprise: 1
scenario: crash
covers: [web-crash]
faults: [{inject: process_kill, into: web}]
assertions: [{recovery: {probe: home, expect: nominal, within: rto, sustained: 200ms}}]
)";

constexpr auto paused_for_long = R"(reprise: 1
scenario: paused
faults: [{inject: process_pause, into: web, for: 60s}]
assertions: [{recovery: {probe: home, expect: nominal, within: rto}}]
)";

void make_plan(const Workplace& place, const std::string& name, const std::string& scenario) {
  write_file(place.folder() / "small/plan.yaml", plan);
  write_file(place.folder() / "small" / (name + ".yaml"), scenario);
  write_file(place.folder() / "small/system/page.txt", "hello\n");
}

// Every process that carries the mark of a drill of that program, whoever is its parent by now.
std::vector<std::string> processes_of_drills(pid_t program) {
  const std::string mark = "REPRISE_DRILL=" + std::to_string(program) + "-";
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (read_file(entry.path() / "environ").find(mark) != std::string::npos) found.push_back(name);
  }
  return found;
}

pid_t child_of(pid_t parent) {
  const auto path = "/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent);
  return static_cast<pid_t>(std::stoi(read_file(path + "/children")));
}

nlohmann::json find_event(const std::filesystem::path& journal, const std::string& event,
                          const std::string& step) {
  for (const auto& one : read_events(journal)) {
    if (one.at("event") == event && one.value("step", step) == step) return one;
  }
  return nullptr;
}

TEST(CommandLine, AGoodPlanIsDrilledAndPasses) {
  Workplace place;
  make_plan(place, "crash", crash);
  const Finished done = place.run({"run", "small", "--again", "9", "--out", "out"});
  EXPECT_EQ(done.code, 0) << done.out << done.err;
  for (const char* report : {"report.html", "post-mortem.md", "junit.xml", "summary.json"}) {
    EXPECT_THAT(read_file(place.folder() / "out" / report), HasSubstr("crash")) << report;
  }
}

TEST(CommandLine, AnUnknownVerbIsToldWithTheOneMeant) {
  Workplace place;
  const Finished done = place.run({"rnu", "small"});
  EXPECT_EQ(done.code, 2);
  EXPECT_EQ(done.err, "reprise: there is no verb 'rnu' (did you mean 'run'?)\n");
}

TEST(CommandLine, AnUnknownKeyIsToldWithItsPlaceAndNothingIsStarted) {
  Workplace place;
  make_plan(place, "crash", std::string(crash) + "assertion: []\n");
  const Finished done = place.run({"run", "small", "--out", "out"});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("crash.yaml:6:1"));
  EXPECT_THAT(done.err, HasSubstr("assertions"));
  EXPECT_FALSE(std::filesystem::exists(place.folder() / "out"));
}

TEST(CommandLine, OptionsThatDoNotGoTogetherAreToldByTheirPlace) {
  Workplace place;
  make_plan(place, "cut",
            "reprise: 1\nscenario: cut\nfaults:\n"
            "  - {inject: network_cut, into: front, with: {direction: to}}\n"
            "assertions: [{recovery: {probe: home, expect: nominal, within: rto}}]\n");
  const Finished done = place.run({"check", "small"});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("cut.yaml:4:5: network_cut: "));
  EXPECT_THAT(done.err, HasSubstr("'by: kernel'"));
}

TEST(CommandLine, AProbeThatCannotBeMadeIsToldBeforeAnythingStarts) {
  Workplace place;
  make_plan(place, "crash", crash);
  for (const std::string probe :
       {"backups: {folder: ., dated: \"shop_%G%V.gz\"}", "log: {service: web, matches: \"(no\"}",
        "http: {url: \"https://localhost/\"}", "file: {}"}) {
    std::string text = plan;
    text.insert(text.find("  front: {http"), "  odd: {" + probe + ", every: 1s, timeout: 1s}\n");
    write_file(place.folder() / "small/plan.yaml", text);
    const Finished done = place.run({"run", "small", "--out", "out"});
    EXPECT_EQ(done.code, 2) << probe;
    EXPECT_THAT(done.err, HasSubstr("plan.yaml:")) << probe;
    EXPECT_FALSE(std::filesystem::exists(place.folder() / "out")) << probe;
  }
}

TEST(CommandLine, ATargetThatThePlanDoesNotListIsRefused) {
  Workplace place;
  make_plan(place, "crash",
            "reprise: 1\nscenario: crash\nfaults: [{inject: process_kill, into: wbe}]\n"
            "assertions: [{recovery: {probe: home, expect: nominal, within: rto}}]\n");
  const Finished done = place.run({"check", "small"});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("wbe"));
  EXPECT_THAT(done.err, HasSubstr("web"));
}

TEST(CommandLine, TheSameJournalsGiveTheSameBytesAndTheSameExitCode) {
  Workplace place;
  make_plan(place, "crash", crash);
  const Finished done = place.run({"run", "small", "--out", "out"});
  const Finished again =
      place.run({"report", "out/journals/small/crash.jsonl", "--out", "elsewhere"});
  EXPECT_EQ(done.code, again.code) << again.err;
  for (const char* report : {"report.html", "post-mortem.md", "junit.xml", "summary.json"}) {
    EXPECT_EQ(read_file(place.folder() / "out" / report),
              read_file(place.folder() / "elsewhere" / report))
        << report;
  }
}

TEST(CommandLine, AGuardThatFailsEndsTheDrillAndHealsWithinOneProbeInterval) {
  Workplace place;
  make_plan(place, "guarded",
            "reprise: 1\nscenario: guarded\nabort: [{probe: front, expect: {status: 200}}]\n"
            "faults: [{inject: http_status, into: front, with: {status: 503}, for: 60s}]\n"
            "assertions: [{throughout: {probe: front, expect: {status: 200}}}]\n");
  const auto begun = std::chrono::steady_clock::now();
  const Finished done = place.run({"run", "small", "--out", "out"});
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(50));
  EXPECT_NE(done.code, 0) << done.out << done.err;
  const auto journal = place.folder() / "out/journals/small/guarded.jsonl";
  EXPECT_EQ(read_events(journal).back().at("outcome"), "aborted");
  const auto abort = find_event(journal, "abort", "");
  const auto healed = find_event(journal, "fault", "healed");
  ASSERT_TRUE(abort.is_object() && healed.is_object()) << read_file(journal);
  EXPECT_EQ(abort.at("probe"), "front");
  constexpr std::int64_t interval_ns = 500'000'000;
  std::int64_t first_bad = 0;
  for (const auto& event : read_events(journal)) {
    const bool bad = event.at("event") == "sample" && event.at("probe") == "front" &&
                     event.at("v").value("status", 0) == 503;
    if (bad && first_bad == 0) first_bad = event.at("f");
  }
  ASSERT_GT(first_bad, 0);
  EXPECT_LE(healed.at("t").get<std::int64_t>() - first_bad, interval_ns);
}

TEST(CommandLine, CtrlCHealsStopsEverythingAndStillWritesReports) {
  Workplace place;
  make_plan(place, "paused", paused_for_long);
  const auto journal = place.folder() / "out/journals/small/paused.jsonl";
  const pid_t pid = place.start({"run", "small", "--out", "out"});
  ASSERT_TRUE(eventually([&] { return !find_event(journal, "fault", "armed").is_null(); }));
  ::kill(pid, SIGINT);
  const Finished done = place.wait(pid);
  EXPECT_EQ(done.code, 130) << done.out << done.err;
  EXPECT_FALSE(find_event(journal, "fault", "healed").is_null());
  EXPECT_EQ(read_events(journal).back().at("outcome"), "interrupted");
  EXPECT_THAT(read_file(place.folder() / "out/report.html"), Not(IsEmpty()));
  EXPECT_THAT(processes_of_drills(pid), IsEmpty());
  EXPECT_EQ(place.run({"undo"}).code, 0);
}

TEST(CommandLine, AKilledWorkerIsCleanedUpByItsGuardianAndNeverPasses) {
  Workplace place;
  make_plan(place, "paused", paused_for_long);
  const auto journal = place.folder() / "out/journals/small/paused.jsonl";
  const pid_t pid = place.start({"run", "small", "--out", "out"});
  ASSERT_TRUE(eventually([&] { return !find_event(journal, "fault", "armed").is_null(); }));
  // The worker is the child of the guardian, which is the child of the program.
  ::kill(child_of(child_of(pid)), SIGKILL);
  const Finished done = place.wait(pid);
  EXPECT_EQ(done.code, 3) << done.out << done.err;
  EXPECT_THAT(processes_of_drills(pid), IsEmpty());
  const auto sibling = read_events(place.folder() / "out/journals/small/paused.guardian.jsonl");
  ASSERT_EQ(sibling.size(), 3u);
  EXPECT_EQ(sibling.back().at("event"), "clean");
  EXPECT_EQ(place.run({"undo"}).out, "Nothing is left of any drill.\n");
}

TEST(CommandLine, UndoLeavesNothingAfterProgramAndGuardianWereKilled) {
  Workplace place;
  make_plan(place, "paused", paused_for_long);
  const auto journal = place.folder() / "out/journals/small/paused.jsonl";
  const pid_t pid = place.start({"run", "small", "--out", "out"});
  ASSERT_TRUE(eventually([&] { return !find_event(journal, "fault", "armed").is_null(); }));
  const pid_t guardian = child_of(pid), worker = child_of(guardian);
  for (const pid_t one : {pid, guardian, worker}) ::kill(one, SIGSTOP);
  for (const pid_t one : {pid, guardian, worker}) ::kill(one, SIGKILL);
  place.wait(pid);
  // A new run refuses to start over the residue.
  ASSERT_TRUE(eventually([&] { return ::kill(worker, 0) != 0; }));
  EXPECT_EQ(place.run({"run", "small", "--out", "again"}).code, 4);
  const Finished undone = place.run({"undo"});
  EXPECT_EQ(undone.code, 0) << undone.out << undone.err;
  EXPECT_THAT(undone.out, HasSubstr("small/paused"));
  EXPECT_THAT(processes_of_drills(pid), IsEmpty());
  EXPECT_EQ(place.run({"undo"}).out, "Nothing is left of any drill.\n");
}

TEST(CommandLine, ARehearsalHealsByItselfAndJudgesNothing) {
  Workplace place;
  make_plan(place, "crash", crash);
  const Finished done = place.run({"inject", "small", "process_pause:web", "--for", "300ms"});
  EXPECT_EQ(done.code, 0) << done.out << done.err;
  const auto journal = place.folder() / "out/rehearsal/journals/small/rehearsal.jsonl";
  EXPECT_FALSE(find_event(journal, "fault", "healed").is_null());
}

TEST(CommandLine, ExplainStartsNothing) {
  Workplace place;
  make_plan(place, "crash", crash);
  const Finished done = place.run({"explain", "small", "crash"});
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("process_kill into web"));
  EXPECT_FALSE(std::filesystem::exists(place.folder() / "out"));
}

TEST(CommandLine, ExplainSaysPredicatesInWordsAndWhichWaitsAreDefaults) {
  Workplace place;
  make_plan(place, "slow", R"(reprise: 1
scenario: slow
abort: [{probe: home, expect: {status: {"<": 600}}}]
faults:
  - {inject: process_pause, into: web, for: 1s, when: {probe: home, expect: {text: {contains: a}}}}
assertions:
  - recovery: {probe: home, expect: nominal, within: rto, sustained: 200ms, from: heal}
  - throughout: {probe: home, expect: {status: 200, latency: {"<": 500ms}}, allowed-failures: 3}
)");
  const Finished done = place.run({"explain", "small", "slow"});
  EXPECT_EQ(done.code, 0) << done.err;
  for (const char* said :
       {"\n  home shows nominal\nStops and heals at once, unless:\n  home shows “status is below "
        "600”\n",
        "{} once home shows “text contains \"a\"”, for 1s",
        "  recovery: home is back at nominal within 5 s  (from heal, sustained 200ms)\n",
        "  throughout: home shows “status is 200 and latency is below 500 ms” throughout; ",
        "Waits for recovery at most 5s (default). Back is what lasts for:\n"
        "  home         400ms (default)\n"}) {
    EXPECT_THAT(done.out, HasSubstr(said));
  }
  make_plan(place, "slow", R"(reprise: 1
scenario: slow
patience: 7s
sustained: 300ms
faults: [{inject: process_kill, into: web}]
assertions: [{recovery: {probe: home, expect: nominal, within: rto}}]
)");
  const Finished written = place.run({"explain", "small", "slow"});
  EXPECT_THAT(written.out,
              HasSubstr("at most 7s. Back is what lasts for:\n  home         300ms\n"));
}

}  // namespace
}  // namespace reprise::testing
