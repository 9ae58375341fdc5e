// Every file in files/bad is refused with exactly one error, the one its first line announces, and
// the published schema agrees with the loader: "shape-" files it refuses, "names-" files it cannot
// see through, "parse-" files are no documents at all.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/model/plan/expansion.h"
#include "harness/model/scenario/scenario.h"
#include "harness/model/shapes/shapes.h"
#include "tests/model/sample_vocabulary.h"
#include "tests/model/schema_validator.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;

const fs::path files = fs::path(REPRISE_SOURCE_DIR) / "tests/model/files";

std::vector<fs::path> bad_files() {
  std::vector<fs::path> out;
  for (const auto& entry : fs::recursive_directory_iterator(files / "bad")) {
    auto path = entry.path();
    bool shared = path.parent_path() == files / "bad" && path.stem() == "plan";
    if (entry.is_regular_file() && !shared) out.push_back(path);
  }
  std::ranges::sort(out);
  return out;
}

std::string label(const fs::path& path) {
  return path.stem() == "plan" ? path.parent_path().filename() : path.stem();
}

std::string announced(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  const std::string mark = "# expect: ";
  EXPECT_TRUE(line.starts_with(mark)) << path;
  return line.substr(std::min(mark.size(), line.size()));
}

class BadFiles : public testing::TestWithParam<fs::path> {};

TEST_P(BadFiles, AreRefusedWithTheErrorTheyAnnounce) {
  auto plans = load({GetParam()}, sample_vocabulary());
  ASSERT_FALSE(plans);
  ASSERT_EQ(plans.error().size(), 1U) << plans.error().at(0).text() << "\n"
                                      << plans.error().back().text();
  EXPECT_THAT(plans.error()[0].text(), testing::HasSubstr(announced(GetParam())));
  EXPECT_THAT(plans.error()[0].text(), testing::HasSubstr(GetParam().filename().string()));
}

TEST_P(BadFiles, AreSeenByThePublishedSchemaAsByTheLoader) {
  auto document = Document::read(GetParam());
  auto name = label(GetParam());
  ASSERT_EQ(!document.has_value(), name.starts_with("parse-"));
  if (!document) return;
  bool plan = GetParam().stem() == "plan";
  auto schema = file_schemas(sample_vocabulary()).at(plan ? "plan" : "scenario");
  Shape shape = plan ? plan_shape(sample_vocabulary()) : scenario_shape(sample_vocabulary());
  bool expected = name.starts_with("names-");
  EXPECT_EQ(valid_by_schema(schema, document->root()), expected);
  // Shapes see a little more than schemas: regular expressions and JSON pointers.
  bool deeper = name == "names-regex" || name == "names-json-pointer";
  EXPECT_EQ(shape.check(*document, "").empty(), expected && !deeper);
}

std::string test_name(const testing::TestParamInfo<fs::path>& file) {
  auto name = label(file.param);
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, BadFiles, testing::ValuesIn(bad_files()), test_name);

TEST(GoodFiles, FitThePublishedSchemaAsTheyAreWritten) {
  auto schemas = file_schemas(sample_vocabulary());
  int count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(files / "good")) {
    if (!entry.is_regular_file() || entry.path().extension() == ".gitkeep") continue;
    if (entry.path().filename() == ".gitkeep") continue;
    auto document = Document::read(entry.path());
    ASSERT_TRUE(document) << document.error().text();
    auto kind = entry.path().stem() == "plan" ? "plan" : "scenario";
    EXPECT_TRUE(valid_by_schema(schemas.at(kind), document->root())) << entry.path();
    ++count;
  }
  EXPECT_GE(count, 4);
}

TEST(GoodFiles, NoLongerFitWhenAnyKeyIsMisspelt) {
  auto document = Document::read(files / "good/basic/plan.yaml");
  ASSERT_TRUE(document);
  auto schema = file_schemas(sample_vocabulary()).at("plan");
  Shape shape = plan_shape(sample_vocabulary());
  for (const auto& [key, value] : document->root().items()) {
    auto copy = *document;
    auto root = copy.root();
    root[key + "x"] = value;
    copy.replace("", root);
    EXPECT_FALSE(valid_by_schema(schema, root)) << key;
    auto errors = shape.check(copy, "");
    ASSERT_EQ(errors.size(), 1U) << key;
    EXPECT_THAT(errors[0].text(), testing::HasSubstr("did you mean '" + key + "'?"));
  }
}

}  // namespace
}  // namespace reprise
