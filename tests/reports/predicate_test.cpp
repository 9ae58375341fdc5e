#include "reports/predicate.h"

#include <gtest/gtest.h>

#include "harness/model/registry.h"
#include "harness/model/speaker.h"
#include "reports/catalogue.h"

namespace reprise {
namespace {

using nlohmann::json;

std::string in_words(const char* source, const std::string& language = "en") {
  return predicate_text(json::parse(source), language);
}

TEST(APredicate, IsSaidInWords) {
  EXPECT_EQ(in_words(R"({"status": 200})"), "status is 200");
  EXPECT_EQ(in_words(R"({"json": {"/mode": "nominal"}})"), R"(/mode is "nominal")");
  EXPECT_EQ(in_words(R"({"latency": {"<": "500ms"}})"), "latency is below 500 ms");
  EXPECT_EQ(in_words(R"({"age": {"<=": "90s"}})"), "age is at most 1 min 30 s");
  EXPECT_EQ(in_words(R"({"text": {"contains": "error"}})"), R"(text contains "error")");
  EXPECT_EQ(in_words(R"({"headers": {"content-type": {"matches": "json"}}})"),
            "header content-type matches /json/");
  EXPECT_EQ(in_words(R"({"outcome": "refused"})"), "outcome is refused");
  EXPECT_EQ(in_words(R"({"outcome": {"in": ["refused", "reset"]}})"),
            "outcome is one of refused, reset");
  EXPECT_EQ(in_words(R"({"json": {"/n": {"in": ["a", "b"]}}})"), R"(/n is one of "a", "b")");
  EXPECT_EQ(in_words(R"({"json": {"/n": {"not": 5}}})"), "/n is not 5");
  EXPECT_EQ(in_words(R"({"json": {"/n": {"exists": true}}})"), "/n is there");
  EXPECT_EQ(in_words(R"({"json": {"/n": {"exists": false}}})"), "/n is not there");
  EXPECT_EQ(in_words(R"({"json": {"/n": {"type": "number"}}})"), "/n is a number");
  EXPECT_EQ(in_words(R"({"json": {"/on": true, "/off": null}})"), "/off is null and /on is true");
  EXPECT_EQ(in_words(R"({"json": {"": {"type": "array"}}})"), "the whole JSON is a list");
}

TEST(APredicate, OfWhatAProbeLooksAtSaysWhetherItIsThere) {
  EXPECT_EQ(in_words(R"({"exists": true})"), "it is there");
  EXPECT_EQ(in_words(R"({"exists": false, "size": {">": 0}})"),
            "it is not there and size is above 0");
  EXPECT_EQ(in_words(R"({"exists": false})", "fr"), "cela n’existe pas");
}

TEST(APredicate, PutsTwoBoundsTogether) {
  const auto bounds = [](const std::string& both) {
    return in_words((R"({"json": {"/n": )" + both + "}}").c_str());
  };
  EXPECT_EQ(bounds(R"({">=": 3, "<=": 5})"), "/n is between 3 and 5");
  EXPECT_EQ(bounds(R"({">=": 3, "<": 5})"), "/n is at least 3 and below 5");
  EXPECT_EQ(bounds(R"({">": 3, "<=": 5.5})"), "/n is above 3 and at most 5.5");
  EXPECT_EQ(bounds(R"({">": 3, "<": 5})"), "/n is above 3 and below 5");
  EXPECT_EQ(bounds(R"({">": 3, "<": 5, "not": 4})"), "/n is above 3 and below 5 and is not 4");
}

TEST(APredicate, TellsItsPartsWithAnd) {
  EXPECT_EQ(in_words(R"({"json": {"/mode": "nominal"}, "latency": {"<": "1s"}, "status": 200})"),
            R"(status is 200 and /mode is "nominal" and latency is below 1 s)");
  EXPECT_EQ(in_words(R"({"text": {"contains": "a", "matches": "b|c"}})"),
            R"(text contains "a" and matches /b|c/)");
}

TEST(APredicate, SpeaksFrench) {
  EXPECT_EQ(in_words(R"({"latency": {"<": "1500ms"}, "status": 200})", "fr"),
            "status vaut 200 et latency est au-dessous de 1,5 s");
  EXPECT_EQ(in_words(R"({"headers": {"x-mode": {"exists": false}}})", "fr"),
            "l’en-tête x-mode n’existe pas");
  EXPECT_EQ(in_words(R"({"rows": {">=": 3, "<=": 5.5}})", "fr"), "rows se situe entre 3 et 5,5");
}

TEST(APredicate, OfAForgedJournalIsShownAsItIs) {
  EXPECT_EQ(in_words(R"("nominal")"), R"("nominal")");
  EXPECT_EQ(in_words("{}"), "{}");
  EXPECT_EQ(in_words(R"({"json": 3, "x": {"<=>": [1]}})"), "json is 3 and x <=> [1]");
  EXPECT_EQ(in_words(R"({"x": {"in": 3, "exists": 1, "matches": 2}})"),
            "x exists 1 and is one of 3 and matches /2/");
  EXPECT_EQ(in_words("{\"x\\u001b\": \"a\\u202e\\\"\"}"), "x\\x1b is \"a\\u202e\\\"\"");
}

TEST(APredicate, IsSaidInWordsInsideAMessage) {
  const Message message{"judge.never.statement",
                        {{"probe", "p"}, {"expect", {{"predicate", {{"status", 500}}}}}}};
  EXPECT_EQ(render(message, "en"), "p never shows “status is 500”");
  EXPECT_EQ(render(message, "fr"), "p ne montre jamais « status vaut 500 »");
  const Message level{"judge.never.statement", {{"probe", "p"}, {"expect", "degraded"}}};
  EXPECT_EQ(render(level, "fr"), "p ne montre jamais dégradé");
}

TEST(TheSpeaker, SaysWhatTheCatalogueSays) {
  const auto* speaker = Registry<Speaker>::find("catalogue");
  ASSERT_TRUE(speaker);
  EXPECT_EQ(speaker->say("figure.percent", {{"number", 3}}, "fr"), "3 %");
}

std::string mismatch(const char* source, const char* values, const std::string& language = "en") {
  return type_mismatch(json::parse(source), {.values = json::parse(values)}, language);
}

TEST(AMismatchOfTypes, IsToldWithBothTypes) {
  EXPECT_EQ(mismatch(R"({"json": {"/n": 5}})", R"({"json": {"/n": "5"}})"),
            R"(/n: expected the number 5, saw the text "5")");
  EXPECT_EQ(mismatch(R"({"json": {"/n": "5"}})", R"({"json": {"/n": 5}})"),
            R"(/n: expected the text "5", saw the number 5)");
  EXPECT_EQ(mismatch(R"({"json": {"/n": {"in": [5, 6]}}})", R"({"json": {"/n": true}})"),
            "/n: expected the number 5, the number 6, saw the value true");
  EXPECT_EQ(mismatch(R"({"json": {"/n": {"<": 5}}})", R"({"json": {"/n": "five"}})"),
            R"(/n: expected a number, saw the text "five")");
  EXPECT_EQ(mismatch(R"({"json": {"/n": 5}})", R"({"json": {"/n": []}})", "fr"),
            "/n : attendu le nombre 5, vu une liste");
}

TEST(AMismatchOfTypes, IsNotToldWhereValuesDifferOnly) {
  for (const char* same : {R"({"json": {"/n": 6}})", R"({"json": {"/n": 6.5}})", R"({"json": {}})",
                           R"({"json": 3})", "[]", R"({"status": 200})"}) {
    EXPECT_EQ(mismatch(R"({"json": {"/n": 5}})", same), "") << same;
  }
  EXPECT_EQ(mismatch(R"({"json": {"/n": {"<": 5}}})", R"({"json": {"/n": "7.5"}})"), "")
      << "a text that reads as a number is compared as one";
  EXPECT_EQ(mismatch(R"({"json": {"/n": {"contains": "x"}}})", R"({"json": {"/n": 5}})"), "");
  EXPECT_EQ(mismatch(R"({"json": {"/n": {"in": ["x", 5]}}})", R"({"json": {"/n": 6}})"), "");
  EXPECT_EQ(mismatch(R"("nominal")", R"({"status": 200})"), "");
}

}  // namespace
}  // namespace reprise
