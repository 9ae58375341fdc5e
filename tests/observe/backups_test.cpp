// A folder of backups, as the probe tells of it.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "harness/journal/sha256.h"
#include "tests/observe/observing.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class Backups : public ::testing::Test {
 protected:
  Backups() {
    std::filesystem::create_directories(folder_.path() / "system/backups");
    observing_.surroundings.root = folder_.path() / "system";
  }
  // A backup of so long ago, by its name and by its time of modification.
  void put(Duration age, const std::string& content, bool with_sum = true) {
    const auto now = std::chrono::system_clock::now();
    const auto taken = std::chrono::floor<std::chrono::seconds>(now - age);
    const std::time_t seconds = std::chrono::system_clock::to_time_t(taken);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char name[40];
    std::strftime(name, sizeof name, "shop_%Y%m%d_%H%M%S.gz", &parts);
    const std::string place = std::string("system/backups/") + name;
    folder_.write(place, content);
    if (with_sum) folder_.write(place + ".sha256", sha256(content) + "  " + name + "\n");
    const timespec times[] = {{seconds, 0}, {seconds, 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, (folder_.path() / place).c_str(), times, 0), 0);
    last_ = name;
  }
  json look(json more = json::object()) {
    json options{{"folder", "backups"}};
    options.update(more);
    const auto seen = observing_.see("backups", options);
    EXPECT_EQ(seen.outcome, "answered") << seen.values;
    return seen.values;
  }
  static void expect_age(const json& value, Duration age) {
    EXPECT_GE(value.get<std::int64_t>(), age.count());
    EXPECT_LT(value.get<std::int64_t>(), (age + std::chrono::seconds(20)).count());
  }

  TemporaryFolder folder_;
  Observing observing_;
  std::string last_;
};

using namespace std::chrono_literals;

const json dated{{"dated", "shop_%Y%m%d_%H%M%S.gz"}};

TEST_F(Backups, AreCountedWithTheAgeOfTheNewestAndOfTheOldest) {
  put(72h, "old");
  put(2h, "new");
  for (const json& options : {json::object(), dated, json{{"files", "shop_*.gz"}}}) {
    const json seen = look(options);
    EXPECT_EQ(seen.at("count"), 2);
    EXPECT_EQ(seen.at("restorable"), last_);
    expect_age(seen.at("age"), 2h);
    expect_age(seen.at("oldest"), 72h);
    EXPECT_FALSE(seen.contains("text"));
  }
}

TEST_F(Backups, AreNotThereWhereTheFolderIsNot) {
  EXPECT_EQ(look({{"folder", "nowhere"}}), json({{"count", 0}}));
  EXPECT_EQ(look(), json({{"count", 0}}));
}

TEST_F(Backups, AreDatedByTheirNamesWhereThoseTell) {
  put(5h, "content");
  folder_.write("system/backups/readme", "no backup");
  const auto later = std::chrono::file_clock::now();
  std::filesystem::last_write_time(folder_.path() / "system/backups" / last_, later);
  expect_age(look(dated).at("age"), 5h);
  EXPECT_EQ(look(dated).at("count"), 1);
  EXPECT_EQ(look().at("count"), 2);
}

TEST_F(Backups, AreFoundInFoldersBelowButNotInHiddenOnes) {
  put(5h, "content");
  const auto place = folder_.path() / "system/backups";
  std::filesystem::create_directories(place / "2026/11");
  std::filesystem::create_directories(place / ".part.x");
  folder_.write("system/backups/2026/11/shop_20260101_000000.gz", "other content");
  folder_.write("system/backups/.part.x/shop_20260102_000000.gz", "being written");
  EXPECT_EQ(look(dated).at("count"), 2);
}

TEST_F(Backups, AreUnsoundWhenEmptyOrOtherThanTheirChecksum) {
  const json options{{"dated", dated.at("dated")}, {"checksum", "sha256"}};
  put(9h, "sound");
  const std::string sound = last_;
  put(3h, "");
  EXPECT_EQ(look(options).at("restorable"), sound);
  EXPECT_THAT(look(options).at("text").get<std::string>(), HasSubstr("empty"));
  put(2h, "as it was");
  folder_.write("system/backups/" + last_, "as it wa");
  EXPECT_EQ(look(options).at("restorable"), sound);
  EXPECT_THAT(look(options).at("text").get<std::string>(), HasSubstr("checksum"));
  EXPECT_EQ(look(dated).at("restorable"), last_) << "nobody asked for the checksum";
  put(1h, "without", false);
  EXPECT_EQ(look(options).at("count"), 1);
  EXPECT_THAT(look(options).at("text").get<std::string>(), HasSubstr(last_ + ": it has no"));
}

TEST_F(Backups, OfImpossibleDatesAreNeitherYoungNorRestorable) {
  const auto named = [&](const char* name) {
    folder_.write(std::string("system/backups/") + name, name);
    return look({{"dated", "shop_%Y.gz"}});
  };
  EXPECT_EQ(named("shop_2611.gz").at("count"), 0);
  EXPECT_EQ(named("shop_9999.gz").at("count"), 0);
  const json ancient = named("shop_1700.gz");
  EXPECT_EQ(ancient.at("count"), 1);
  EXPECT_GT(ancient.at("age").get<std::int64_t>(), Duration(24h * 365 * 50).count());
}

TEST_F(Backups, AreUnsoundWhenDatedInTheFuture) {
  put(-24h, "content");
  EXPECT_EQ(look(dated).at("count"), 0);
  EXPECT_FALSE(look(dated).contains("restorable"));
}

TEST_F(Backups, AreRestorableWhenThePlansOwnCheckSaysSo) {
  put(9h, "sound");
  const std::string sound = last_;
  put(2h, "rotten");
  const json check{{"check",
                    {"python3", "-c",
                     "import sys; t = open(sys.argv[1]).read(); "
                     "sys.exit(t != 'sound' and 'not sound: ' + t)"}}};
  const json seen = look(check);
  EXPECT_EQ(seen.at("restorable"), sound);
  expect_age(seen.at("age"), 9h);
  EXPECT_EQ(seen.at("count"), 1);
  EXPECT_THAT(seen.at("text").get<std::string>(), HasSubstr("not sound: rotten"));
}

// How many of them are sound is a promise too, so the older ones are opened as well: once, as long
// as they stay the same.
TEST_F(Backups, AreCountedOnlyWhenTheirCheckOpensThem) {
  put(9h, "rotten");
  const std::string oldest = last_;
  put(5h, "sound one");
  put(2h, "sound two");
  const std::string newest = last_;
  const auto calls = folder_.path() / "calls";
  json options{
      {"folder", "backups"},
      {"check", {"sh", "-c", "basename \"$1\" >>\"$0\"; grep -q sound \"$1\"", calls.string()}}};
  options.update(dated);
  const auto probe = observing_.make(Observing::spec("backups", options));
  const auto counted = [&] { return observing_.sample(*probe).seen.values.at("count"); };
  EXPECT_EQ(counted(), 2);
  EXPECT_EQ(counted(), 2);
  folder_.write("system/backups/" + oldest, "sound three");
  EXPECT_EQ(counted(), 3);
  std::map<std::string, int> opened;
  std::ifstream names(calls);
  for (std::string name; std::getline(names, name);) ++opened[name];
  EXPECT_EQ(opened.size(), 3U);
  EXPECT_EQ(opened[newest], 3);
  EXPECT_EQ(opened[oldest], 2);
}

TEST_F(Backups, AreNothingKnownOfWhenTheCheckCannotRunOrNeverEnds) {
  put(2h, "content");
  const auto see = [&](json check) {
    const json options{{"folder", "backups"}, {"check", std::move(check)}};
    return observing_.see("backups", options, 300ms);
  };
  EXPECT_EQ(see({"no-such-program-anywhere"}).outcome, "error");
  EXPECT_EQ(see({"tail", "-f"}).outcome, "timeout");
}

TEST_F(Backups, AreListedOnceAtATimeAndAgainWhenThatHasEnded) {
  // A pipe that nobody writes to hangs whoever opens it, as a dead file server would.
  put(2h, "content");
  const auto sums = folder_.path() / "system/backups" / (last_ + ".sha256");
  std::filesystem::remove(sums);
  ASSERT_EQ(::mkfifo(sums.c_str(), 0600), 0);
  const json options{{"folder", "backups"}, {"checksum", "sha256"}};
  const auto probe = observing_.make(Observing::spec("backups", options));
  for (const Taken& taken : observing_.sample_together(*probe, 5, 300ms)) {
    expect_late_by_300ms(taken);
  }
  std::ofstream(sums) << "another";  // lets the only one that hangs go on
  std::filesystem::remove(sums);
  folder_.write("system/backups/" + last_ + ".sha256", sha256("content"));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(observing_.sample(*probe).seen.values.at("count"), 1);
}

TEST_F(Backups, AreNothingKnownOfInAFolderThatCannotBeRead) {
  folder_.write("system/file", "no folder");
  EXPECT_EQ(observing_.see("backups", {{"folder", "file"}}).outcome, "error");
}

}  // namespace
}  // namespace reprise
