#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/model/documents/document.h"

namespace reprise {
namespace {

using nlohmann::json;
using testing::HasSubstr;

json root_of(std::string_view text) {
  auto document = Document::parse(text, "x.yaml");
  if (document) return document->root();
  ADD_FAILURE() << document.error().text();
  return {};
}

std::string error_of(std::string_view text) {
  auto start = std::chrono::steady_clock::now();
  auto document = Document::parse(text, "x.yaml");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  return document ? "no error" : document.error().text();
}

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Documents, FollowTheCoreSchemaOfYaml) {
  EXPECT_EQ(root_of("[true, False, null, ~, 42, -7, +3, 0x1F, 0o17, 1.5, .5, 2., 1e3, -1.5e-3]"),
            json::parse("[true,false,null,null,42,-7,3,31,15,1.5,0.5,2.0,1000.0,-0.0015]"));
  EXPECT_EQ(
      root_of("[yes, on, No, 1_000, 0b1, 1:30, 0x, 12h, '', nUll, 2027-12-31]"),
      json::parse(R"(["yes","on","No","1_000","0b1","1:30","0x","12h","","nUll","2027-12-31"])"));
  EXPECT_EQ(root_of(R"(["true", 'null', "42", !!str 5])"),
            json::parse(R"(["true","null","42","5"])"));
  EXPECT_EQ(root_of("200: a\ntrue: b"), json::parse(R"({"200":"a","true":"b"})"));
  EXPECT_EQ(root_of("\xEF\xBB\xBF{\"a\":\t[1,\r\n 2]}"), json::parse(R"({"a":[1,2]})"));
}

TEST(Documents, KnowThePlaceOfEveryValueAndKey) {
  auto document = Document::parse("a: 1\nb:\n  - é: {c/d: 2}\n", "x.yaml");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->where("/a").text(), "x.yaml:1:4");
  EXPECT_EQ(document->where_key("/a").text(), "x.yaml:1:1");
  EXPECT_EQ(document->where_key("/b/0/é").text(), "x.yaml:3:5");
  EXPECT_EQ(document->where("/b/0/é/c~1d").text(), "x.yaml:3:14");
  EXPECT_EQ(document->where("/b/0/é/unknown/deeper").text(), "x.yaml:3:8");
  EXPECT_EQ(document->where("/nowhere").text(), "x.yaml:1:1");
}

TEST(Documents, ExpandAliases) {
  EXPECT_EQ(root_of("a: &x {b: [1]}\nc: *x\nd: [*x, *x]"),
            json::parse(R"({"a":{"b":[1]},"c":{"b":[1]},"d":[{"b":[1]},{"b":[1]}]})"));
}

TEST(Documents, RefuseWhatNobodyMeant) {
  EXPECT_EQ(error_of("a: 1\nb: 2\na: 3\n"),
            "x.yaml:3:1: the key 'a' is given twice (first on line 1)");
  EXPECT_THAT(error_of(""), HasSubstr("empty"));
  EXPECT_THAT(error_of("# only a comment\n"), HasSubstr("empty"));
  EXPECT_THAT(error_of("a: 1\n---\nb: 2\n"), HasSubstr("more than one document"));
  EXPECT_THAT(error_of("? [a]\n: b\n"), HasSubstr("a key must be a text"));
  EXPECT_THAT(error_of("? {a: b}\n: b\n"), HasSubstr("a key must be a text"));
  EXPECT_THAT(error_of("a: &x 1\n*x : 2\n"), HasSubstr("not an alias"));
  EXPECT_THAT(error_of("a: !secret x\n"), HasSubstr("tag"));
  EXPECT_THAT(error_of("a: &x {b: 1}\nc: {<<: *x}\n"), HasSubstr("merge keys"));
  EXPECT_THAT(error_of("a: [1, 2\n"), HasSubstr("not readable as YAML"));
  EXPECT_THAT(error_of("a: *nobody\n"), HasSubstr("not readable as YAML"));
  EXPECT_THAT(error_of("a: \"unfinished"), HasSubstr("not readable as YAML"));
}

TEST(Documents, RefuseNumbersThatCannotBeHeld) {
  EXPECT_EQ(error_of("a: 99999999999999999999"),
            "x.yaml:1:4: the number '99999999999999999999' is too large (in quotes it is a text)");
  EXPECT_THAT(error_of("a: 1e999"), HasSubstr("too large"));
  EXPECT_THAT(error_of("a: -.inf"), HasSubstr("not finite"));
  EXPECT_THAT(error_of("a: .nan"), HasSubstr("not finite"));
  EXPECT_THAT(error_of("a: " + std::string(100'000, '9')), HasSubstr("too large"));
  EXPECT_EQ(root_of("[1e-999]"), json::parse("[0.0]"));
}

TEST(Documents, RefuseBytesThatAreNotText) {
  EXPECT_EQ(error_of("a: 1\nb: \xC3\x28"),
            "x.yaml:2:4: the byte 0xc3 is not UTF-8 (files are UTF-8 text)");
  EXPECT_THAT(error_of("\xFF\xFE{\x00}\x00"), HasSubstr("0xff is not UTF-8"));
  EXPECT_THAT(error_of("a: \xC0\xAF"), HasSubstr("not UTF-8"));
  EXPECT_THAT(error_of("a: \xED\xA0\x80"), HasSubstr("not UTF-8"));
  EXPECT_THAT(error_of("a: \xF4\x90\x80\x80"), HasSubstr("not UTF-8"));
  EXPECT_THAT(error_of("a: \xE2\x82"), HasSubstr("not UTF-8"));
  EXPECT_THAT(error_of(std::string_view("a: \0b", 5)), HasSubstr("control character, U+0000"));
  EXPECT_THAT(error_of("a: \x1b[31m"), HasSubstr("control character, U+001B"));
  EXPECT_THAT(error_of("a: \"\\e[31m\""), HasSubstr("control character, U+001B"));
  EXPECT_THAT(error_of("\"a\\0\": 1"), HasSubstr("control character, U+0000"));
  EXPECT_THAT(error_of("a: \xC2\x9B"), HasSubstr("control character, U+009B"));
}

TEST(Documents, RefuseDeepNestingWithoutGoingDeep) {
  for (const char* opening :
       {"[", "{a: ", "- ", "? ", "{? ", "[{", "[a: ", "!!str [", "&x [", "- - ? "}) {
    for (int times : {10'000, 50'000}) {
      EXPECT_NE(error_of(repeated(opening, times)), "no error") << opening;
    }
  }
  std::string steps;
  for (int i = 0; i < 1000; ++i) steps += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_THAT(error_of(steps), HasSubstr("nested deeper than 64 levels"));
  EXPECT_THAT(error_of(repeated("[", 10'000) + repeated("]", 10'000)), HasSubstr("nested deeper"));
}

TEST(Documents, RefuseAliasesThatGrowWithoutEnd) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    auto before = fmt::format("*a{}, ", i - 1);
    bomb += fmt::format("a{}: &a{} [{}x]\n", i, i, repeated(before, 10));
  }
  EXPECT_THAT(error_of(bomb), HasSubstr("more than 100000 values"));
  EXPECT_THAT(error_of("a: &a [*a]"), HasSubstr("inside the very value"));
  EXPECT_THAT(error_of("a: &a {b: {c: *a}}"), HasSubstr("inside the very value"));
  auto text = "a: &a " + std::string(500'000, 'x') + "\nb: [" + repeated("*a, ", 1000) + "]\n";
  EXPECT_THAT(error_of(text), HasSubstr("bytes of text"));
  std::string deep = "a0: &a0 [x]\n";
  for (int i = 1; i < 80; ++i) deep += fmt::format("a{}: &a{} [*a{}]\n", i, i, i - 1);
  EXPECT_THAT(error_of(deep), HasSubstr("nested deeper"));
}

TEST(Documents, RefuseFilesThatAreTooLarge) {
  EXPECT_THAT(error_of(std::string(max_document_bytes + 1, ' ')), HasSubstr("larger than"));
  EXPECT_THAT(error_of(repeated("- a\n", 110'000)), HasSubstr("more than 100000 values"));
  EXPECT_THAT(error_of(std::string(300, 'k') + ": 1"), HasSubstr("too long"));
  std::string keys;
  for (std::size_t i = 0; i < 60; ++i) {
    keys += std::string(i, ' ') + std::string(250, 'k') + ":\n";
  }
  EXPECT_THAT(error_of(keys + std::string(60, ' ') + "[" + repeated("1,", 90'000) + "]"),
              HasSubstr("too long keys"));
}

TEST(Documents, TakeNoLongForTheirSizeWhateverTheyHold) {
  for (const char* text :
       {"a",      "\"",    "'",   "|",   ">",   "#",    "&",    "*",     "!",
        "%",      "@",     "- ",  ": ",  "? ",  "{",    "}",    "[",     "]",
        ",",      "\n",    "\t",  " ",   "a: ", "a:\n", "--- ", "...\n", "%YAML 1.2\n",
        "\"a\" ", "a b\n", "!a ", "&a ", "[],", "{},",  "\\",   "\r"}) {
    auto times = static_cast<int>(max_document_bytes / 16 / std::string_view(text).size());
    error_of(repeated(text, times));
    error_of("a: " + repeated(text, times));
    error_of("[" + repeated(text, times));
  }
}

}  // namespace
}  // namespace reprise
