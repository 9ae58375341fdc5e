// What is particular to one of the file faults.
#include <gtest/gtest.h>

#include "tests/support/child_process.h"
#include "tests/support/fault_under_test.h"
#include "tests/support/file_fixture.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

TEST_F(FileFaults, AHandleThatIsNotOursRemovesNothing) {
  auto fault = make_fault(fault_spec("file_delete", "cache"), surroundings_);
  auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  (*receipt)["handle"] = "/../../precious";
  EXPECT_FALSE(fault->revert(*receipt));
}

TEST_F(FileFaults, ADamagedFileKeepsItsOwnerAndMode) {
  auto fault = make_fault(fault_spec("file_corrupt", "cache"), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  struct stat seen{};
  ASSERT_EQ(::stat((folder_.path() / "data/cache.json").c_str(), &seen), 0);
  EXPECT_EQ(seen.st_mode & 07777, 0640U);
  EXPECT_EQ(now().size(), file_content.size());
  EXPECT_TRUE(fault->revert(*receipt));
}

TEST_F(FileFaults, TheSeedDecidesTheBytes) {
  const auto corrupted = [&](const nlohmann::json& with) {
    auto fault = make_fault(fault_spec("file_corrupt", "cache", with), surroundings_);
    const auto receipt = fault->prepare();
    EXPECT_TRUE(receipt && fault->inject(*receipt));
    const std::string text = now();
    EXPECT_TRUE(fault->revert(*receipt));
    return text;
  };
  const std::string one = corrupted({{"seed", 1}, {"bytes", "4B"}});
  EXPECT_EQ(one, corrupted({{"seed", 1}, {"bytes", "4B"}}));
  EXPECT_NE(one, corrupted({{"seed", 2}, {"bytes", "4B"}}));
  int changed = 0;
  for (std::size_t index = 0; index < file_content.size(); ++index) {
    changed += one.at(index) == file_content.at(index) ? 0 : 1;
  }
  EXPECT_EQ(changed, 4);
  EXPECT_FALSE(nlohmann::json::accept(corrupted({{"how", "not-json"}})));
}

TEST_F(FileFaults, WithoutASeedOfItsOwnTheDrillsDecidesTheBytes) {
  const auto corrupted = [&](const std::string& seed, const std::string& id) {
    surroundings_.references["seed"] = seed;
    FaultSpec spec = fault_spec("file_corrupt", "cache", {{"bytes", "4B"}});
    spec.id = id;
    auto fault = make_fault(spec, surroundings_);
    const auto receipt = fault->prepare();
    EXPECT_TRUE(receipt && fault->inject(*receipt));
    const std::string text = now();
    // The undo of a dead drill knows no seed and draws nothing.
    const FixedSurroundings nothing;
    EXPECT_TRUE(make_fault(spec, nothing)->revert(*receipt));
    EXPECT_EQ(now(), file_content);
    return text;
  };
  const std::string one = corrupted("1", "one");
  EXPECT_EQ(one, corrupted("1", "one"));
  EXPECT_NE(one, corrupted("2", "one"));
  EXPECT_NE(one, corrupted("1", "another"));
}

TEST_F(FileFaults, ASecondRoundOfACorruptionDoesNotMendTheFirst) {
  const FaultSpec spec = fault_spec("file_corrupt", "cache");
  for (int round = 0; round < 2; ++round) {
    auto fault = make_fault(spec, surroundings_);
    const auto receipt = fault->prepare();
    ASSERT_TRUE(receipt && fault->inject(*receipt));
  }
  EXPECT_NE(now(), file_content);
}

TEST_F(FileFaults, AFileThatHasShrunkMeanwhileIsNotCut) {
  auto fault = make_fault(fault_spec("file_truncate", "cache", {{"to", "16B"}}), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  folder_.write("data/cache.json", "short");
  EXPECT_FALSE(fault->inject(*receipt));
  EXPECT_FALSE(fault->confirm());
  EXPECT_TRUE(fault->revert(*receipt));
  EXPECT_EQ(now(), "short");
}

TEST_F(FileFaults, ZerosOverZerosDoNotBite) {
  folder_.write("data/cache.json", std::string(100, '\0'));
  auto fault = make_fault(fault_spec("file_corrupt", "cache", {{"how", "zero"}}), surroundings_);
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt && fault->inject(*receipt));
  EXPECT_FALSE(fault->confirm());
  EXPECT_TRUE(fault->revert(*receipt));
}

TEST_F(FileFaults, WhatCannotBiteIsRefusedBeforeItStarts) {
  EXPECT_FALSE(
      make_fault(fault_spec("file_truncate", "cache", {{"to", "44B"}}), surroundings_)->prepare());
  folder_.write("data/cache.json", "");
  EXPECT_FALSE(make_fault(fault_spec("file_corrupt", "cache"), surroundings_)->prepare());
  const auto* corrupt = Registry<FaultKind>::find("file_corrupt");
  const nlohmann::json with{{"how", "not-json"}, {"bytes", "3B"}};
  EXPECT_FALSE(corrupt->make(fault_spec("file_corrupt", "cache", with), surroundings_));
}

TEST_F(FileFaults, AsRootTheModeIsRefusedAndAFolderTakenByItself) {
  if (::geteuid() != 0) GTEST_SKIP() << "not root";
  const auto by_mode =
      make_fault(fault_spec("file_deny", "cache", {{"by", "mode"}}), surroundings_)->prepare();
  ASSERT_FALSE(by_mode);
  EXPECT_NE(by_mode.error().text().find("by: folder"), std::string::npos) << why(by_mode);
  const auto chosen = make_fault(fault_spec("file_deny", "cache"), surroundings_)->prepare();
  ASSERT_TRUE(chosen) << why(chosen);
  EXPECT_EQ(chosen->at("by"), "folder");
}

// As an unprivileged user, in a process of its own where the test itself is root.
TEST_F(FileFaults, TheModeKeepsAnUnprivilegedUserOut) {
  constexpr uid_t nobody = 65534;
  if (::geteuid() == 0) {
    for (const char* path : {"", "data", "data/cache.json"}) {
      ASSERT_EQ(::chown((folder_.path() / path).c_str(), nobody, nobody), 0);
    }
  }
  const std::string before = fingerprint();
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && (::setgid(nobody) != 0 || ::setuid(nobody) != 0)) ::_exit(1);
    const FaultSpec spec = fault_spec("file_deny", "cache");
    auto fault = make_fault(spec, surroundings_);
    const auto receipt = fault->prepare();
    if (!receipt || receipt->at("by") != "mode") ::_exit(2);
    if (fault->confirm() || !fault->inject(*receipt)) ::_exit(3);
    const auto bite = fault->confirm();
    if (!bite || bite->evidence.find("Permission denied") == std::string::npos) ::_exit(4);
    if (reading() != "Permission denied") ::_exit(5);
    const FixedSurroundings nothing;
    for (int time = 0; time < 2; ++time) {
      if (!make_fault(spec, nothing)->revert(*receipt)) ::_exit(6);
      if (fingerprint() != before) ::_exit(7);
    }
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(fingerprint(), before);
}

}  // namespace
}  // namespace reprise
