// file_stale: what the system writes is not seen, and is there at healing.
#include <fstream>

#include <gtest/gtest.h>

#include "injectors/moved_files/moved_file.h"
#include "tests/support/child_process.h"
#include "tests/support/fault_under_test.h"
#include "tests/support/file_fixture.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

class FileStale : public FileFaults {
 protected:
  [[nodiscard]] static FaultSpec spec(nlohmann::json with = nlohmann::json::object()) {
    return fault_spec("file_stale", "cache", std::move(with));
  }
  [[nodiscard]] fs::path cache() const { return folder_.path() / "data/cache.json"; }
  // The two ways in which programs write a file.
  void write_in_place(const std::string& text) const { folder_.write("data/cache.json", text); }
  void write_and_rename(const std::string& text) const {
    folder_.write("fresh", text);
    fs::rename(folder_.path() / "fresh", cache());
  }
  [[nodiscard]] bool reads_as_before() const {
    return now() == file_content && fs::last_write_time(cache()) == written_;
  }
  [[nodiscard]] fs::file_time_type::duration age() const {
    return fs::file_time_type::clock::now() - fs::last_write_time(cache());
  }

  const fs::file_time_type written_ = fs::last_write_time(cache());
};

TEST_F(FileStale, WithoutAWriteChangesNothingAndIsNotConfirmed) {
  const std::string before = fingerprint();
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  EXPECT_EQ(fingerprint(), before) << "prepare touches nothing";
  EXPECT_TRUE(fault->revert(*receipt)) << "without an inject";
  EXPECT_EQ(fingerprint(), before);
  const auto done = fault->inject(*receipt);
  ASSERT_TRUE(done) << why(done);
  EXPECT_TRUE(reads_as_before());
  std::this_thread::sleep_for(50ms);
  EXPECT_FALSE(fault->confirm()) << "nothing was written, so nobody was deceived";
  const auto undone = fault->revert(*receipt);
  ASSERT_TRUE(undone) << why(undone);
  EXPECT_EQ(fingerprint(), before);
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_EQ(fingerprint(), before);
}

TEST_F(FileStale, HidesEveryVersionAndShowsTheNewestAtHealing) {
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  write_in_place("version 2");
  EXPECT_TRUE(comes_true([&] { return reads_as_before(); }));
  write_and_rename("version 3");
  EXPECT_TRUE(comes_true([&] { return reads_as_before(); }));
  write_and_rename("version 4");
  EXPECT_TRUE(comes_true([&] { return reads_as_before(); }));
  std::optional<Bite> bite;
  ASSERT_TRUE(comes_true([&] { return (bite = fault->confirm()).has_value(); }));
  EXPECT_NE(bite->evidence.find("was written and still reads as of "), std::string::npos)
      << bite->evidence;
  const auto undone = fault->revert(*receipt);
  ASSERT_TRUE(undone) << why(undone);
  EXPECT_EQ(now(), "version 4");
  EXPECT_EQ(names(), 1) << "nothing is left beside it";
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_EQ(now(), "version 4");
  EXPECT_FALSE(fault->confirm());
  std::this_thread::sleep_for(30ms);
  write_in_place("version 5");
  std::this_thread::sleep_for(30ms);
  EXPECT_EQ(now(), "version 5") << "healed is healed";
}

TEST_F(FileStale, LooksAsOldAsItIsTold) {
  auto fault = make_fault(spec({{"age", "2h"}}), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  EXPECT_GE(age(), 2h);
  EXPECT_EQ(now(), file_content);
  const auto bite = fault->confirm();
  ASSERT_TRUE(bite);
  EXPECT_NE(bite->evidence.find("is 2h older than it was"), std::string::npos) << bite->evidence;
  write_in_place("version 2");
  EXPECT_TRUE(comes_true([&] { return age() >= 2h && now() == file_content; }));
  ASSERT_TRUE(fault->revert(*receipt));
  EXPECT_EQ(now(), "version 2");
  EXPECT_LT(age(), 1h);
}

TEST_F(FileStale, TakesAWriterThatKeepsTheFileOpenAlongWithoutAGlimpse) {
  std::ofstream writer(cache(), std::ios::app);
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  writer << "more" << std::flush;
  EXPECT_TRUE(reads_as_before());
  EXPECT_TRUE(comes_true([&] { return fault->confirm().has_value(); }));
  ASSERT_TRUE(fault->revert(*receipt));
  EXPECT_EQ(now(), file_content + "more");
}

TEST_F(FileStale, KeepsWhatIsWrittenSlowlyInOnePiece) {
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  {
    std::ofstream writer(cache(), std::ios::trunc);
    for (int part = 0; part < 10; ++part) {
      writer << part << std::flush;
      std::this_thread::sleep_for(5ms);
    }
  }
  EXPECT_TRUE(comes_true([&] { return reads_as_before(); }));
  ASSERT_TRUE(fault->revert(*receipt));
  EXPECT_EQ(now(), "0123456789");
}

TEST_F(FileStale, LosesNoVersionOfAWriterThatNeverRests) {
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  std::string last;
  for (int version = 0; version < 3000; ++version) {
    last = fmt::format("version {}", version);
    write_and_rename(last);
  }
  ASSERT_TRUE(fault->revert(*receipt));
  EXPECT_EQ(now(), last);
  EXPECT_EQ(names(), 1);
}

TEST_F(FileStale, LeavesDeletedWhatTheSystemDeletes) {
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  fs::remove(cache());
  std::this_thread::sleep_for(50ms);
  EXPECT_FALSE(fs::exists(cache()));
  EXPECT_FALSE(fault->confirm());
  write_in_place("version 2");
  EXPECT_TRUE(comes_true([&] { return reads_as_before(); }));
  fs::remove(cache());
  ASSERT_TRUE(fault->revert(*receipt));
  EXPECT_EQ(names(), 0);
}

TEST_F(FileStale, EndsWithItsInjectorAndIsUndoneByAStranger) {
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  write_in_place("version 2");
  ASSERT_TRUE(comes_true([&] { return fault->confirm().has_value(); }));
  fault.reset();
  EXPECT_TRUE(reads_as_before());
  const FixedSurroundings nothing;
  auto guardian = make_fault(spec(), nothing);
  const auto undone = guardian->revert(nlohmann::json::parse(receipt->dump()));
  ASSERT_TRUE(undone) << why(undone);
  EXPECT_EQ(now(), "version 2");
  EXPECT_EQ(names(), 1);
  EXPECT_TRUE(guardian->revert(*receipt));
  EXPECT_EQ(now(), "version 2");
}

TEST_F(FileStale, NeverHidesWhatWasWrittenAfterItsProgramDied) {
  const auto receipt = make_fault(spec(), surroundings_)->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  do_and_die([&] {
    auto fault = make_fault(spec(), surroundings_);
    (void)fault->inject(*receipt);
    ::kill(::getpid(), SIGKILL);
  });
  write_in_place("version 2");
  ASSERT_TRUE(make_fault(spec(), surroundings_)->revert(*receipt));
  EXPECT_EQ(now(), "version 2");
  EXPECT_EQ(names(), 1);
}

TEST_F(FileStale, IsUndoneWhereverItsHolderIsKilled) {
  for (const nlohmann::json& with : {nlohmann::json::object(), nlohmann::json{{"age", "1h"}}}) {
    const std::string before = fingerprint();
    const auto receipt = make_fault(spec(with), surroundings_)->prepare();
    ASSERT_TRUE(receipt) << why(receipt);
    const auto inject = [&] { (void)make_fault(spec(with), surroundings_)->inject(*receipt); };
    const auto revert = [&] { (void)make_fault(spec(with), surroundings_)->revert(*receipt); };
    auto guardian = make_fault(spec(with), surroundings_);
    int place = 1;
    for (; killed_at(place, inject); place += 2) {
      const auto undone = guardian->revert(*receipt);
      ASSERT_TRUE(undone) << place << ": " << why(undone);
      ASSERT_EQ(fingerprint(), before) << place;
    }
    EXPECT_GT(place, 3);
    ASSERT_TRUE(guardian->revert(*receipt));
    for (place = 1; true; place += 2) {
      do_and_die(inject);
      const bool killed = killed_at(place, revert);
      const auto undone = guardian->revert(*receipt);
      ASSERT_TRUE(undone) << place << ": " << why(undone);
      ASSERT_EQ(fingerprint(), before) << place;
      if (!killed) break;
    }
  }
}

TEST_F(FileStale, LosesNoVersionWhereverItsHolderIsKilledWhileItHides) {
  const auto receipt = make_fault(spec(), surroundings_)->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  auto guardian = make_fault(spec(), surroundings_);
  // A second version that comes while the first is hidden already, hidden as the thread does it.
  const auto hide = [&] {
    auto file = MovedFile::recall(*receipt);
    (void)(*file)->hide(file_content, timespec{1'000'000'000, 0});
  };
  auto undo = [&] {
    auto file = MovedFile::recall(*receipt);
    return (*file)->show_newest(timespec{1'000'000'000, 0});
  };
  int place = 1;
  for (bool killed = true; killed; place += 2) {
    write_in_place("version 1");
    do_and_die(hide);
    write_and_rename("version 2");
    killed = killed_at(place, hide);
    const auto undone = undo();
    ASSERT_TRUE(undone) << place << ": " << why(undone);
    ASSERT_EQ(now(), "version 2") << place;
    ASSERT_EQ(names(), 1) << place;
  }
  EXPECT_GT(place, 20);
}

TEST_F(FileStale, RefusesSymbolicLinksAndWhatIsNotTheDrills) {
  const TemporaryFolder elsewhere;
  elsewhere.write("precious", file_content);
  fs::create_symlink(elsewhere.path() / "precious", folder_.path() / "data/link");
  for (const fs::path& path : {folder_.path() / "data/link", elsewhere.path() / "precious",
                               folder_.path() / "data", folder_.path() / "data/absent"}) {
    surroundings_.files["cache"] = path;
    EXPECT_FALSE(make_fault(spec(), surroundings_)->prepare()) << path;
  }
  EXPECT_EQ(elsewhere.read("precious"), file_content);
}

TEST_F(FileStale, NothingIsLeftWhenTheDrillsFolderIsGone) {
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  fs::remove_all(folder_.path());
  std::this_thread::sleep_for(20ms);
  EXPECT_FALSE(fault->confirm());
  const auto undone = fault->revert(*receipt);
  EXPECT_TRUE(undone) << why(undone);
}

}  // namespace
}  // namespace reprise
