// file_delete, file_corrupt, file_truncate and file_deny: what they all owe their users.
#include <gtest/gtest.h>

#include "tests/support/child_process.h"
#include "tests/support/fault_under_test.h"
#include "tests/support/file_fixture.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

struct FileCase {
  std::string kind;
  nlohmann::json with;
  std::string evidence;  // a part of it
};

const std::vector<FileCase> file_cases{
    {"file_delete", nlohmann::json::object(), "(44 bytes) is gone"},
    {"file_corrupt", {{"how", "random-bytes"}, {"seed", 7}}, "was corrupted (random-bytes)"},
    {"file_corrupt", {{"how", "not-json"}}, "was corrupted (not-json)"},
    {"file_corrupt", {{"how", "zero"}, {"bytes", "8B"}}, "was corrupted (zero)"},
    {"file_truncate", {{"to", "5B"}}, "was cut from 44 bytes to 5"},
    {"file_truncate", nlohmann::json::object(), "was cut from 44 bytes to 0"},
    {"file_deny", {{"by", "folder"}}, "Is a directory"},
};

class EachFileFault : public FileFaults, public testing::WithParamInterface<FileCase> {
 protected:
  [[nodiscard]] static FaultSpec spec() {
    return fault_spec(GetParam().kind, "cache", GetParam().with);
  }
};

INSTANTIATE_TEST_SUITE_P(All, EachFileFault, testing::ValuesIn(file_cases), [](const auto& about) {
  return fmt::format("{}_{}", about.param.kind, about.index);
});

TEST_P(EachFileFault, BitesAndIsUndoneTwiceByAStranger) {
  ASSERT_EQ(file_content.size(), 44U);
  auto fault = make_fault(spec(), surroundings_);
  const std::string before = fingerprint();
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  EXPECT_EQ(fingerprint(), before) << "prepare touches nothing";
  EXPECT_FALSE(fault->confirm());
  const auto done = fault->inject(*receipt);
  ASSERT_TRUE(done) << why(done);
  EXPECT_NE(reading(), file_content);
  const auto bite = fault->confirm();
  ASSERT_TRUE(bite);
  EXPECT_NE(bite->evidence.find(GetParam().evidence), std::string::npos) << bite->evidence;

  const FixedSurroundings nothing;
  auto guardian = make_fault(spec(), nothing);
  const auto undone = guardian->revert(nlohmann::json::parse(receipt->dump()));
  ASSERT_TRUE(undone) << why(undone);
  EXPECT_EQ(fingerprint(), before);
  EXPECT_TRUE(guardian->revert(*receipt));
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_EQ(fingerprint(), before);
}

// A system that looks after its file: nobody has been harmed, and nobody says so.
TEST_P(EachFileFault, IsNotConfirmedOnceTheFileWasPutBack) {
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  ASSERT_TRUE(fault->confirm());
  const fs::path folder = folder_.path() / "data";
  fs::remove_all(folder / "cache.json");
  fs::rename(folder / receipt->at("aside").get<std::string>(), folder / "cache.json");
  EXPECT_EQ(reading(), file_content);
  EXPECT_FALSE(fault->confirm());
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_EQ(reading(), file_content);
}

TEST_P(EachFileFault, IsUndoneWithoutHavingBeenInjected) {
  const std::string before = fingerprint();
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_EQ(fingerprint(), before);
}

TEST_P(EachFileFault, IsUndoneWhereverItsHolderIsKilled) {
  const std::string before = fingerprint();
  const auto receipt = make_fault(spec(), surroundings_)->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  const auto inject = [&] { (void)make_fault(spec(), surroundings_)->inject(*receipt); };
  const auto revert = [&] { (void)make_fault(spec(), surroundings_)->revert(*receipt); };
  auto guardian = make_fault(spec(), surroundings_);
  // In steps of two, which are the entries to the kernel: the return from one call and the entry
  // to the next leave the same files behind.
  int place = 1;
  for (; killed_at(place, inject); place += 2) {
    const auto undone = guardian->revert(*receipt);
    ASSERT_TRUE(undone) << place << ": " << why(undone);
    ASSERT_EQ(fingerprint(), before) << place;
  }
  EXPECT_GT(place, 3);
  // The last round was not killed: it is injected. Now the undo itself is killed everywhere.
  for (place = 1; true; place += 2) {
    do_and_die(inject);
    const bool killed = killed_at(place, revert);
    const auto undone = guardian->revert(*receipt);
    ASSERT_TRUE(undone) << place << ": " << why(undone);
    ASSERT_EQ(fingerprint(), before) << place;
    if (!killed) break;
  }
  EXPECT_GT(place, 3);
}

TEST_P(EachFileFault, NeverOverwritesWhatTheSystemHasRebuilt) {
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  // A program that writes a new file and renames it, over whatever stands there.
  if (GetParam().kind == "file_deny") fs::remove_all(folder_.path() / "data/cache.json");
  folder_.write("fresh", "rebuilt");
  fs::rename(folder_.path() / "fresh", folder_.path() / "data/cache.json");
  const auto undone = fault->revert(*receipt);
  ASSERT_TRUE(undone) << why(undone);
  EXPECT_EQ(now(), "rebuilt");
  EXPECT_EQ(names(), 1) << "the original is tidied away";
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_EQ(now(), "rebuilt");
}

TEST_P(EachFileFault, NeverOverwritesWhatTheSystemHasWrittenInPlace) {
  if (GetParam().kind == "file_deny") GTEST_SKIP() << "a folder cannot be written to";
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  folder_.write("data/cache.json", "rebuilt");
  ASSERT_TRUE(fault->revert(*receipt));
  EXPECT_EQ(now(), "rebuilt");
  EXPECT_EQ(names(), 1);
}

TEST_P(EachFileFault, KeepsTheOriginalUnderItsHandleMeanwhile) {
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  const std::string aside = receipt->at("aside");
  EXPECT_EQ(aside.find(".reprise-" + receipt->at("handle").get<std::string>()), 0U);
  EXPECT_EQ(folder_.read("data/" + aside), file_content);
  EXPECT_TRUE(fault->revert(*receipt));
}

TEST_P(EachFileFault, RefusesSymbolicLinksAndWhatIsNotTheDrills) {
  const TemporaryFolder elsewhere;
  elsewhere.write("precious", file_content);
  fs::create_symlink(elsewhere.path() / "precious", folder_.path() / "data/link");
  fs::create_directory_symlink(elsewhere.path(), folder_.path() / "outside");
  for (const fs::path& path :
       {folder_.path() / "data/link", folder_.path() / "outside/precious",
        elsewhere.path() / "precious", folder_.path() / "data", folder_.path(),
        folder_.path() / "data/../../" / elsewhere.path().filename() / "precious"}) {
    surroundings_.files["cache"] = path;
    const auto receipt = make_fault(spec(), surroundings_)->prepare();
    EXPECT_FALSE(receipt) << path;
  }
  EXPECT_EQ(elsewhere.read("precious"), file_content);
}

TEST_P(EachFileFault, IsNotFooledByALinkThatComesLater) {
  const TemporaryFolder elsewhere;
  elsewhere.write("cache.json", "precious");
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  fs::rename(folder_.path() / "data", folder_.path() / "old");
  fs::create_directory_symlink(elsewhere.path(), folder_.path() / "data");
  EXPECT_FALSE(fault->inject(*receipt));
  EXPECT_FALSE(fault->confirm());
  EXPECT_FALSE(fault->revert(*receipt));
  EXPECT_EQ(elsewhere.read("cache.json"), "precious");
}

TEST_P(EachFileFault, NothingIsLeftWhenTheDrillsFolderIsGone) {
  auto fault = make_fault(spec(), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  fs::remove_all(folder_.path());
  const auto undone = fault->revert(*receipt);
  EXPECT_TRUE(undone) << why(undone);
}

}  // namespace
}  // namespace reprise
