// Drills of the plans, side by side, by a user without privileges: each in a sandbox of its own,
// all on the same machine. All of sp-e and the quick ones of the others; with
// REPRISE_UNPRIVILEGED=all every one.
#include <grp.h>
#include <pwd.h>

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/program.h"

namespace reprise::testing {
namespace {

namespace fs = std::filesystem;

void give_to(const fs::path& folder, const passwd& user) {
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    ASSERT_EQ(::lchown(entry.path().c_str(), user.pw_uid, user.pw_gid), 0) << entry.path();
  }
  ASSERT_EQ(::chown(folder.c_str(), user.pw_uid, user.pw_gid), 0);
}

// As somebody else from here on, for good.
void become(const passwd& user, const fs::path& home) {
  ASSERT_EQ(::setgroups(0, nullptr), 0);
  ASSERT_EQ(::setgid(user.pw_gid), 0);
  ASSERT_EQ(::setuid(user.pw_uid), 0);
  ::setenv("HOME", home.c_str(), 1);
  ::setenv("USER", user.pw_name, 1);
  ::unsetenv("XDG_RUNTIME_DIR");
}

// What journals say of where they were drilled, each once.
std::set<std::string> sandboxes(const fs::path& journals) {
  std::set<std::string> said;
  for (const auto& entry : fs::recursive_directory_iterator(journals)) {
    if (!entry.path().string().ends_with(".jsonl")) continue;
    for (auto& event : read_events(entry.path())) {
      if (event.contains("environment")) said.insert(event["environment"]["sandbox"].dump());
    }
  }
  return said;
}

TEST(Unprivileged, UsersDrillEveryPlanInSandboxesSideBySide) {
  Workplace place;
  const fs::path source = REPRISE_SOURCE_DIR;
  fs::copy(source / "build/release/reprise", place.folder() / "reprise");
  fs::copy(source / "scenarios", place.folder() / "scenarios",
           fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  ::setenv("REPRISE_PROGRAM", (place.folder() / "reprise").c_str(), 1);
  ::setenv("TMPDIR", (place.folder() / "tmp").c_str(), 1);
  fs::create_directory(place.folder() / "tmp");
  if (::geteuid() == 0) {
    const passwd* nobody = ::getpwnam("nobody");
    ASSERT_TRUE(nobody);
    give_to(place.folder(), *nobody);
    become(*nobody, place.folder());
  }
  ASSERT_FALSE(HasFatalFailure());
  std::vector<std::vector<std::string>> chosen{
      {"scenarios/sp-e"}, {"scenarios/mientior", "scenarios/dpa", "--tag", "quick"}};
  if (::getenv("REPRISE_UNPRIVILEGED")) chosen = {{"scenarios"}};
  for (const auto& which : chosen) {
    std::vector<std::string> words{"run",     "--out", "out",       "--jobs",  "2",
                                   "--again", "5",     "--sandbox", "required"};
    words.insert(words.end(), which.begin(), which.end());
    const Finished done = place.run(words);
    EXPECT_EQ(done.code, 0) << done.out << done.err;
  }
  EXPECT_EQ(place.run({"undo"}).out, "Nothing is left of any drill.\n");
  EXPECT_TRUE(fs::is_empty(place.folder() / "tmp"));
  EXPECT_EQ(sandboxes(place.folder() / "out/journals").size(), 1U);
}

}  // namespace
}  // namespace reprise::testing
