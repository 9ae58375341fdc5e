#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "harness/journal/journal.h"
#include "tests/observe/observing.h"
#include "tests/support/temporary_folder.h"

namespace reprise {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class FileProbe : public ::testing::Test {
 protected:
  FileProbe() {
    std::filesystem::create_directory(folder_.path() / "system");
    observing_.surroundings.root = folder_.path() / "system";
  }
  Observation look(const std::string& path) { return observing_.see("file", {{"path", path}}); }

  TemporaryFolder folder_;
  Observing observing_;
};

TEST_F(FileProbe, SeesContentAndAge) {
  const std::string text = R"({"generated":{"rows":3}})";
  folder_.write("system/predictions.json", text);
  observing_.surroundings.files["predictions"] = folder_.path() / "system/predictions.json";
  auto spec = Observing::spec("file", {{"file", "predictions"}});
  spec.pointers = {"/generated/rows", "/missing"};
  const auto probe = observing_.make(spec);
  auto seen = observing_.sample(*probe).seen;
  EXPECT_EQ(seen.outcome, "answered");
  EXPECT_LT(seen.values.at("age").get<std::int64_t>(), 10'000'000'000);
  EXPECT_GE(seen.values.at("age").get<std::int64_t>(), 0);
  seen.values.erase("age");
  const json expected = {{"exists", true},      {"kind", "file"},
                         {"size", text.size()}, {"sha256", sha256(text)},
                         {"valid-json", true},  {"json", {{"/generated/rows", 3}}}};
  EXPECT_EQ(seen.values, expected);
}

TEST_F(FileProbe, SeesThatAFileIsNotThereAndThatItIsNotJson) {
  EXPECT_EQ(look("none.json").values, json({{"exists", false}}));
  folder_.write("system/broken.json", R"({"cut)");
  EXPECT_EQ(look("broken.json").values.at("valid-json"), false);
}

TEST_F(FileProbe, NeverLeavesTheDrillsFolder) {
  folder_.write("secret", "not for the drill");
  const auto system = folder_.path() / "system";
  std::filesystem::create_symlink("../secret", system / "link");
  std::filesystem::create_symlink(folder_.path(), system / "folder");
  for (const auto* path : {"../secret", "link", "folder/secret", "/etc/passwd"}) {
    const auto seen = look(path);
    EXPECT_EQ(seen.outcome, "error") << path;
    EXPECT_FALSE(seen.values.contains("sha256")) << path;
  }
  folder_.write("system/inside", "x");
  std::filesystem::create_symlink("inside", system / "near");
  EXPECT_EQ(look("near").values.at("size"), 1);
}

TEST_F(FileProbe, DoesNotHangOnWhatIsNoFile) {
  ASSERT_EQ(::mkfifo((folder_.path() / "system/pipe").c_str(), 0600), 0);
  EXPECT_EQ(look("pipe").values.at("kind"), "other");
  EXPECT_EQ(look(".").values.at("kind"), "folder");
}

TEST_F(FileProbe, ReadsNoMoreThanItsLimit) {
  std::ofstream(folder_.path() / "system/large").close();
  std::filesystem::resize_file(folder_.path() / "system/large", (64 << 20) + 1);
  const auto seen = look("large");
  EXPECT_EQ(seen.values.at("size"), (64 << 20) + 1);
  EXPECT_FALSE(seen.values.contains("sha256"));
}

TEST_F(FileProbe, SaysWhatOfALargeFileItDoesNotKnow) {
  const json hash{{"sha256", "abc"}};
  const json valid{{"valid-json", false}};
  const json mode{{"json", {{"/mode", {{"exists", false}}}}}};
  const auto look_at = [&](std::uintmax_t size) {
    std::ofstream(folder_.path() / "system/large").close();
    std::filesystem::resize_file(folder_.path() / "system/large", size);
    const auto spec = Observing::asked(Observing::spec("file", {{"path", "large"}}), {mode});
    return observing_.sample(*observing_.make(spec)).seen;
  };
  const auto large = look_at((16 << 20) + 1);
  EXPECT_EQ(judged(hash, large), Truth::fails);
  EXPECT_EQ(judged(valid, large), Truth::unknown);
  EXPECT_EQ(judged(mode, large), Truth::unknown);
  const auto larger = look_at((64 << 20) + 1);
  EXPECT_EQ(judged(hash, larger), Truth::unknown);
  EXPECT_EQ(judged(valid, larger), Truth::unknown);
  EXPECT_EQ(judged({{"size", {{">", 1}}}}, larger), Truth::holds);
}

TEST_F(FileProbe, WantsAFileOrAPathButNotBoth) {
  EXPECT_FALSE(observing_.try_make(Observing::spec("file", json::object())));
  EXPECT_FALSE(observing_.try_make(Observing::spec("file", {{"file", "a"}, {"path", "b"}})));
}

TEST_F(FileProbe, LeavesNoDescriptorBehind) {
  folder_.write("system/a", "x");
  const auto probe = observing_.make(Observing::spec("file", {{"path", "a"}}));
  observing_.sample(*probe);
  const auto before = open_descriptors();
  for (int i = 0; i < 500; ++i) ASSERT_EQ(observing_.sample(*probe).seen.outcome, "answered");
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace reprise
