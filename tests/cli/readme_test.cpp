// The README's ten minutes, executed word for word: the files it shows, the commands it gives.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/support/program.h"

namespace reprise::testing {
namespace {

using ::testing::HasSubstr;

struct Block {
  std::string language, text;
};

std::vector<Block> blocks_of_section(const std::string& heading) {
  std::istringstream lines(read_file(std::filesystem::path(REPRISE_SOURCE_DIR) / "README.md"));
  std::vector<Block> blocks;
  bool here = false, inside = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("## ")) here = line == "## " + heading;
    if (!here) continue;
    if (line.starts_with("```")) {
      if (!inside) blocks.push_back({line.substr(3), ""});
      inside = !inside;
    } else if (inside) {
      blocks.back().text += line + "\n";
    }
  }
  return blocks;
}

// "# shop/plan.yaml" on the first line names the file.
void write_shown_file(const Workplace& place, const Block& block) {
  const auto end = block.text.find('\n');
  ASSERT_TRUE(block.text.starts_with("# ")) << block.text;
  write_file(place.folder() / block.text.substr(2, end - 2), block.text);
}

std::vector<std::string> words_after_program(const std::string& line) {
  std::istringstream text(line);
  std::vector<std::string> words;
  for (std::string word; text >> word;) words.push_back(word);
  EXPECT_EQ(words.at(0), "reprise");
  words.erase(words.begin());
  return words;
}

TEST(Readme, TenMinutesLeadToADrillThatPassesAndThenToOneThatFails) {
  // What a user runs; a sanitized program may observe too late to conclude anything.
  ::setenv("REPRISE_PROGRAM", REPRISE_SOURCE_DIR "/build/release/reprise", /*overwrite=*/0);
  Workplace place;
  std::vector<std::string> commands;
  for (const Block& block : blocks_of_section("Ten minutes to a drill of your own service")) {
    if (block.language == "yaml") write_shown_file(place, block);
    if (block.language != "bash") continue;
    std::istringstream lines(block.text);
    for (std::string line; std::getline(lines, line);) commands.push_back(line);
  }
  ASSERT_EQ(commands.size(), 3u);
  for (const std::string& command : commands) {
    const Finished done = place.run(words_after_program(command));
    ASSERT_EQ(done.code, 0) << command << "\n" << done.out << done.err;
  }
  EXPECT_THAT(read_file(place.folder() / "out/report.html"), HasSubstr("web-crash"));

  std::string plan = read_file(place.folder() / "shop/plan.yaml");
  const std::string restart = "      restart: always\n";
  const auto at = plan.find(restart);
  ASSERT_NE(at, std::string::npos);
  write_file(place.folder() / "shop/plan.yaml", plan.erase(at, restart.size()));
  const Finished failed = place.run(words_after_program(commands.back()));
  EXPECT_EQ(failed.code, 1) << failed.out << failed.err;
}

}  // namespace
}  // namespace reprise::testing
