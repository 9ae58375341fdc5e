// One backup under several names, and what a name tells of its date.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "harness/journal/sha256.h"
#include "harness/observe/backup_files.h"
#include "harness/observe/name_date.h"
#include "tests/observe/observing.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

class BackupNames : public ::testing::Test {
 protected:
  BackupNames() {
    fs::create_directories(backups() / "daily");
    observing_.surroundings.root = folder_.path() / "system";
  }
  [[nodiscard]] fs::path backups() const { return folder_.path() / "system/backups"; }
  void write(const std::string& name, const std::string& content) {
    folder_.write("system/backups/" + name, content);
  }
  void modified(const std::string& name, Duration ago) {
    fs::last_write_time(backups() / name,
                        fs::file_time_type::clock::now() -
                            std::chrono::duration_cast<fs::file_time_type::duration>(ago));
  }
  json look(json more = json::object()) {
    json options{{"folder", "backups"}};
    options.update(more);
    const auto seen = observing_.see("backups", options);
    EXPECT_EQ(seen.outcome, "answered") << seen.values;
    return seen.values;
  }
  json count(json more = json::object()) { return look(std::move(more)).value("count", json()); }

  TemporaryFolder folder_;
  Observing observing_;
};

TEST_F(BackupNames, LinksOfEitherKindAreNoFurtherBackups) {
  write("shop-20260102.gz", "dump");
  fs::create_hard_link(backups() / "shop-20260102.gz", backups() / "daily/shop-202601.gz");
  fs::create_symlink("shop-20260102.gz", backups() / "shop-latest.gz");
  const json seen = look();
  EXPECT_EQ(seen.at("count"), 1);
  EXPECT_NE(seen.at("restorable"), "shop-latest.gz");
  write("shop-20260101.gz", "another dump");
  EXPECT_EQ(count(), 2);
}

TEST_F(BackupNames, ALinkAloneIsABackup) {
  folder_.write("dump", "dump");
  fs::create_symlink(folder_.path() / "dump", backups() / "shop.gz");
  EXPECT_EQ(count(), 1);
}

TEST_F(BackupNames, CopiesAreNoFurtherBackups) {
  const std::string dump(100'000, 'd');
  write("one", dump);
  write("two", dump);
  write("daily/three", dump);
  write("other end", std::string(99'999, 'd') + "e");
  write("other beginning", "e" + std::string(99'999, 'd'));
  modified("two", 2h);
  modified("daily/three", 5h);
  modified("other end", 3h);
  const json seen = look();
  EXPECT_EQ(seen.at("count"), 3);
  EXPECT_LT(seen.at("age").get<std::int64_t>(), Duration(1h).count());
  EXPECT_GE(seen.at("oldest").get<std::int64_t>(), Duration(5h).count());
}

TEST_F(BackupNames, WhatIsHiddenIsKeptButNoBackupToRestoreFrom) {
  write("one", "dump");
  write(".old", "older dump");
  fs::create_directory(backups() / ".archive");
  write(".archive/older", "the oldest");
  write(".gitkeep", "");
  modified(".old", 5h);
  modified(".archive/older", 9h);
  modified(".gitkeep", 99h);
  const json seen = look();
  EXPECT_EQ(seen.at("count"), 1);
  EXPECT_GE(seen.at("oldest").get<std::int64_t>(), Duration(9h).count());
  EXPECT_LT(seen.at("oldest").get<std::int64_t>(), Duration(10h).count());
}

TEST_F(BackupNames, LinkedFoldersAreLookedIntoOnce) {
  fs::create_directory(folder_.path() / "store");
  folder_.write("store/old", "the oldest");
  fs::create_directory_symlink(folder_.path() / "store", backups() / "store");
  fs::create_directory_symlink("..", backups() / "daily/up");
  fs::last_write_time(folder_.path() / "store/old", fs::file_time_type::clock::now() - 9h);
  const json seen = look();
  EXPECT_EQ(seen.at("count"), 1);
  EXPECT_GE(seen.at("oldest").get<std::int64_t>(), Duration(9h).count());
}

TEST_F(BackupNames, AHiddenFolderWithAVisibleNameIsVisible) {
  for (const char* store : {".a", ".z"}) {
    fs::create_directory(backups() / store);
    write(std::string(store) + "/dump", store);
  }
  fs::create_directory_symlink(".a", backups() / "zz");
  fs::create_directory_symlink(".z", backups() / "aa");
  EXPECT_EQ(look().at("count"), 2);
}

TEST_F(BackupNames, ACopyThatIsRewrittenCountsAgain) {
  write("one", "dump");
  write("two", "dump");
  const auto probe = observing_.make(Observing::spec("backups", {{"folder", "backups"}}));
  const auto counted = [&] { return observing_.sample(*probe).seen.values.at("count"); };
  EXPECT_EQ(counted(), 1);
  EXPECT_EQ(counted(), 1);
  write("two", "pump");
  EXPECT_EQ(counted(), 2);
}

TEST_F(BackupNames, OneSoundNameIsEnough) {
  const std::string sum = "d3a3c19b4c2d6ad3d2a5c3f37ed79d3c4b4a9b1d";
  write("one", "dump");
  fs::create_hard_link(backups() / "one", backups() / "two");
  write("one.sha256", sum);
  const json options{{"checksum", "sha256"}};
  EXPECT_EQ(count(options), 0);
  write("two.sha256", sha256("dump"));
  EXPECT_EQ(count(options), 1);
  EXPECT_EQ(look(options).at("restorable"), "two");
}

TEST_F(BackupNames, WhatCannotBeComparedIsNotCounted) {
  if (::geteuid() == 0) GTEST_SKIP() << "root reads everything";
  write("one", "dump");
  write("two", "dump");
  ASSERT_EQ(::chmod((backups() / "two").c_str(), 0), 0);
  const auto seen = observing_.see("backups", {{"folder", "backups"}});
  EXPECT_FALSE(seen.values.contains("count"));
  EXPECT_EQ(judged({{"count", {{">=", 1}}}}, seen), Truth::unknown);
}

TEST(BackupContents, ReadsSoMuchInALookAndTheRestInTheNext) {
  const TemporaryFolder folder;
  BackupContents contents;
  const auto state = [&](const std::string& name) {
    struct stat status{};
    EXPECT_EQ(::stat((folder.path() / name).c_str(), &status), 0);
    return FileState::of(status);
  };
  for (const char* name : {"a", "b"}) {
    std::ofstream(folder.path() / name).close();
    fs::resize_file(folder.path() / name, std::uintmax_t{150} << 20);
  }
  contents.begin_look();
  EXPECT_TRUE(contents.whole(folder.path() / "a", state("a")));
  EXPECT_FALSE(contents.whole(folder.path() / "b", state("b")));
  contents.begin_look();
  EXPECT_TRUE(contents.whole(folder.path() / "a", state("a")));
  EXPECT_TRUE(contents.whole(folder.path() / "b", state("b")));
}

// Seconds since 1970, or why not.
std::string date(const std::string& form, const std::string& name) {
  const auto read = NameDate::of(form);
  if (!read) return read.error().text();
  const auto at = read->in(name);
  if (!at) return "no";
  if (!*at) return at->error().what;
  return std::to_string(std::chrono::floor<std::chrono::seconds>(**at).time_since_epoch().count());
}

TEST(NameDates, AreInUtcUnlessTheyTellAnOffset) {
  EXPECT_EQ(date("shop_%Y%m%d_%H%M%S.gz", "shop_20260102_030405.gz"), "1767323045");
  EXPECT_EQ(date("%Y-%m-%dT%H:%M:%S%z", "2026-01-02T03:04:05+0200"), "1767315845");
  EXPECT_EQ(date("%FT%T%z", "2026-01-02T03:04:05-05:30"), "1767342845");
  EXPECT_EQ(date("%F_%R%z", "2026-01-02_03:04+02"), "1767315840");
  EXPECT_EQ(date("%FT%T%z", "2026-01-02T03:04:05Z"), "1767323045");
  EXPECT_EQ(date("%FT%T%Z", "2026-01-02T03:04:05UTC"), "1767323045");
  EXPECT_THAT(date("%FT%T%Z", "2026-01-02T03:04:05CET"), HasSubstr("CET is not known"));
  EXPECT_EQ(date("dump_%s.sql", "dump_1767323045.sql"), "1767323045");
}

TEST(NameDates, AreReadByEveryConversion) {
  EXPECT_EQ(date("%y%j", "26002"), "1767312000");
  EXPECT_EQ(date("%d-%b-%Y", "02-jan-2026"), "1767312000");
  EXPECT_EQ(date("%A %e %B %Y", "Friday  2 January 2026"), "1767312000");
  EXPECT_EQ(date("%D %I%p", "01/02/26 03PM"), "1767366000");
  EXPECT_EQ(date("%F %l%p", "2026-01-02 12AM"), "1767312000");
  EXPECT_EQ(date("%Y-%-m-%-d %k%%", "2026-1-2  3%"), "1767322800");
  EXPECT_EQ(date("%Y", "2026"), "1767225600");
}

TEST(NameDates, AreNoneWhereTheNameIsOfAnotherForm) {
  EXPECT_EQ(date("shop_%Y.gz", "shop_2026.gz.part"), "no");
  EXPECT_EQ(date("shop_%Y.gz", "shop_.gz"), "no");
  EXPECT_EQ(date("%Y%m%d", "20260230"), "no");
  EXPECT_EQ(date("%Y%j", "2026366"), "no");
  EXPECT_EQ(date("%a %F", "Mon 2026-01-02"), "no");
  EXPECT_EQ(date("%F%z", "2026-01-02+1500"), "no");
  EXPECT_EQ(date("%F%z", "2026-01-02"), "no");
}

TEST(NameDates, RefuseWhatTheyDoNotRead) {
  EXPECT_THAT(date("%G-W%V", ""), HasSubstr("'%G', which is not read"));
  EXPECT_THAT(date("%Y%m%d.%N", ""), HasSubstr("'%N', which is not read"));
  EXPECT_THAT(date("%c", ""), HasSubstr("'%c', which is not read"));
  EXPECT_THAT(date("%Y%", ""), HasSubstr("ends with '%'"));
  EXPECT_THAT(date("%m%d", ""), HasSubstr("tells no year"));
  EXPECT_THAT(date("dump", ""), HasSubstr("tells no year"));
  EXPECT_THAT(date("%s%z", ""), HasSubstr("more than '%s'"));
  EXPECT_THAT(date("%F%d", ""), HasSubstr("tells twice"));
  EXPECT_THAT(date("%Y%m%j", ""), HasSubstr("beside '%j'"));
  EXPECT_THAT(date("%F %I", ""), HasSubstr("without the other"));
  EXPECT_THAT(date("%F %H%p", ""), HasSubstr("without the other"));
}

TEST_F(BackupNames, OfAStrangeTimeZoneAreUnsound) {
  write("shop_2026-01-02_CET", "dump");
  const json seen = look({{"dated", "shop_%F_%Z"}});
  EXPECT_EQ(seen.at("count"), 0);
  EXPECT_THAT(seen.at("text").get<std::string>(), HasSubstr("time zone CET"));
}

TEST_F(BackupNames, OfAFormThatIsNotReadRefuseTheProbe) {
  EXPECT_FALSE(observing_.try_make(
      Observing::spec("backups", {{"folder", "backups"}, {"dated", "shop_%G%V"}})));
}

}  // namespace
}  // namespace reprise
