// Files that are well formed and yet mean harm: thousands of mistakes, references and rounds. Each
// must be answered quickly and with few words.
#include <unistd.h>

#include <chrono>
#include <fstream>

#include <gtest/gtest.h>

#include "harness/model/scenario/scenario.h"
#include "tests/model/sample_vocabulary.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

class HostileFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "reprise-hostile.XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const char* name, const std::string& text) { std::ofstream(folder_ / name) << text; }

  // How many errors there are; none takes long to find.
  std::size_t errors() {
    auto start = std::chrono::steady_clock::now();
    auto plans = load({folder_}, sample_vocabulary());
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
    if (plans) return 0;
    for (const Error& error : plans.error()) EXPECT_LT(error.text().size(), 1000U);
    return plans.error().size();
  }

  fs::path folder_;
};

const std::string plan =
    "reprise: 1\nplan: p\nsystem: {services: {a: {command: [x]}}}\n"
    "probes: {d: {tcp: {address: x}, timeout: 1s}}\n";
const std::string head = "reprise: 1\nscenario: s\n";
const std::string judged = "assertions: [{recovery: {probe: d, expect: {outcome: answered}}}]\n";

TEST_F(HostileFiles, WithThousandsOfServicesAndReferences) {
  std::string text = "reprise: 1\nplan: p\nsystem:\n  services:\n";
  for (int i = 0; i < 4000; ++i) {
    text += fmt::format("    s{}: {{command: [x, \"${{services.s{}.prt}}\"], after: [s{}]}}\n", i,
                        i + 1, i + 1);
  }
  write("plan.yaml", text);
  auto count = errors();
  EXPECT_GT(count, 10U);
  EXPECT_LE(count, 200U);
}

TEST_F(HostileFiles, WithThousandsOfFaultsAfterOneAnother) {
  write("plan.yaml", plan);
  std::string text = head + judged + "faults:\n";
  for (int i = 0; i < 5000; ++i) {
    text += fmt::format("- {{inject: process_kill, into: a, id: f{}, after: f{}}}\n", i, i + 1);
  }
  write("s.yaml", text + "- {inject: process_kill, into: a, id: f5000}\n");
  EXPECT_EQ(errors(), 0U);
  write("s.yaml", text + "- {inject: process_kill, into: a, id: f5000, after: f0}\n");
  EXPECT_EQ(errors(), 1U);
}

TEST_F(HostileFiles, WithAVariableThatFillsTheMemory) {
  write("plan.yaml", plan);
  std::string text = head + judged + "vars: {v: " + std::string(200'000, 'x') + "}\ntags: [";
  for (int i = 0; i < 10'000; ++i) text += "\"${v}\", ";
  write("s.yaml", text + "]\n");
  EXPECT_EQ(errors(), 1U);
}

TEST_F(HostileFiles, WithAMatrixOverALargeFile) {
  write("plan.yaml", plan);
  std::string text = "reprise: 1\nscenario: s-${a}-${b}\n" + judged + "for-each:\n";
  for (const char* name : {"a", "b"}) {
    text += fmt::format("  {}: [0", name);
    for (int i = 1; i < 30; ++i) text += fmt::format(", {}", i);
    text += "]\n";
  }
  write("s.yaml", text);
  EXPECT_EQ(errors(), 0U);
  write("s.yaml", text + "title: \"" + std::string(100'000, 'x') + "\"\n");
  EXPECT_EQ(errors(), 1U);
}

TEST_F(HostileFiles, WithAWrongKeyInEveryCombination) {
  write("plan.yaml", plan);
  write("s.yaml", "reprise: 1\nscenario: s-${a}\nfautls: []\nfor-each: {a: [1, 2, 3]}\n" + judged);
  EXPECT_EQ(errors(), 1U);
}

TEST_F(HostileFiles, WithDurationsThatOverflowWhenAdded) {
  write("plan.yaml", plan);
  std::string text = head + judged + "faults:\n- sequence:\n";
  for (int i = 0; i < 10; ++i) {
    text += "  - {inject: cpu_stress, for: 200years, repeat: {times: 10000, every: 200years}}\n";
  }
  write("s.yaml", text);
  EXPECT_EQ(errors(), 0U);
}

TEST_F(HostileFiles, ThatAreNoFiles) {
  write("plan.yaml", plan);
  ASSERT_EQ(::symlink("/dev/zero", (folder_ / "zero.yaml").c_str()), 0);
  fs::create_directory(folder_ / "folder.yaml");
  EXPECT_EQ(errors(), 0U);  // not taken for scenarios
  EXPECT_FALSE(load({folder_ / "zero.yaml"}, sample_vocabulary()));
}

TEST_F(HostileFiles, WithTwoPlansInAFolder) {
  write("plan.yaml", plan);
  write("plan.json", "{}");
  EXPECT_EQ(errors(), 1U);
}

}  // namespace
}  // namespace reprise
