// What README.md and docs/ show is true: their commands, run as they stand, print what is shown;
// what the program knows is in them; their links lead somewhere.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <regex>
#include <set>
#include <sstream>

#include "harness/judge/judge.h"
#include "harness/model/registry.h"
#include "tests/reports/programs.h"
#include "tests/support/program.h"

namespace reprise::testing {
namespace {

namespace fs = std::filesystem;

using nlohmann::json;
using ::testing::HasSubstr;

const fs::path source = REPRISE_SOURCE_DIR;

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// README.md and all of docs/, relative to the repository.
std::vector<std::string> documents() {
  std::vector<std::string> found{"README.md"};
  for (const auto& entry : fs::directory_iterator(source / "docs")) {
    if (entry.path().extension() == ".md") {
      found.push_back("docs/" + entry.path().filename().string());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string all_documents() {
  std::string text;
  for (const std::string& document : documents()) text += read_file(source / document);
  return text;
}

struct Block {
  std::string language, text;
};

std::vector<Block> blocks_of(const std::string& document) {
  std::vector<Block> blocks;
  bool inside = false;
  for (const std::string& line : lines_of(read_file(source / document))) {
    if (line.starts_with("```")) {
      if (!inside) blocks.push_back({line.substr(3), ""});
      inside = !inside;
    } else if (inside) {
      blocks.back().text += line + "\n";
    }
  }
  return blocks;
}

// "# shop/plan.yaml" on the first line of a block names its file.
bool write_shown_file(const Workplace& place, const Block& block) {
  static const std::regex named(R"(# (\S+/\S+\.yaml))");
  const std::string first = block.text.substr(0, block.text.find('\n'));
  std::smatch match;
  if (block.language != "yaml" || !std::regex_match(first, match, named)) return false;
  write_file(place.folder() / match[1].str(), block.text);
  return true;
}

// "$ reprise check shop" and the lines of its output that are shown.
struct Shown {
  std::string command;
  std::vector<std::string> lines;
};

std::vector<Shown> shown_in(const Block& block) {
  std::vector<Shown> all;
  for (const std::string& line : lines_of(block.text)) {
    if (line.starts_with("$ ")) {
      all.push_back({line.substr(2), {}});
    } else if (!all.empty()) {
      all.back().lines.push_back(line);
    } else {
      ADD_FAILURE() << "no command before: " << line;
    }
  }
  return all;
}

std::vector<std::string> words_after_program(const std::string& command) {
  EXPECT_EQ(command.find_first_of("\"'|>"), std::string::npos) << command << ": needs a shell";
  std::istringstream text(command);
  std::vector<std::string> words;
  for (std::string word; text >> word;) words.push_back(word);
  EXPECT_EQ(words.at(0), "reprise") << "another program belongs into a block marked sh";
  words.erase(words.begin());
  return words;
}

// Whole lines, in this order; others may stand between them.
void expect_shown(const Shown& shown, const std::string& output) {
  const auto lines = lines_of(output);
  auto from = lines.begin();
  for (const std::string& line : shown.lines) {
    from = std::find(from, lines.end(), line);
    if (from == lines.end()) {
      ADD_FAILURE() << shown.command << "\ndoes not print\n" << line << "\nbut\n" << output;
      return;
    }
    ++from;
  }
}

// `echo $?` shows the exit code of the command before; where nothing shows it, it must be 0.
void run_shown(Workplace& place, const std::vector<Shown>& all) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Finished done = place.run(words_after_program(all[i].command));
    expect_shown(all[i], done.out + done.err);
    std::string code = "0";
    if (i + 1 < all.size() && all[i + 1].command == "echo $?") {
      ++i;
      ASSERT_EQ(all[i].lines.size(), 1U) << all[i].command;
      code = all[i].lines.front();
    }
    EXPECT_EQ(std::to_string(done.code), code) << done.out << done.err;
  }
}

class Documents : public ::testing::Test {
 protected:
  // What a user runs; a sanitized program may observe too late to conclude anything.
  void SetUp() override {
    ::setenv("REPRISE_PROGRAM", (source / "build/release/reprise").c_str(), /*overwrite=*/0);
  }
};

TEST_F(Documents, ShowCommandsThatDoWhatIsShown) {
  std::size_t commands = 0;
  for (const std::string& document : documents()) {
    SCOPED_TRACE(document);
    Workplace place;
    fs::create_directory_symlink(source / "scenarios", place.folder() / "scenarios");
    for (const Block& block : blocks_of(document)) {
      if (write_shown_file(place, block) || block.language != "console") continue;
      const auto all = shown_in(block);
      commands += all.size();
      run_shown(place, all);
    }
  }
  EXPECT_GE(commands, 6U);
}

TEST_F(Documents, LeadToADrillThatFailsWhereNobodyRestartsTheServer) {
  Workplace place;
  for (const Block& block : blocks_of("README.md")) write_shown_file(place, block);
  std::string plan = read_file(place.folder() / "shop/plan.yaml");
  const std::string restart = "      restart: always\n";
  const auto at = plan.find(restart);
  ASSERT_NE(at, std::string::npos);
  write_file(place.folder() / "shop/plan.yaml", plan.erase(at, restart.size()));
  const Finished failed = place.run({"run", "shop", "--out", "out"});
  EXPECT_EQ(failed.code, 1) << failed.out << failed.err;
  EXPECT_THAT(read_file(place.folder() / "out/report.html"), HasSubstr("web-crash"));
}

TEST_F(Documents, ListWhatTheProgramLists) {
  const Ran ran = run_program({(source / "ci/reference").string()});
  ASSERT_EQ(ran.code, 0) << ran.output;
  EXPECT_EQ(ran.output, read_file(source / "docs/faults.md"))
      << "build, and then: ci/reference > docs/faults.md";
}

void collect_keys(const json& schema, std::set<std::string>& keys) {
  if (schema.is_object() && schema.contains("properties")) {
    for (const auto& [key, value] : schema.at("properties").items()) keys.insert(key);
  }
  if (!schema.is_structured()) return;
  for (const json& inner : schema) collect_keys(inner, keys);
}

TEST_F(Documents, ExplainEveryKeyOfPlansAndScenarios) {
  Workplace place;
  std::set<std::string> keys;
  for (const char* file : {"plan", "scenario"}) {
    const Finished done = place.run({"schema", file});
    ASSERT_EQ(done.code, 0) << done.err;
    collect_keys(json::parse(done.out), keys);
  }
  EXPECT_GE(keys.size(), 150U);
  const std::string text = all_documents();
  for (const std::string& key : keys) {
    const bool explained = text.find("`" + key + "`") != std::string::npos ||
                           text.find("\n### " + key + "\n") != std::string::npos;
    EXPECT_TRUE(explained) << key << ": no document explains this key";
  }
}

TEST_F(Documents, NameEveryFailureThatCanBeKnown) {
  const std::string format = read_file(source / "docs/format.md");
  for (const AssertionKind* kind : Registry<AssertionKind>::all()) {
    for (const std::string& failure : kind->failures) {
      EXPECT_THAT(format, HasSubstr("`" + failure + "`")) << kind->name;
    }
  }
}

TEST_F(Documents, NameEveryVariableThatTheProgramReads) {
  const std::string environment = read_file(source / "docs/environment.md");
  static const std::regex reads(R"re(getenv\("([A-Z_]+)"\))re");
  std::size_t found = 0;
  for (const char* folder : {"harness", "injectors", "reports"}) {
    for (const auto& entry : fs::recursive_directory_iterator(source / folder)) {
      if (entry.path().extension() != ".cpp") continue;
      const std::string code = read_file(entry.path());
      for (std::sregex_iterator match(code.begin(), code.end(), reads), end; match != end;
           ++match, ++found) {
        EXPECT_THAT(environment, HasSubstr("`" + (*match)[1].str() + "`")) << entry.path();
      }
    }
  }
  EXPECT_GT(found, 0U);
}

// As a heading is called in a link: "known and known.failure" is "known-and-knownfailure".
std::string anchor_of(const std::string& heading) {
  std::string anchor;
  for (const char c : heading) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '-' || c == '_') {
      anchor += static_cast<char>(std::tolower(byte));
    }
    if (c == ' ') anchor += '-';
  }
  return anchor;
}

bool has_heading(const fs::path& document, const std::string& anchor) {
  for (const std::string& line : lines_of(read_file(document))) {
    const auto text = line.find_first_not_of('#');
    const bool heading = text != std::string::npos && text > 0 && line[text] == ' ';
    if (heading && anchor_of(line.substr(text + 1)) == anchor) return true;
  }
  return false;
}

TEST_F(Documents, LinkToWhatIsThere) {
  static const std::regex link(R"(\]\(([^)#\s]*)(#[^)\s]*)?\))");
  for (const std::string& document : documents()) {
    const std::string text = read_file(source / document);
    for (std::sregex_iterator match(text.begin(), text.end(), link), end; match != end; ++match) {
      const std::string path = (*match)[1].str();
      const std::string anchor = (*match)[2].str();
      if (path.starts_with("http")) continue;
      const fs::path here = source / document;
      const fs::path target = path.empty() ? here : here.parent_path() / path;
      EXPECT_TRUE(fs::exists(target)) << document << ": " << match->str();
      if (anchor.empty()) continue;
      EXPECT_TRUE(has_heading(target, anchor.substr(1))) << document << ": " << match->str();
    }
  }
}

}  // namespace
}  // namespace reprise::testing
