#include "harness/journal/journal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>

#include "harness/journal/record.h"
#include "tests/support/small_disk.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

using nlohmann::json;

class Journals : public ::testing::Test {
 protected:
  Result<Journal> create() {
    return Journal::create(
        path_, [] { return Duration(1500); },
        [] { return UtcInstant(std::chrono::hours(24 * 365)); });
  }
  std::vector<std::string> lines() {
    std::vector<std::string> out;
    std::ifstream text(path_);
    for (std::string line; std::getline(text, line);) out.push_back(line);
    return out;
  }
  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "drill.jsonl";
};

TEST(Sha256, IsTheOneOfTheStandard) {
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST_F(Journals, ChainEveryLineToTheOneBefore) {
  auto journal = create();
  ASSERT_TRUE(journal);
  journal->write("drill", {{"format", 1}});
  journal->write_at(Duration(7), "phase", {{"phase", "steady"}});
  journal->write("end", json::object());
  ASSERT_EQ(lines().size(), 3u);
  std::string previous = sha256("");
  for (std::size_t i = 0; i < 3; ++i) {
    const json line = json::parse(lines()[i]);
    EXPECT_EQ(line["n"], i);
    EXPECT_EQ(line["prev"], previous);
    EXPECT_EQ(line["utc"], "1971-01-01T00:00:00.000Z");
    previous = sha256(lines()[i]);
  }
  EXPECT_EQ(journal->head(), previous);
  EXPECT_EQ(json::parse(lines()[1])["t"], 7);
  EXPECT_EQ(json::parse(lines()[2])["t"], 1500);
}

TEST_F(Journals, ShowNoSecretAndKeepTheirOwnFieldsAndNumbers) {
  const Redaction redaction(Secrets{{"a", "probe"}, {"b", "1500"}, {"c", "hunter22"}});
  auto journal = create();
  ASSERT_TRUE(journal);
  journal->hide(redaction);
  journal->write("sample", {{"probe", "home"}, {"i", 1500}, {"v", {{"pin", 1500}}}});
  journal->write("log", {{"line", "the \"hunter22\" of probe"}, {"pid", 1500}});
  const json sample = json::parse(lines()[0]);
  EXPECT_EQ(sample["probe"], "home");
  EXPECT_EQ(sample["i"], 1500);
  EXPECT_EQ(sample["t"], 1500);
  EXPECT_EQ(sample["v"]["pin"], "•••");
  const json log = json::parse(lines()[1]);
  EXPECT_EQ(log["line"], "the \"•••\" of •••");
  EXPECT_EQ(log["pid"], 1500);
  EXPECT_EQ(log["prev"], sha256(lines()[0]));
}

TEST_F(Journals, AreNeverWrittenTwice) {
  ASSERT_TRUE(create());
  EXPECT_FALSE(create());
}

TEST_F(Journals, KeepTheirOwnFieldsWhateverAnEventSays) {
  auto journal = create();
  journal->write("log", {{"n", 99}, {"prev", "forged"}, {"line", "x"}});
  EXPECT_EQ(json::parse(lines()[0])["n"], 0);
  EXPECT_EQ(json::parse(lines()[0])["prev"], sha256(""));
}

TEST_F(Journals, ReplaceBytesThatAreNotUtf8) {
  auto journal = create();
  journal->write("log", {{"line", "\xff\n\x01"}});
  ASSERT_EQ(lines().size(), 1u);
  EXPECT_EQ(json::parse(lines()[0])["line"], "\xef\xbf\xbd\n\x01");
  EXPECT_TRUE(journal->trouble().empty());
}

TEST_F(Journals, ReportTroubleAndWriteNothingAfterIt) {
  auto journal = create();
  journal->write("drill", json::object());
  // A disk that is full, told by the limit on the size of files.
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{std::filesystem::file_size(path_) + 20, before.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  setrlimit(RLIMIT_FSIZE, &small);
  journal->write("log", {{"line", "does not fit"}});
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_NE(journal->trouble().find("event 1"), std::string::npos);
  const auto size = std::filesystem::file_size(path_);
  journal->write("end", json::object());
  EXPECT_EQ(std::filesystem::file_size(path_), size);
}

TEST_F(Journals, OnAFullDiskStillTellSoAndHowTheDrillEnded) {
  const SmallDisk disk(folder_.path() / "disk", "512k");
  if (!disk.why_not().empty()) GTEST_SKIP() << disk.why_not();
  path_ = disk.folder() / "drill.jsonl";
  auto journal = create();
  ASSERT_TRUE(journal) << journal.error().text();
  journal->write("drill", {{"format", 2}});
  EXPECT_TRUE(journal->full().empty());
  disk.fill();
  const json sample = {{"probe", "p"}, {"o", std::string(1000, 'o')}};
  for (int i = 0; i < 1000; ++i) journal->write("sample", sample);
  EXPECT_EQ(journal->full(), "the disk of " + disk.folder().string() + " is full");
  for (int i = 0; i < 100; ++i) journal->write("fault", {{"step", "healed"}});
  journal->write("end", {{"outcome", "interrupted"}});
  EXPECT_EQ(journal->trouble(), "");
  const auto all = lines();
  const auto troubles = std::ranges::count_if(
      all, [](const std::string& line) { return json::parse(line).at("event") == "trouble"; });
  EXPECT_EQ(troubles, 1);
  EXPECT_LT(all.size(), 300u) << "samples are no longer kept";
  EXPECT_EQ(json::parse(all.back()).at("outcome"), "interrupted");
  std::string previous = sha256("");
  for (const std::string& line : all) {
    EXPECT_EQ(json::parse(line).at("prev"), previous);
    previous = sha256(line);
  }
}

TEST_F(Journals, ThatHaveNoRoomForTheirEndAreNotBegun) {
  const SmallDisk disk(folder_.path() / "disk", "512k");
  if (!disk.why_not().empty()) GTEST_SKIP() << disk.why_not();
  disk.fill();
  path_ = disk.folder() / "drill.jsonl";
  const auto journal = create();
  ASSERT_FALSE(journal);
  EXPECT_NE(journal.error().what.find("the disk of " + disk.folder().string() + " is full"),
            std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(path_)) << "and leave nothing in the way";
}

TEST_F(Journals, GiveBackTheRoomThatTheyReserved) {
  struct stat status{};
  {
    auto journal = create();
    journal->write("drill", json::object());
    const Journal moved = std::move(*journal);
  }
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_LE(status.st_blocks, 16);
  EXPECT_EQ(lines().size(), 1u);
}

}  // namespace
}  // namespace reprise
