#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/model/expectations/expectation.h"
#include "harness/model/expectations/pattern.h"

namespace reprise {
namespace {

using nlohmann::json;

Observation seen(const char* values, std::string outcome = "answered") {
  return {std::move(outcome), json::parse(values)};
}

bool holds(const char* predicate, const Observation& observation) {
  auto parsed = Expectation::parse(json::parse(predicate));
  EXPECT_TRUE(parsed) << predicate << ": " << (parsed ? "" : parsed.error().text());
  return parsed && parsed->holds(observation);
}

const char* const page = R"({"status": 200, "latency": 300000000, "text": "Hello world",
  "json": {"/mode": "nominal", "/n": 5, "/list": [1], "/none": null},
  "headers": {"content-type": "application/json", "content-length": "120"}})";

TEST(Expectations, CompareWithScalarsAndOperators) {
  auto answer = seen(page);
  for (const char* good :
       {R"({"status": 200})", R"({"status": {"<": 300, ">=": 200}})",
        R"({"json": {"/mode": "nominal", "/n": {">": 4, "<=": 5}}})",
        R"({"json": {"/none": null, "/list": {"type": "array"}, "/gone": {"exists": false}}})",
        R"({"headers": {"Content-Type": {"matches": "json$"}}})",
        R"({"headers": {"content-length": {">": 100}}})",
        R"({"latency": {"<": "500ms", ">": "299ms"}})", R"({"text": {"contains": "world"}})",
        R"({"status": {"in": [200, 503]}})", R"({"status": {"not": 500}})",
        R"({"json": {"/mode": {"type": "string", "exists": true, "equals": "nominal"}}})",
        R"({"outcome": "answered", "status": 200})"}) {
    EXPECT_TRUE(holds(good, answer)) << good;
  }
  for (const char* bad :
       {R"({"status": 201})", R"({"status": {"<": 200}})", R"({"status": "200"})",
        R"({"status": {"<": 300, ">": 200}})", R"({"json": {"/gone": {"not": 5}}})",
        R"({"json": {"/gone": null}})", R"({"json": {"/mode": {"<": 5}}})",
        R"({"headers": {"content-type": {"matches": "^json"}}})", R"({"rows": 3})",
        R"({"latency": {"<": "300ms"}})", R"({"text": {"contains": "World"}})",
        R"({"outcome": "refused"})", R"({"json": {"/list": {"exists": false}}})"}) {
    EXPECT_FALSE(holds(bad, answer)) << bad;
  }
}

TEST(Expectations, HoldOnlyForAnswersUnlessTheyJudgeTheOutcome) {
  EXPECT_FALSE(holds(R"({"status": 200})", seen(R"({"status": 200})", "timeout")));
  EXPECT_TRUE(holds(R"({"outcome": "refused"})", seen("{}", "refused")));
  EXPECT_TRUE(holds(R"({"outcome": {"in": ["refused", "reset"]}})", seen("{}", "reset")));
}

TEST(Expectations, SurviveObservationsOfAnyForm) {
  for (const char* values : {"null", "[]", "5", R"({"json": 5, "headers": [1]})",
                             R"({"json": {"/mode": {"a": []}}, "latency": "x"})"}) {
    EXPECT_FALSE(holds(R"({"json": {"/mode": {"matches": "nominal"}}, "latency": {"<": "1s"}})",
                       seen(values)));
  }
}

TEST(Expectations, KnowWhatMustBeKept) {
  auto parsed = Expectation::parse(json::parse(
      R"({"json": {"/a": 1, "/b": {"exists": true}}, "headers": {"X-Y": "z"},
           "latency": {"<": "1s"}})"));
  ASSERT_TRUE(parsed);
  EXPECT_THAT(parsed->pointers(), testing::ElementsAre("/a", "/b"));
  EXPECT_THAT(parsed->headers(), testing::ElementsAre("x-y"));
  EXPECT_TRUE(parsed->depends_on_latency());
  EXPECT_FALSE(Expectation::parse(json::parse(R"({"status": 200})"))->depends_on_latency());
}

TEST(Expectations, ThatCannotBeJudgedAreRefused) {
  for (const char* text : {"{}",
                           "5",
                           "[]",
                           "null",
                           R"("nominal")",
                           R"({"status": {}})",
                           R"({"status": [200]})",
                           R"({"status": {"<": "5"}})",
                           R"({"latency": {"<": 5}})",
                           R"({"latency": {"<": "5"}})",
                           R"({"status": {"smaller": 5}})",
                           R"({"json": 5})",
                           R"({"json": {"mode": 1}})",
                           R"({"text": {"matches": "("}})",
                           R"({"text": {"matches": ")("}})",
                           R"({"text": {"matches": 5}})",
                           R"({"status": {"in": 5}})",
                           R"({"status": {"in": []}})",
                           R"({"status": {"exists": 1}})",
                           R"({"status": {"equals": [1]}})"}) {
    EXPECT_FALSE(Expectation::parse(json::parse(text))) << text;
  }
}

TEST(Expectations, NameTheOperatorThatWasMeant) {
  auto parsed = Expectation::parse(json::parse(R"({"text": {"match": "x"}})"));
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().text(),
            "'text': the operator 'match' is unknown (did you mean 'matches'?)");
}

TEST(Patterns, AreSearchedAnywhereInTheText) {
  EXPECT_TRUE(Pattern::compile("b+c")->found_in("aabbc"));
  EXPECT_TRUE(Pattern::compile("^a|z$")->found_in("xyz"));
  EXPECT_FALSE(Pattern::compile("^b")->found_in("ab"));
  EXPECT_TRUE(Pattern::compile("one\\s+two")->found_in("x\none\n two"));
  EXPECT_TRUE(Pattern::compile("\\bcat\\b")->found_in("a cat."));
  EXPECT_FALSE(Pattern::compile("\\bcat\\b")->found_in("concat"));
  EXPECT_TRUE(Pattern::compile("a{2,3}b")->found_in("caab"));
  EXPECT_TRUE(Pattern::compile("é")->found_in("déjà"));
  EXPECT_TRUE(Pattern::compile("")->found_in(""));
}

TEST(Patterns, NeitherHangNorCrashOnHostileTextAndExpressions) {
  std::string text(200'000, 'a');
  for (const char* pattern :
       {"(a+)+b", "(a*)*b", "(a|aa)+b", "(.*)(.*)(.*)x", "a.*a.*a.*b", "[^b]*b"}) {
    auto start = std::chrono::steady_clock::now();
    EXPECT_FALSE(Pattern::compile(pattern)->found_in(text)) << pattern;
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20)) << pattern;
  }
  EXPECT_TRUE(Pattern::compile("b")->found_in(text + "b"));
  std::string beyond(max_searched_bytes, 'a');
  EXPECT_FALSE(Pattern::compile("b")->found_in(beyond + "b"));  // past the cut
  for (const char* pattern : {"(a)\\1", "(?=a)", "(?!a)", "(", "[", "a{1000000}",
                              "((a{99}){99}){99}", "*", "a{2,1}", "\\"}) {
    EXPECT_FALSE(Pattern::compile(pattern)) << pattern;
  }
  EXPECT_FALSE(Pattern::compile(std::string(600, 'a')));
  auto nested = std::string(250, '(') + "a" + std::string(250, ')');
  EXPECT_TRUE(Pattern::compile(nested)->found_in("a"));
}

TEST(Levels, ClassASampleAsTheBestItSatisfies) {
  Levels levels;
  EXPECT_EQ(levels.classify(seen("{}")), Level::nominal);
  EXPECT_EQ(levels.classify(seen("{}", "reset")), Level::down);
  levels.nominal = *Expectation::parse(json::parse(R"({"status": 200})"));
  levels.degraded = *Expectation::parse(json::parse(R"({"status": {"<": 500}})"));
  EXPECT_EQ(levels.classify(seen(R"({"status": 200})")), Level::nominal);
  EXPECT_EQ(levels.classify(seen(R"({"status": 404})")), Level::degraded);
  EXPECT_EQ(levels.classify(seen(R"({"status": 500})")), Level::down);
  auto degraded = Expected::parse("degraded");
  ASSERT_TRUE(degraded);
  EXPECT_TRUE(degraded->holds(seen(R"({"status": 200})"), levels));
  EXPECT_FALSE(degraded->holds(seen(R"({"status": 500})"), levels));
  EXPECT_TRUE(Expected::parse("down")->holds(seen("{}", "reset"), levels));
  EXPECT_FALSE(Expected::parse("perfect"));
}

}  // namespace
}  // namespace reprise
