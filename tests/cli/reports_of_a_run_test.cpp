// What a run leaves in its folder: never a report of yesterday's, and a report of every drill, also
// of one that left no journal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/program.h"
#include "tests/support/shop.h"

namespace reprise::testing {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr std::array reports = {"report.html", "post-mortem.md", "junit.xml", "summary.json"};

class ReportsOfARun : public ::testing::Test {
 protected:
  ReportsOfARun() { write_file(root() / "shop/plan.yaml", Shop{}.plan()); }
  [[nodiscard]] std::filesystem::path root() const { return place_.folder(); }
  [[nodiscard]] std::filesystem::path journal(const std::string& scenario) const {
    return root() / "out/journals/shop" / (scenario + ".jsonl");
  }

  void scenario(const std::string& name, const std::string& fault) {
    write_file(root() / "shop" / (name + ".yaml"),
               "reprise: 1\nscenario: " + name + "\nfaults: [" + fault +
                   "]\nassertions: [{recovery: {probe: home, expect: nominal, within: rto}}]\n");
  }
  // Its fault removes its own journal while it is written.
  void scenario_without_journal(const std::string& name) {
    scenario(name, "{inject: command, for: 100ms, with: {inject: [rm, " + journal(name).string() +
                       "], undo: ['true']}}");
  }
  void leave_reports_of_yesterday() {
    for (const char* report : reports) write_file(root() / "out" / report, "yesterday");
  }
  [[nodiscard]] std::string report(const char* name) const {
    return read_file(root() / "out" / name);
  }
  Workplace place_;
};

TEST_F(ReportsOfARun, NoneOfYesterdaysIsThereWhileDrillsRun) {
  scenario("paused", "{inject: process_pause, into: web, for: 60s}");
  leave_reports_of_yesterday();
  const pid_t pid = place_.start({"run", "shop", "--out", "out"});
  EXPECT_TRUE(eventually([&] { return !read_events(journal("paused")).empty(); }));
  for (const char* name : reports) {
    EXPECT_FALSE(std::filesystem::exists(root() / "out" / name)) << name;
  }
  ::kill(pid, SIGINT);
  EXPECT_EQ(place_.wait(pid).code, 130);
}

TEST_F(ReportsOfARun, BadInputLosesNothing) {
  scenario("paused", "{inject: process_pause, into: web, for: 60s}");
  leave_reports_of_yesterday();
  write_file(journal("paused"), "yesterday");
  const std::vector<std::vector<std::string>> wrong{
      {"run", "shop", "nobody", "--out", "out"},
      {"run", "shop", "--out", "out", "--deadline", "1ms"},
      {"run", "nowhere", "--out", "out"}};
  for (const auto& words : wrong) {
    EXPECT_EQ(place_.run(words).code, 2);
    for (const char* name : reports) EXPECT_EQ(report(name), "yesterday");
    EXPECT_EQ(read_file(journal("paused")), "yesterday");
  }
}

TEST_F(ReportsOfARun, AJournalThatCannotBeReplacedIsNotTakenForTheNewOne) {
  scenario("paused", "{inject: process_pause, into: web, for: 100ms}");
  write_file(journal("paused") / "in-the-way", "");
  const Finished done = place_.run({"run", "shop", "--out", "out"});
  EXPECT_EQ(done.code, 2) << done.out;
  EXPECT_THAT(done.err, AllOf(HasSubstr("paused.jsonl"), HasSubstr("cannot be removed")));
}

TEST_F(ReportsOfARun, ADrillWithoutAJournalIsAnErrorInEveryReport) {
  scenario("kept", "{inject: process_pause, into: web, for: 100ms}");
  scenario_without_journal("lost");
  const Finished done = place_.run({"run", "shop", "--out", "out"});
  EXPECT_EQ(done.code, 3) << done.out << done.err;
  EXPECT_THAT(done.out, HasSubstr("shop/lost: Inconclusive. The drill left no readable journal"));
  EXPECT_THAT(done.out, HasSubstr("\n2 drills: "));

  const std::string junit = report("junit.xml");
  EXPECT_THAT(junit, HasSubstr("<testsuite name=\"shop/lost\" tests=\"1\" failures=\"0\" "
                               "errors=\"1\""));
  EXPECT_THAT(junit, HasSubstr("<testcase classname=\"shop/lost\""));
  EXPECT_THAT(junit, HasSubstr("<error type=\"chaos.Inconclusive\" message=\"The drill left no "));
  EXPECT_THAT(report("report.html"), HasSubstr("The drill left no readable journal"));

  const json summary = json::parse(report("summary.json"));
  EXPECT_EQ(summary.at("exit_code"), 3);
  ASSERT_EQ(summary.at("drills").size(), 2u);
  const json& lost = summary.at("drills").at(1);
  EXPECT_EQ(lost.at("scenario"), "lost");
  EXPECT_EQ(lost.at("status"), "inconclusive");
  EXPECT_EQ(lost.at("outcome"), "unknown");
  EXPECT_EQ(lost.at("clean"), true);
  EXPECT_THAT(lost.at("cause").get<std::string>(), HasSubstr("lost.jsonl"));
}

TEST_F(ReportsOfARun, AreWrittenThoughNoDrillLeftAJournal) {
  scenario_without_journal("lost");
  const Finished done = place_.run({"run", "shop", "--out", "out", "--lang", "fr"});
  EXPECT_EQ(done.code, 3) << done.out << done.err;
  for (const char* name : reports) {
    EXPECT_THAT(report(name), HasSubstr("L’exercice n’a pas laissé de journal lisible")) << name;
  }
  EXPECT_THAT(done.out, HasSubstr("L’exercice n’a pas laissé de journal lisible"));
}

// Readers of JUnit take two cases of the same name for one.
TEST_F(ReportsOfARun, TellTheRepeatsOfAScenarioApart) {
  scenario("paused", "{inject: process_pause, into: web, for: 100ms}");
  const Finished done = place_.run({"run", "shop", "--out", "out", "--repeat", "2"});
  for (const char* name : {"shop/paused#1", "shop/paused#2"}) {
    EXPECT_THAT(report("junit.xml"), HasSubstr(std::string("<testsuite name=\"") + name));
    EXPECT_THAT(done.out, HasSubstr("\n" + std::string(name) + "  ")) << "in the closing table";
  }
  EXPECT_THAT(report("junit.xml"), HasSubstr("name=\"recovery #2\""));
}

}  // namespace
}  // namespace reprise::testing
