// The folder of `--out`: one run's at a time, no part of the system, and on a disk that may fill.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/program.h"
#include "tests/support/shop.h"
#include "tests/support/small_disk.h"

namespace reprise::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class TheOutFolder : public ::testing::Test {
 protected:
  TheOutFolder() { write_file(root() / "shop/plan.yaml", Shop{}.plan()); }
  [[nodiscard]] fs::path root() const { return place_.folder(); }

  void scenario(const std::string& fault) {
    write_file(root() / "shop/one.yaml",
               "reprise: 1\nscenario: one\nfaults: [" + fault +
                   "]\nassertions: [{recovery: {probe: home, expect: nominal, within: rto}}]\n");
  }
  // The scenario's drill, once its fault is in place.
  pid_t start_paused(const std::string& out) {
    scenario("{inject: process_pause, into: web, for: 60s}");
    const pid_t pid = place_.start({"run", "shop", "--out", out});
    const auto journal = root() / out / "journals/shop/one.jsonl";
    EXPECT_TRUE(eventually([&] {
      const auto events = read_events(journal);
      return std::ranges::any_of(events, [](const auto& one) {
        return one.at("event") == "fault" && one.value("step", "") == "armed";
      });
    }));
    return pid;
  }
  Workplace place_;
};

TEST_F(TheOutFolder, IsOneRunsAtATime) {
  const pid_t first = start_paused("out");
  const auto journal = root() / "out/journals/shop/one.jsonl";
  const auto kept = read_events(journal).size();
  Workplace other;  // what it prints must not replace what the first prints
  const auto out = (root() / "out").string();
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"run", (root() / "shop").string(), "--out", out},
           {"inject", (root() / "shop").string(), "process_pause:web", "--out", out},
           {"report", journal.string(), "--out", out}}) {
    const Finished second = other.run(words);
    EXPECT_EQ(second.code, 2) << words[0];
    EXPECT_THAT(second.err, AllOf(HasSubstr("another run is writing to the folder " + out),
                                  HasSubstr("--out")));
  }
  EXPECT_GE(read_events(journal).size(), kept) << "nothing of the first was removed";
  ::kill(first, SIGINT);
  EXPECT_EQ(place_.wait(first).code, 130);
  EXPECT_NE(other.run({"report", journal.string(), "--out", out}).code, 2) << "it is free again";
}

TEST_F(TheOutFolder, MayLieInTheSystemAndIsNoPartOfIt) {
  std::string plan = Shop{}.plan();
  plan.replace(plan.find("system:\n"), 8, "system:\n  folder: .\n");
  write_file(root() / "shop/plan.yaml", plan);
  scenario("{inject: process_pause, into: web, for: 100ms}");
  const auto drill = [&] {
    const Finished done =
        place_.run({"run", "shop", "--repeat", "2", "--again", "9", "--out", "shop/out"});
    EXPECT_EQ(done.code, 0) << done.out << done.err;
    const auto events = read_events(root() / "shop/out/journals/shop/one-2.jsonl");
    return events.empty() ? std::string() : events.front().at("files").at("./").get<std::string>();
  };
  const std::string first = drill();
  EXPECT_EQ(first.size(), 64u);
  EXPECT_EQ(drill(), first) << "a second run is of the same system";
}

TEST_F(TheOutFolder, IsRefusedWhereItWouldHideAPartOfTheSystem) {
  std::string plan = Shop{}.plan();
  plan.replace(plan.find("system:\n"), 8, "system:\n  folder: .\n");
  write_file(root() / "shop/plan.yaml", plan);
  scenario("{inject: process_pause, into: web, for: 100ms}");
  write_file(root() / "shop/data/rows", "1");
  for (const char* out : {"shop", "shop/data"}) {
    const Finished done = place_.run({"run", "shop", "--out", out});
    EXPECT_EQ(done.code, 2) << done.out;
    EXPECT_THAT(done.err, AllOf(HasSubstr(out), HasSubstr("in the system of plan shop"),
                                HasSubstr("outside of the system, with --out")));
    EXPECT_FALSE(fs::exists(root() / out / ".reprise.lock")) << "nothing was touched";
    EXPECT_FALSE(fs::exists(root() / out / "journals"));
  }
}

TEST_F(TheOutFolder, IsNotThePlansOwn) {
  scenario("{inject: process_pause, into: web, for: 100ms}");
  const Finished done = place_.run({"run", "shop", "--out", "shop"});
  EXPECT_EQ(done.code, 2) << done.out;
  EXPECT_THAT(done.err, HasSubstr("--out shop is the folder of plan"));
  EXPECT_FALSE(fs::exists(root() / "shop/summary.json"));
}

TEST_F(TheOutFolder, OnADiskThatFillsEndsTheDrillInOrderAndNeverGreen) {
  const SmallDisk disk(root() / "full", "1m");
  if (!disk.why_not().empty()) GTEST_SKIP() << disk.why_not();
  write_file(root() / "shop/plan.yaml", Shop{.every = "10ms"}.plan());
  const pid_t pid = start_paused("full/out");
  disk.fill();
  const Finished done = place_.wait(pid);
  EXPECT_EQ(done.code, 3) << done.out << done.err;
  const std::string told =
      "the disk of " + (disk.folder() / "out/journals/shop").string() + " is full";
  // The full disk may have stalled the observer as well, and then that is said first.
  EXPECT_THAT(done.out, AllOf(HasSubstr("shop/one: Inconclusive"), HasSubstr("trouble: " + told)));
  EXPECT_THAT(read_file(disk.folder() / "out/summary.json"),
              HasSubstr("The harness was in trouble: " + told));
  const auto events = read_events(disk.folder() / "out/journals/shop/one.jsonl");
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.back().at("event"), "end") << "the journal is whole";
  EXPECT_TRUE(std::ranges::any_of(events, [](const auto& one) {
    return one.at("event") == "fault" && one.value("step", "") == "healed";
  }));
  EXPECT_THAT(done.err, Not(HasSubstr("internal error")));
  EXPECT_EQ(place_.run({"undo"}).out, "Nothing is left of any drill.\n");
}

TEST_F(TheOutFolder, OnAFullDiskIsToldAndNothingIsStarted) {
  const SmallDisk disk(root() / "full", "256k");
  if (!disk.why_not().empty()) GTEST_SKIP() << disk.why_not();
  scenario("{inject: process_pause, into: web, for: 100ms}");
  write_file(root() / "full/out/.reprise.lock", "");
  write_file(root() / "full/out/journals/shop/kept", "");
  disk.fill();
  const Finished done = place_.run({"run", "shop", "--out", "full/out"});
  EXPECT_EQ(done.code, 3) << done.out << done.err;
  EXPECT_THAT(done.err, HasSubstr("one.jsonl: the disk of " +
                                  (disk.folder() / "out/journals/shop").string() + " is full\n"));
  EXPECT_THAT(done.out, HasSubstr("shop/one: Inconclusive. The drill left no readable journal"));
}

TEST_F(TheOutFolder, WhoseReportsDoNotFitIsNeverGreen) {
  const SmallDisk disk(root() / "full", "200k");
  if (!disk.why_not().empty()) GTEST_SKIP() << disk.why_not();
  scenario("{inject: process_pause, into: web, for: 100ms}");
  ASSERT_EQ(place_.run({"run", "shop", "--out", "out"}).code, 0);
  disk.fill();
  const Finished done =
      place_.run({"report", "out/journals/shop/one.jsonl", "--out", disk.folder().string()});
  EXPECT_EQ(done.code, 3) << done.out;
  EXPECT_THAT(done.err, AllOf(HasSubstr("report"), HasSubstr("cannot be written: the disk of " +
                                                             disk.folder().string() + " is full")));
}

}  // namespace
}  // namespace reprise::testing
