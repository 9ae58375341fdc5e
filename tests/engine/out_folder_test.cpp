#include "harness/engine/site/out_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/engine/site/system_copy.h"
#include "harness/engine/site/system_hash.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class OutFolders : public ::testing::Test {
 protected:
  OutFolders() {
    fs::create_directories(system_);
    write("server.js", "answers");
  }
  void write(const std::string& name, const std::string& text) {
    fs::create_directories((system_ / name).parent_path());
    std::ofstream(system_ / name) << text;
  }
  [[nodiscard]] std::string hash() const {
    Plan plan;
    plan.system = system_;
    return system_hash(plan).value_or("unreadable");
  }
  TemporaryFolder folder_;
  fs::path system_ = folder_.path() / "system";
};

TEST_F(OutFolders, AreOneRunsAtATime) {
  const auto path = folder_.path() / "a/out";
  auto first = OutFolder::claim(path);
  ASSERT_TRUE(first) << first.error().text();
  const auto second = OutFolder::claim(path);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().what, HasSubstr(path.string()));
  EXPECT_THAT(second.error().remedy, HasSubstr("--out"));
  EXPECT_TRUE(OutFolder::claim(folder_.path() / "b"));
  {
    const OutFolder moved = std::move(*first);
    EXPECT_FALSE(OutFolder::claim(path));
  }
  EXPECT_TRUE(OutFolder::claim(path));
}

TEST_F(OutFolders, AreMarkedWhereNothingElseWas) {
  for (const char* fresh : {"new", "empty", "above"}) {
    if (fresh != std::string("new")) fs::create_directories(folder_.path() / fresh);
    if (fresh == std::string("above")) {
      ASSERT_TRUE(OutFolder::claim(folder_.path() / "above/rehearsal"));
    }
    ASSERT_TRUE(OutFolder::claim(folder_.path() / fresh));
    EXPECT_TRUE(is_out_folder(folder_.path() / fresh)) << fresh;
  }
  ASSERT_TRUE(OutFolder::claim(system_)) << "it can be locked all the same";
  EXPECT_FALSE(is_out_folder(system_));
  EXPECT_FALSE(is_out_folder(folder_.path() / "nowhere"));
  std::ofstream(folder_.path() / "empty/.reprise.lock") << "somebody else's";
  EXPECT_FALSE(is_out_folder(folder_.path() / "empty"));
}

TEST_F(OutFolders, AreNoPartOfASystem) {
  const std::string before = hash();
  ASSERT_FALSE(changes_system(system_ / "out", system_));
  ASSERT_TRUE(OutFolder::claim(system_ / "out"));
  write("out/journals/shop/crash.jsonl", "much");
  EXPECT_EQ(hash(), before);
  EXPECT_FALSE(changes_system(system_ / "out", system_)) << "of a second run";
  EXPECT_FALSE(changes_system(system_ / "out/rehearsal", system_));
  ASSERT_TRUE(copy_system(system_, folder_.path() / "copy"));
  EXPECT_TRUE(fs::exists(folder_.path() / "copy/server.js"));
  EXPECT_FALSE(fs::exists(folder_.path() / "copy/out"));
}

TEST_F(OutFolders, AreRefusedWhereTheyWouldHideAPartOfTheSystem) {
  write("data/rows", "1");
  EXPECT_TRUE(changes_system(system_ / "data", system_));
  EXPECT_TRUE(changes_system(system_, system_));
  EXPECT_TRUE(changes_system(system_ / "data/../data", system_));
  fs::create_directory_symlink(system_, folder_.path() / "link");
  EXPECT_TRUE(changes_system(folder_.path() / "link/data", system_));
  EXPECT_FALSE(changes_system(folder_.path() / "out", system_));
  EXPECT_FALSE(changes_system(folder_.path(), system_)) << "above it";
  EXPECT_FALSE(changes_system(folder_.path() / "system-out", system_));
}

TEST_F(OutFolders, ThatCannotBeMadeAreToldWithTheirName) {
  const auto blocked = OutFolder::claim(system_ / "server.js/out");
  ASSERT_FALSE(blocked);
  EXPECT_THAT(blocked.error().text(), HasSubstr("server.js/out"));
}

}  // namespace
}  // namespace reprise
