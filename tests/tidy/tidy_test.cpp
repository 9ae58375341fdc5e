// The house rules held against every file of the tree.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

#include <gtest/gtest.h>

#include "tests/tidy/rules.h"

namespace reprise::tidy {
namespace {

namespace fs = std::filesystem;

const fs::path root = REPRISE_SOURCE_DIR;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Source> sources(const std::vector<std::string>& folders) {
  std::vector<Source> found;
  for (const auto& folder : folders) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const auto extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      found.push_back({entry.path().lexically_relative(root).string(), read(entry.path())});
    }
  }
  return found;
}

const std::vector<Source>& all_sources() {
  static const auto found = sources({"harness", "injectors", "reports", "tests"});
  return found;
}

void hold(const std::function<Complaints(const Source&)>& rule) {
  ASSERT_FALSE(all_sources().empty());
  for (const Source& source : all_sources()) {
    for (const auto& complaint : rule(source)) ADD_FAILURE() << complaint;
  }
}

TEST(Tidy, IncludesFollowTheDirectionOfTheData) { hold(include_rule); }
TEST(Tidy, HeavyHeadersStayInSourceFiles) { hold(heavy_header_rule); }
TEST(Tidy, FilesAndLinesAreShort) { hold(size_rule); }
TEST(Tidy, NamesSaySomething) { hold(naming_rule); }
TEST(Tidy, HeadersOpenWithTheirContract) { hold(header_rule); }
TEST(Tidy, CoroutinesAwaitNamedThings) { hold(coroutine_rule); }
TEST(Tidy, NothingIsLeftForLater) { hold(finished_rule); }
TEST(Tidy, NoShellIsStarted) { hold(shell_rule); }

TEST(Tidy, EveryFaultRegistersTheKindOfItsName) {
  std::size_t seen = 0;
  for (const auto& entry : fs::recursive_directory_iterator(root / "injectors" / "faults")) {
    const auto& path = entry.path();
    if (!entry.is_regular_file()) continue;
    EXPECT_EQ(path.extension(), ".cpp") << path << ": what faults share lies beside faults/";
    ++seen;
    for (const auto& complaint :
         injector_rule({path.lexically_relative(root).string(), read(path)})) {
      ADD_FAILURE() << complaint;
    }
  }
  EXPECT_GT(seen, 0U);
}

TEST(Tidy, EveryMessageIsInBothLanguages) {
  for (const auto& complaint : catalogue_rule(read(root / "reports" / "messages.yaml"))) {
    ADD_FAILURE() << "reports/messages.yaml: " << complaint;
  }
}

TEST(Tidy, LockFilesNameNoRegistry) {
  std::size_t seen = 0;
  auto entries = fs::recursive_directory_iterator(root / "scenarios");
  for (auto entry = fs::begin(entries); entry != fs::end(entries); ++entry) {
    if (entry->path().filename() == "node_modules") entry.disable_recursion_pending();
    if (entry->path().filename() != "package-lock.json") continue;
    ++seen;
    EXPECT_EQ(read(entry->path()).find("\"resolved\""), std::string::npos)
        << entry->path() << ": written with omit-lockfile-registry-resolved unset; other machines "
        << "install from another registry";
  }
  EXPECT_GT(seen, 0U);
}

}  // namespace
}  // namespace reprise::tidy
