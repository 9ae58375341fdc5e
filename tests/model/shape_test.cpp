#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/model/documents/document.h"
#include "harness/model/shapes/shape.h"
#include "tests/model/schema_validator.h"

namespace reprise {
namespace {

using nlohmann::json;

struct Case {
  const char* name;
  Shape shape;
  std::vector<json> good;
  std::vector<json> bad;
};

std::vector<Case> cases() {
  Shape tagged =
      Shape::tagged({{"http", Shape::object({{"url", Shape::text(), required}})},
                     {"stop", Shape::either({Shape::text(), Shape::list(Shape::text())})}},
                    {{"within", Shape::duration()}});
  return {
      {"any", Shape::any(), {nullptr, 5, "x", json::array()}, {}},
      {"boolean", Shape::boolean(), {true, false}, {nullptr, "true", 1}},
      {"integer", Shape::integer(1, 5), {1, 5}, {0, 6, 1.5, "3", nullptr, true}},
      {"number", Shape::number(0, 1), {0, 0.5, 1}, {-0.1, 1.1, "x"}},
      {"text", Shape::text(), {"x"}, {"", 5, nullptr}},
      {"text that may be empty", Shape::text(0), {"x", ""}, {5}},
      {"pattern", Shape::text_matching("a+", "some a"), {"a", "aaa"}, {"b", "ab", "", 5}},
      {"duration", Shape::duration(), {"250ms", "1h30min", "0s"}, {"5", 5, "", "1s1h", "-1s"}},
      {"size", Shape::size(), {"64KiB", "1B"}, {"64", "KiB", 64}},
      {"percentage", Shape::percentage(), {"99.9%", "0%", "100%", "100.0%"}, {"99", "101%", 0.9}},
      {"choice", Shape::choice({"a", "b"}), {"a"}, {"c", "", 5}},
      {"name",
       Shape::name(),
       {"a", "0-a_b.c"},
       {"", "-a", "A", "a b", "a/b", std::string(81, 'a')}},
      {"name of", Shape::name_of("service"), {"a"}, {"A"}},
      {"expectation",
       Shape::expectation(),
       {"nominal", {{"status", 200}}},
       {"good", json::object(), 5, {{"status", {{"<", "x"}}}}, {{"latency", {{"<", 5}}}}}},
      {"predicate",
       Shape::predicate(),
       {{{"json", {{"/a", nullptr}}}}, {{"latency", {{"<", "1s"}}}}},
       {"nominal",
        {{"json", 5}},
        {{"status", json::object()}},
        {{"status", {{"in", json::array()}}}}}},
      {"translated",
       Shape::translated(),
       {"x", {{"fr", "x"}, {"en", "y"}}},
       {"", json::object(), {{"fr", 5}}, {{"french", "x"}}, {{"fr", ""}}}},
      {"list",
       Shape::list(Shape::text(), 1),
       {json::array({"a"})},
       {json::array(), json::array({5}), "a"}},
      {"map", Shape::map(Shape::text()), {json::object(), {{"A B", "x"}}}, {{{"a", 5}}, "x"}},
      {"table", Shape::table(Shape::text()), {json::object(), {{"a-b", "x"}}}, {{{"A B", "x"}}}},
      {"object",
       Shape::object({{"a", Shape::text(), required}, {"b", Shape::text()}}),
       {{{"a", "x"}}, {{"a", "x"}, {"b", "y"}}},
       {json::object(), {{"b", "y"}}, {{"a", "x"}, {"c", "y"}}}},
      {"either",
       Shape::either({Shape::duration(), Shape::choice({"rto"})}),
       {"5s", "rto"},
       {"rpo", 5}},
      {"tagged",
       tagged,
       {{{"http", {{"url", "x"}}}},
        {{"stop", "a"}, {"within", "1s"}},
        {{"stop", json::array({"a", "b"})}}},
       {json::object(),
        {{"within", "1s"}},
        {{"http", {{"url", "x"}}}, {"stop", "a"}},
        {{"http", json::object()}},
        {{"stop", 5}},
        {{"start", "a"}},
        "http"}}};
}

TEST(Shapes, TakeWhatFitsAndRefuseTheRestAsTheirSchemasDo) {
  for (const Case& one : cases()) {
    for (const json& good : one.good) {
      EXPECT_TRUE(one.shape.check(good).empty()) << one.name << " " << good;
      EXPECT_TRUE(valid_by_schema(one.shape.schema(), good)) << one.name << " " << good;
    }
    for (const json& bad : one.bad) {
      EXPECT_FALSE(one.shape.check(bad).empty()) << one.name << " " << bad;
      EXPECT_FALSE(valid_by_schema(one.shape.schema(), bad)) << one.name << " " << bad;
    }
    EXPECT_FALSE(one.shape.summary().empty());
  }
}

TEST(Shapes, AllowAVariableWhereATypedScalarStands) {
  for (const Shape& shape : {Shape::integer(1, 5), Shape::duration(), Shape::choice({"a"}),
                             Shape::boolean(), Shape::name()}) {
    EXPECT_TRUE(valid_by_schema(shape.schema(), "x-${status}"));
  }
}

TEST(Shapes, AreSummedUpInAFewWords) {
  EXPECT_EQ(Shape::integer(100, 599).summary(), "integer 100-599");
  EXPECT_EQ(Shape::choice({"a", "b"}).summary(), "one of a, b");
  EXPECT_EQ(Shape::either({Shape::duration(), Shape::choice({"rto"})}).summary(),
            "duration or rto");
  EXPECT_EQ(Shape::list(Shape::name_of("service")).summary(), "list of name of a service");
}

TEST(Shapes, ReportProblemsInFileOrderWithTheirPlaces) {
  auto document = Document::parse("z: 5\na: []\nm: {}\nfoo: 1\n", "f.yaml");
  ASSERT_TRUE(document);
  Shape shape = Shape::object(
      {{"z", Shape::text()}, {"a", Shape::text()}, {"m", Shape::text()}, {"food", Shape::text()}});
  std::vector<std::string> texts;
  for (const Error& error : shape.check(*document, "")) texts.push_back(error.text());
  EXPECT_THAT(texts, testing::ElementsAre(
                         "f.yaml:1:4: found the number 5, expected: text (put it in quotes)",
                         "f.yaml:2:4: found a list, expected: text",
                         "f.yaml:3:4: found an object, expected: text",
                         "f.yaml:4:1: the key 'foo' is unknown here (did you mean 'food'?)"));
}

TEST(Shapes, StopCountingProblemsOfAHostileFile) {
  json many = json::object();
  for (int i = 0; i < 50'000; ++i) many["key" + std::to_string(i)] = i;
  EXPECT_LE(Shape::object({{"a", Shape::text()}}).check(many).size(), 50U);
  EXPECT_LE(Shape::list(Shape::text()).check(json(std::vector<int>(50'000))).size(), 50U);
}

TEST(Shapes, QuoteLittleOfWhatTheyFound) {
  auto errors = Shape::duration().check(json(std::string(100'000, 'x')));
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_LT(errors[0].text().size(), 300U);
  errors = Shape::object({}).check(json{{std::string(100'000, 'x') + "\x1b[31m", 1}});
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_LT(errors[0].text().size(), 300U);
}

}  // namespace
}  // namespace reprise
