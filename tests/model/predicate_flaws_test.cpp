// Predicates that can never hold, each for one reason, and those like them that can.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/model/expectations/predicate_flaws.h"
#include "tests/model/sample_vocabulary.h"

namespace reprise {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// Of a probe of that kind, as a plan would write it.
std::vector<std::string> flaws(const std::string& kind, const std::string& predicate,
                               const json& options = json::object()) {
  std::vector<std::string> out;
  const json parsed = json::parse(predicate, nullptr, false);
  EXPECT_TRUE(Shape::predicate().check(parsed).empty()) << predicate;
  for (const ProbeInfo& one : sample_vocabulary().probes) {
    if (one.name != kind) continue;
    for (const Flaw& flaw : flaws_of(parsed, one, {{kind, options}})) {
      EXPECT_TRUE(parsed.contains(json::json_pointer(flaw.pointer)))
          << predicate << " " << flaw.pointer;
      out.push_back(flaw.what + (flaw.remedy.empty() ? "" : " (" + flaw.remedy + ")"));
    }
  }
  return out;
}

struct FlawedCase {
  const char* kind;
  const char* predicate;
  const char* said;
};

class BadPredicates : public testing::TestWithParam<FlawedCase> {};

TEST_P(BadPredicates, AreToldOnceAndWhy) {
  const auto& [kind, predicate, said] = GetParam();
  const auto found = flaws(kind, predicate);
  ASSERT_EQ(found.size(), 1U) << predicate << ": " << testing::PrintToString(found);
  EXPECT_THAT(found[0], HasSubstr(said)) << predicate;
}

INSTANTIATE_TEST_SUITE_P(
    Names, BadPredicates,
    testing::Values(
        FlawedCase{
            "http", R"({"stauts": 500})",
            "a probe of kind http sees nothing called 'stauts' (did you mean 'status'? it sees "
            "headers, json, latency, outcome, size, source, status, text)"},
        FlawedCase{"http", R"({"rows": 4})", "sees nothing called 'rows' (it sees headers, json"},
        FlawedCase{"http", R"({"partial": true})", "sees nothing called 'partial'"},
        FlawedCase{"http", R"({"source": "cache"})", "sees no 'source': it has no 'served-by'"},
        FlawedCase{"http", R"({"json": {"/a~b": 1}})", "'/a~b' is not a JSON pointer"},
        FlawedCase{"tcp", R"({"json": {"/a": 1}})", "sees nothing called 'json'"},
        FlawedCase{"tcp", R"({"headers": {"x": "1"}})", "sees nothing called 'headers'"},
        FlawedCase{"tcp", R"({"text": {"contains": "x"}})", "sees no 'text': it has no 'receive'"},
        FlawedCase{"query", R"({"sqlstate": "53300"})",
                   "sees 'sqlstate' only where there is no answer"},
        FlawedCase{"query", R"({"text": {"contains": "x"}})", "sees 'text' only where there is no"},
        FlawedCase{"http", R"({"outcome": "refused", "status": 200})",
                   "of what is refused nothing is"}));

INSTANTIATE_TEST_SUITE_P(
    Types, BadPredicates,
    testing::Values(
        FlawedCase{
            "http", R"({"status": "500"})",
            "'status' is a whole number from 100 to 599: it is never the text '500' (write the "
            "value without quotes)"},
        FlawedCase{"http", R"({"status": {"not": "500"}})", "never the text '500'"},
        FlawedCase{"http", R"({"status": {"in": [200, "500"]}})", "never the text '500'"},
        FlawedCase{"http", R"({"status": 200.5})", "never the number 200.5"},
        FlawedCase{"http", R"({"status": true})", "never true"},
        FlawedCase{"http", R"({"status": null})", "never nothing"},
        FlawedCase{"http", R"({"status": 600})", "from 100 to 599: it is never the number 600"},
        FlawedCase{"http", R"({"status": 99})", "never the number 99"},
        FlawedCase{"http", R"({"status": {"type": "string"}})", "its type is never \"string\""},
        FlawedCase{"http", R"({"size": -1})", "a whole number of at least 0"},
        FlawedCase{"http", R"({"text": 5})", "'text' is a text: it is never the number 5"},
        FlawedCase{
            "http", R"({"headers": {"Content-Length": 120}})",
            "headers 'Content-Length' is a text: it is never the number 120 (put it in quotes, or "
            "compare numbers with \"<=\" and \">=\")"},
        FlawedCase{"http", R"({"headers": {"x": {"type": "number"}}})",
                   "its type is never \"number\""},
        FlawedCase{"http", R"({"outcome": "refuse"})",
                   "never the text 'refuse' (did you mean 'refused'?)"},
        FlawedCase{"backups", R"({"outcome": "refused"})", "one of answered, timeout, error"},
        FlawedCase{"http", R"({"outcome": {"<": 5}})", "cannot be compared by '<'"},
        FlawedCase{"http", R"({"outcome": {"exists": false}})", "'outcome' is always there"},
        FlawedCase{"http", R"({"latency": {"exists": false}})", "'latency' is always there"},
        FlawedCase{"http", R"({"latency": {"contains": "ms"}})",
                   "cannot be compared by 'contains'"},
        FlawedCase{"backups", R"({"sound": "true"})",
                   "'sound' is true or false: it is never the text"},
        FlawedCase{"backups", R"({"sound": {">": 0}})", "cannot be compared by '>'"}));

INSTANTIATE_TEST_SUITE_P(
    Contradictions, BadPredicates,
    testing::Values(
        FlawedCase{
            "http", R"({"status": {">": 500, "<": 300}})",
            "'status': < 300 and > 500 can never hold (it is a whole number from 100 to 599)"},
        FlawedCase{"http", R"({"status": {">": 500, "<": 501}})", "< 501 and > 500 can never hold"},
        FlawedCase{"http", R"({"status": {">=": 600}})", ">= 600 can never hold"},
        FlawedCase{"http", R"({"status": {"<": 100}})", "< 100 can never hold"},
        FlawedCase{"http", R"({"status": {">=": 500, "<=": 500, "not": 500}})", "can never hold"},
        FlawedCase{"http", R"({"json": {"/n": {">": 5, "<": 3}}})",
                   "json '/n': < 3 and > 5 can never hold (no value meets all of it)"},
        FlawedCase{"http", R"({"json": {"/n": {">": 5, "<": 5}}})", "can never hold"},
        FlawedCase{"http", R"({"json": {"/n": {">=": 5, "<": 5}}})", "can never hold"},
        FlawedCase{"http", R"({"json": {"/n": {"equals": 1, "in": [2, 3]}}})",
                   "equals 1 and in [2,3] can never hold"},
        FlawedCase{"http", R"({"json": {"/n": {"equals": 1, "not": 1}}})", "can never hold"},
        FlawedCase{"http", R"({"json": {"/n": {"equals": 4, ">": 5}}})", "can never hold"},
        FlawedCase{"http", R"({"json": {"/n": {"in": [1, 2], ">": 5}}})", "can never hold"},
        FlawedCase{"http", R"({"json": {"/n": {"equals": "abc", "matches": "^x"}}})",
                   "can never hold"},
        FlawedCase{"http", R"({"json": {"/n": {"equals": "abc", "contains": "x"}}})",
                   "can never hold"},
        FlawedCase{"http", R"({"json": {"/n": {"equals": "abc", "type": "number"}}})",
                   "can never hold"},
        FlawedCase{"http", R"({"json": {"/n": {"type": "object", ">": 5}}})", "can never hold"},
        FlawedCase{"http", R"({"json": {"/n": {"type": "boolean", ">": 5}}})", "can never hold"},
        FlawedCase{"http", R"({"json": {"/n": {"type": "null", "not": null}}})", "can never hold"},
        FlawedCase{"http", R"({"json": {"/n": {"exists": false, "equals": 1}}})", "can never hold"},
        FlawedCase{"http", R"({"json": {"/n": {"exists": false, "not": 1}}})", "can never hold"},
        FlawedCase{"http", R"({"text": {"equals": "a", "in": ["b", "c"]}})", "can never hold"},
        FlawedCase{"http", R"({"headers": {"X": "a", "x": "b"}})", "can never hold"},
        FlawedCase{"http", R"({"headers": {"x": {">": 5, "<": 3}}})", "can never hold"},
        FlawedCase{"http", R"({"latency": {">": "2s", "<": "1s"}})",
                   "'latency': < \"1s\" and > \"2s\" can never hold"},
        FlawedCase{"http", R"({"latency": {"<": "0s"}})", "can never hold"},
        FlawedCase{"backups", R"({"age": {"<": "1h", ">": "2h"}})", "can never hold"},
        FlawedCase{"http", R"({"outcome": {"contains": "xyz"}})", "can never hold"},
        FlawedCase{"http", R"({"outcome": {"in": ["reset", "refused"], "matches": "out"}})",
                   "can never hold"},
        FlawedCase{"backups", R"({"sound": {"equals": true, "not": true}})", "can never hold"}));

INSTANTIATE_TEST_SUITE_P(
    Together, BadPredicates,
    testing::Values(
        FlawedCase{"disk", R"({"exists": false, "kind": "file"})",
                   "'kind' is seen only where 'exists' is true (give one of them)"},
        FlawedCase{"disk", R"({"exists": false, "sum": "1f"})",
                   "'sum' is seen only where 'exists' is true"},
        FlawedCase{"disk", R"({"kind": "folder", "sum": "1f"})",
                   "'sum' is seen only where 'kind' is \"file\""},
        FlawedCase{"disk", R"({"kind": {"not": "file"}, "sum": "1f"})", "'sum' is seen only where"},
        FlawedCase{"query", R"({"rows": 0, "value": 1})", "'value' is seen only where 'rows' >= 1"},
        FlawedCase{"query", R"({"rows": {"<": 1}, "value": {"not": 1}})", "'value' is seen only"},
        FlawedCase{"query", R"({"row": "3"})",
                   "'row' is a row of several values: it is never the text '3' (let the query"},
        FlawedCase{"query", R"({"row": {"contains": "3"}})", "cannot be compared by 'contains'"},
        FlawedCase{"http", R"({"status": {"exists": false}})", "every answer has 'status'"}));

INSTANTIATE_TEST_SUITE_P(
    Vacuous, BadPredicates,
    testing::Values(
        FlawedCase{"http", R"({"outcome": {"exists": true}})",
                   "'outcome': every outcome meets this (demand what could be missed)"},
        FlawedCase{"http",
                   R"({"outcome": {"in": ["answered", "refused", "reset", "timeout", "error"]}})",
                   "every outcome meets this"},
        FlawedCase{"http", R"({"outcome": {"matches": "e"}})", "every outcome meets this"},
        FlawedCase{"backups", R"({"outcome": {"in": ["answered", "timeout", "error"]}})",
                   "every outcome meets this"},
        FlawedCase{"lines", R"({"count": {">=": 0}})", "'count': every answer meets this"},
        FlawedCase{"lines", R"({"count": {">": -1}})", "every answer meets this"},
        FlawedCase{"lines", R"({"outcome": "answered"})",
                   "a probe of kind lines is always answered"},
        FlawedCase{"http", R"({"json": {}})", "'json' demands nothing"},
        FlawedCase{"http", R"({"headers": {}})", "'headers' demands nothing"}));

INSTANTIATE_TEST_SUITE_P(
    NeverSeen, BadPredicates,
    testing::Values(
        FlawedCase{"http", R"({"status": 103})", "'status' is never the number 103"},
        FlawedCase{"http", R"({"status": {"matches": "^6"}})", "can never hold"},
        FlawedCase{"http", R"({"status": {"contains": "x"}})", "can never hold"},
        FlawedCase{"http", R"({"headers": {"content type": "x"}})",
                   "'content type' is no name of a header"},
        FlawedCase{"http", R"({"json": {"/a": 1, "/a/b": 2}})",
                   "json '/a/b' is never there: '/a' has nothing below it"},
        FlawedCase{"http", R"({"json": {"/a": {"exists": false}, "/a/b": 2}})", "never there"},
        FlawedCase{"http", R"({"json": {"/a": {"type": "string"}, "/a/b": 2}})", "never there"},
        FlawedCase{"query", R"({"outcome": "timeout", "rows": 1})",
                   "of what is timeout nothing is seen, and so no 'rows'"},
        FlawedCase{"query", R"({"outcome": {"in": ["reset", "error"]}, "rows": 1})",
                   "of what is reset or error nothing is seen"},
        FlawedCase{"query", R"({"outcome": "timeout", "sqlstate": "53300"})",
                   "and so no 'sqlstate'"},
        FlawedCase{"disk", R"({"outcome": "error", "kind": "file"})", "and so no 'kind'"}));

TEST(BadPredicate, LooksIntoTheBodyOfAnAnswerThatHasNone) {
  for (const char* predicate : {R"({"text": "x"})", R"({"json": {"/a": 1}})"}) {
    const auto found = flaws("http", predicate, {{"method", "HEAD"}});
    ASSERT_EQ(found.size(), 1U) << predicate;
    EXPECT_THAT(found[0], HasSubstr("its 'method' is HEAD"));
    EXPECT_THAT(flaws("http", predicate, {{"method", "GET"}}), testing::IsEmpty());
  }
}

TEST(BadPredicate, WaitsLongerThanTheProbe) {
  const ProbeInfo& http = sample_vocabulary().probes.front();
  const json probe{{"http", {{"url", "x"}}}, {"timeout", "1s"}};
  const auto found = [&](const char* predicate) {
    return flaws_of(json::parse(predicate), http, probe);
  };
  for (const char* late : {R"({"latency": {">": "10s"}})", R"({"latency": {">=": "1s"}})"}) {
    ASSERT_EQ(found(late).size(), 1U) << late;
    EXPECT_THAT(found(late)[0].remedy, HasSubstr("less than 1s, the probe's timeout"));
  }
  EXPECT_TRUE(found(R"({"latency": {">": "900ms"}})").empty());
  EXPECT_TRUE(found(R"({"latency": {">=": "1s"}, "outcome": "timeout"})").empty());
}

TEST(Invariants, AreOfWhatGoodAnswersSay) {
  const auto of = [](const char* name, const char* predicate) {
    for (const ProbeInfo& kind : sample_vocabulary().probes) {
      if (kind.name == name) return is_invariant(json::parse(predicate), kind);
    }
    return false;
  };
  for (const char* none :
       {R"({"status": 200})", R"({"outcome": "answered", "latency": {"<": "1s"}})",
        R"({"json": {"/a": {"exists": true}}, "status": {"<": 300}})"}) {
    EXPECT_FALSE(of("http", none)) << none;
  }
  EXPECT_FALSE(of("lines", R"({"count": {">=": 0}})"));
  EXPECT_TRUE(of("lines", R"({"count": {">=": 1}})"));
  for (const char* one : {R"({"json": {"/a": 0}})", R"({"text": "x"})",
                          R"({"json": {"/a": {"exists": true}, "/b": {"<": 3}}})"}) {
    EXPECT_TRUE(of("http", one)) << one;
  }
}

TEST(BadPredicate, WantsATextWithoutWhatTheProbeWaitsFor) {
  const auto found = flaws("tcp", R"({"text": "NO"})", {{"receive", "OK"}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0], HasSubstr("'text' is never the text 'NO': an answer holds 'OK'"));
  EXPECT_THAT(flaws("tcp", R"({"text": "+OK\r\n"})", {{"receive", "OK"}}), testing::IsEmpty());
}

TEST(GoodPredicates, HaveNoFlaw) {
  for (const auto& [kind, predicate] : std::vector<std::pair<const char*, const char*>>{
           {"http", R"({"status": 200})"},
           {"http", R"({"status": {"<": 500, ">=": 200, "not": 204}})"},
           {"http", R"({"status": {"in": [200, 503]}})"},
           {"http", R"({"status": {"matches": "^5", "type": "number"}})"},
           {"http", R"({"status": 200.0})"},
           {"http", R"({"outcome": {"not": "answered"}, "status": {"exists": false}})"},
           {"disk", R"({"exists": true, "kind": "file", "sum": "1f"})"},
           {"disk", R"({"sum": "1f"})"},
           {"disk", R"({"exists": false, "kind": {"exists": false}})"},
           {"disk", R"({"kind": "folder", "sum": {"exists": false}})"},
           {"query", R"({"rows": {"<": 5}, "value": 1})"},
           {"query", R"({"rows": 0, "value": {"exists": false}})"},
           {"query", R"({"row": {"exists": true}})"},
           {"http", R"({"json": {"/a": 1, "/b": "x", "/c": null, "/d": {"exists": false}}})"},
           {"http", R"({"json": {"/n": {">=": 5, "<=": 5, "not": 5}}})"},  // the text "5"
           {"http", R"({"json": {"/n": {"equals": "5", ">": 4}}})"},
           {"http", R"({"json": {"/n": {"type": "string", ">": 4, "<": 4.5}}})"},
           {"http", R"({"json": {"/n": {"type": "object", "contains": "a"}}})"},
           {"http", R"({"headers": {"Content-Length": {">": 100, "<": 200}}})"},
           {"http", R"({"headers": {"Content-Length": "120"}})"},
           {"http", R"({"headers": {"X": "a", "x": {"contains": "a"}}})"},
           {"http", R"({"latency": {"<": "2s", ">=": "1s"}, "outcome": "answered"})"},
           {"http", R"({"outcome": {"not": "answered"}})"},
           {"http", R"({"outcome": {"in": ["answered", "refused"]}})"},
           {"http", R"({"status": {"<": 600}})"},  // an answer, of whatever status
           {"http", R"({"outcome": {"not": "refused"}, "status": {">=": 100}})"},  // or no answer
           {"http", R"({"json": {"/a": {"type": "object"}, "/a/b": 1}})"},
           {"http", R"({"json": {"/a": {"exists": false}, "/a/b": {"exists": false}}})"},
           {"http", R"({"json": {"/a": 1, "/ab": 1}})"},
           {"lines", R"({"outcome": {"not": "answered"}})"},
           {"lines", R"({"count": {">=": 1}})"},
           {"disk", R"({"exists": {"exists": true}})"},  // not said to be always there
           {"http", R"({"outcome": "timeout", "text": {"contains": "half"}})"},
           {"http", R"({"outcome": {"in": ["refused", "reset"]}})"},
           {"http", R"({"outcome": "refused", "latency": {"<": "1s"}})"},
           {"http", R"({"outcome": "refused", "status": {"exists": false}})"},
           {"http", R"({"outcome": "reset", "status": 200})"},  // broken off midway
           {"http", R"({"text": {"matches": "x", ">": 5}})"},
           {"tcp", R"({"outcome": "error", "text": {"contains": "unreachable"}})"},
           {"backups", R"({"count": {">=": 1}, "age": {"<": "1h"}, "sound": true})"},
           {"query", R"({"value": "t"})"},
           {"query", R"({"value": {">": 3}})"},
           {"query", R"({"outcome": "error", "sqlstate": "53300"})"},
           {"query", R"({"outcome": {"not": "answered"}, "text": {"contains": "x"}})"}}) {
    EXPECT_THAT(flaws(kind, predicate), testing::IsEmpty()) << predicate;
  }
  EXPECT_THAT(flaws("tcp", R"({"text": {"contains": "x"}})", {{"receive", "x"}}),
              testing::IsEmpty());
}

TEST(GoodPredicates, MayNameTheSourceOfAProbeThatTellsIt) {
  const ProbeInfo& http = sample_vocabulary().probes.front();
  const json probe{{"http", {{"url", "x"}}}, {"served-by", "/source"}};
  EXPECT_THAT(flaws_of({{"source", "cache"}}, http, probe), testing::IsEmpty());
}

}  // namespace
}  // namespace reprise
