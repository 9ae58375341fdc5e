// file_delete, file_corrupt, file_truncate and file_deny on files of a temporary folder.
#include <sys/stat.h>

#include <gtest/gtest.h>

#include "injectors/moved_file.h"
#include "tests/support/child_process.h"
#include "tests/support/fault_under_test.h"
#include "tests/support/fixed_surroundings.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

const std::string content = "{\"mode\": \"nominal\", \"values\": [1, 2, 3, 4]}\n";

class FileFaults : public testing::Test {
 protected:
  FileFaults() {
    fs::create_directory(folder_.path() / "data");
    folder_.write("data/cache.json", content);
    fs::permissions(folder_.path() / "data/cache.json", fs::perms(0640));
    surroundings_.root = folder_.path();
    surroundings_.files["cache"] = folder_.path() / "data/cache.json";
  }

  // Everything a condition must leave as it was: names, inode, mode, owner, time, content.
  [[nodiscard]] std::string fingerprint() const {
    std::string print;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
      struct stat seen {};
      ::lstat(entry.path().c_str(), &seen);
      print += fmt::format("{} {} {:o} {} {} ", entry.path().string(), seen.st_ino, seen.st_mode,
                           seen.st_uid, seen.st_gid);
      if (entry.is_regular_file()) print += fmt::format("{} ", seen.st_mtim.tv_nsec);
    }
    return print + now();
  }
  [[nodiscard]] std::string now() const { return folder_.read("data/cache.json"); }
  [[nodiscard]] long names() const {
    return std::distance(fs::directory_iterator(folder_.path() / "data"), {});
  }
  // As a program that reads the file: its text, or why it could not.
  [[nodiscard]] std::string reading() const {
    const int file = ::open((folder_.path() / "data/cache.json").c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return std::strerror(errno);
    char byte = 0;
    const bool failed = ::read(file, &byte, 1) < 0;
    const std::string reason = failed ? std::strerror(errno) : now();
    ::close(file);
    return reason;
  }

  TemporaryFolder folder_;
  FixedSurroundings surroundings_;
};

struct FileCase {
  std::string kind;
  nlohmann::json with;
  std::string evidence;  // a part of it
};

const std::vector<FileCase> cases{
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
  [[nodiscard]] FaultSpec spec() const { return fault_spec(GetParam().kind, "cache", GetParam().with); }
};

INSTANTIATE_TEST_SUITE_P(All, EachFileFault, testing::ValuesIn(cases), [](const auto& about) {
  return fmt::format("{}_{}", about.param.kind, about.index);
});

TEST_P(EachFileFault, BitesAndIsUndoneTwiceByAStranger) {
  ASSERT_EQ(content.size(), 44U);
  auto fault = make_fault(spec(), surroundings_);
  const std::string before = fingerprint();
  const auto receipt = fault->prepare();
  ASSERT_TRUE(receipt) << why(receipt);
  EXPECT_EQ(fingerprint(), before) << "prepare touches nothing";
  EXPECT_FALSE(fault->confirm());
  const auto done = fault->inject(*receipt);
  ASSERT_TRUE(done) << why(done);
  EXPECT_NE(reading(), content);
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
  int place = 1;
  for (; killed_at(place, inject); ++place) {
    const auto undone = guardian->revert(*receipt);
    ASSERT_TRUE(undone) << place << ": " << why(undone);
    ASSERT_EQ(fingerprint(), before) << place;
  }
  EXPECT_GT(place, 3);
  // The last round was not killed: it is injected. Now the undo itself is killed everywhere.
  for (place = 1; true; ++place) {
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
  EXPECT_EQ(folder_.read("data/" + aside), content);
  EXPECT_TRUE(fault->revert(*receipt));
}

TEST_P(EachFileFault, RefusesSymbolicLinksAndWhatIsNotTheDrills) {
  const TemporaryFolder elsewhere;
  elsewhere.write("precious", content);
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
  EXPECT_EQ(elsewhere.read("precious"), content);
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
  struct stat seen {};
  ASSERT_EQ(::stat((folder_.path() / "data/cache.json").c_str(), &seen), 0);
  EXPECT_EQ(seen.st_mode & 07777, 0640U);
  EXPECT_EQ(now().size(), content.size());
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
  for (std::size_t index = 0; index < content.size(); ++index) {
    changed += one.at(index) == content.at(index) ? 0 : 1;
  }
  EXPECT_EQ(changed, 4);
  EXPECT_FALSE(nlohmann::json::accept(corrupted({{"how", "not-json"}})));
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
  EXPECT_FALSE(make_fault(fault_spec("file_truncate", "cache", {{"to", "44B"}}), surroundings_)
                   ->prepare());
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
