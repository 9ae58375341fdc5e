// What every probe says of a value that it does not keep whole, judged by expectations as a
// scenario has them: what our limits hid is unknown, what was searched before it was cut is not.
#include <gmock/gmock.h>

#include "harness/observe/answer.h"
#include "harness/observe/keeper.h"
#include "tests/observe/observing.h"

namespace reprise {
namespace {

using nlohmann::json;

class KeptValues : public ::testing::Test {
 protected:
  // As a scenario with these expectations has the probe's spec.
  Keeper asking(const std::vector<json>& expectations) {
    auto kept = Keeper::of(Observing::asked(spec_, expectations));
    EXPECT_TRUE(kept);
    return std::move(*kept);
  }
  // Of a text under `text`, when that is what the scenario asks.
  Truth of_text(const json& demand, const std::string& whole, bool more = false) {
    const json expectation{{"text", demand}};
    Observation seen;
    asking({expectation}).text("text", whole, seen, more);
    return judged(expectation, seen);
  }
  Truth of_pointer(const json& demand, const json& document) {
    const json expectation{{"json", {{"/x", demand}}}};
    Observation seen;
    asking({expectation}).document(document, seen);
    return judged(expectation, seen);
  }

  ProbeSpec spec_;
  const std::string long_ = std::string(9'000, '.') + "needle" + std::string(9'000, '.');
};

TEST_F(KeptValues, ATextIsSearchedBeforeItIsCut) {
  EXPECT_EQ(of_text({{"contains", "needle"}}, long_), Truth::holds);
  EXPECT_EQ(of_text({{"contains", "nettle"}}, long_), Truth::fails);
  EXPECT_EQ(of_text({{"matches", "ne+dle[.]"}}, long_), Truth::holds);
  EXPECT_EQ(of_text({{"matches", "needle$"}}, long_), Truth::fails);
  EXPECT_EQ(of_text(long_, long_), Truth::holds);
  EXPECT_EQ(of_text({{"not", long_}}, long_), Truth::fails);
  EXPECT_EQ(of_text({{"not", "short"}}, long_), Truth::holds);
  EXPECT_EQ(of_text({{"in", {"short", long_}}}, long_), Truth::holds);
  EXPECT_EQ(of_text({{"type", "string"}}, long_), Truth::holds);
  EXPECT_EQ(of_text({{"exists", true}}, long_), Truth::holds);
}

TEST_F(KeptValues, WhatNobodyAskedIsUnknownAndWhatIsWholeIsNot) {
  Observation seen;
  asking({}).text("text", long_, seen);
  EXPECT_EQ(seen.values.at("text"), std::string(kept_text, '.'));
  EXPECT_EQ(seen.values.at("cut"), json({"text"}));
  EXPECT_EQ(judged({{"text", {{"contains", "needle"}}}}, seen), Truth::unknown);
  Observation whole;
  asking({{{"text", {{"contains", "needle"}}}}}).text("text", std::string(kept_text, '.'), whole);
  EXPECT_EQ(whole.values, json({{"text", std::string(kept_text, '.')}}));
  EXPECT_EQ(judged({{"text", {{"contains", "needle"}}}}, whole), Truth::fails);
}

TEST_F(KeptValues, OfABeginningOnlyWhatCannotBeUndoneIsKnown) {
  EXPECT_EQ(of_text({{"contains", "ERR"}}, "an ERROR", true), Truth::holds);
  EXPECT_EQ(of_text({{"contains", "ERR"}}, "well", true), Truth::unknown);
  EXPECT_EQ(of_text({{"matches", "E.R"}}, "an ERROR", true), Truth::holds);
  // What follows may undo these.
  EXPECT_EQ(of_text({{"matches", "ERROR$"}}, "an ERROR", true), Truth::unknown);
  EXPECT_EQ(of_text({{"matches", "ERROR\\b"}}, "an ERROR", true), Truth::unknown);
  EXPECT_EQ(of_text("well", "we", true), Truth::unknown);
  EXPECT_EQ(of_text("well", "il", true), Truth::fails);
  EXPECT_EQ(of_text({{"not", "well"}}, "il", true), Truth::holds);
  EXPECT_EQ(of_text({{"in", {"ill", "well"}}}, "we", true), Truth::unknown);
}

TEST_F(KeptValues, BeyondEightMebibytesNothingIsSearched) {
  const std::string padding(max_searched_bytes, '.');
  EXPECT_EQ(of_text({{"contains", "needle"}}, "needle" + padding), Truth::holds);
  EXPECT_EQ(of_text({{"contains", "needle"}}, padding + "needle"), Truth::unknown);
  EXPECT_EQ(of_text({{"matches", "[.]$"}}, padding + "needle"), Truth::unknown);
}

TEST_F(KeptValues, JsonTextsListsAndObjectsAreSearchedWhole) {
  EXPECT_EQ(of_pointer({{"contains", "needle"}}, {{"x", long_}}), Truth::holds);
  EXPECT_EQ(of_pointer({{"contains", "nettle"}}, {{"x", long_}}), Truth::fails);
  json list = json::array();
  for (int i = 0; i < 20'000; ++i) list.push_back(i);
  list.push_back({{"state", "broken"}});
  EXPECT_EQ(of_pointer({{"contains", R"("state":"broken")"}}, {{"x", list}}), Truth::holds);
  EXPECT_EQ(of_pointer({{"matches", "state.:.fine"}}, {{"x", list}}), Truth::fails);
  EXPECT_EQ(of_pointer("[0,1,2]", {{"x", list}}), Truth::fails);
  EXPECT_EQ(of_pointer({{"not", "[0,1,2]"}}, {{"x", list}}), Truth::holds);
  EXPECT_EQ(of_pointer({{"type", "array"}}, {{"x", list}}), Truth::holds);
  EXPECT_EQ(of_pointer({{"exists", true}}, {{"x", list}}), Truth::holds);
}

TEST_F(KeptValues, CutValuesAreNamed) {
  spec_.served_by = "/by";
  Observation seen;
  const auto kept = asking({{{"json", {{"/x", {{"exists", true}}}}}}});
  kept.document({{"x", std::string(5'000, 'x')}, {"by", std::string(5'000, 'y')}}, seen);
  kept.header("etag", std::string(5'000, 'z'), seen);
  EXPECT_THAT(seen.values.at("cut"),
              ::testing::UnorderedElementsAre("json /x", "json /by", "source", "headers etag"));
  EXPECT_FALSE(seen.values.contains("searched"));
}

TEST_F(KeptValues, OfADocumentThatWasNotReadNothingIsKnown) {
  const json there{{"json", {{"/x", {{"exists", true}}}}}};
  const json not_there{{"json", {{"/x", {{"exists", false}}}}}};
  Observation seen;
  asking({there}).unread_document(seen);
  EXPECT_EQ(judged(there, seen), Truth::unknown);
  EXPECT_EQ(judged(not_there, seen), Truth::unknown);
  EXPECT_EQ(judged({{"json", {{"/x", 3}}}}, seen), Truth::unknown);
}

TEST_F(KeptValues, AColumnThatIsCutMakesItsRowKnownByItsSearchesOnly) {
  const json asked{{"row", {{"contains", "needle"}}}};
  Observation seen;
  asking({asked}).row("row", {{"a", 1}, {"b", long_}}, true, seen);
  EXPECT_EQ(seen.values.at("row").at("a"), 1);
  EXPECT_EQ(seen.values.at("row").at("b"), std::string(kept_text, '.'));
  EXPECT_EQ(judged(asked, seen), Truth::holds);
  EXPECT_EQ(judged({{"row", {{"contains", "nettle"}}}}, seen), Truth::unknown);
}

TEST_F(KeptValues, RefuseWhatCannotBeRead) {
  spec_.pointers = {"no-slash"};
  EXPECT_FALSE(Keeper::of(spec_));
  spec_.pointers = {};
  spec_.searches = {json::array({"", "text", "matches", "(unclosed"})};
  EXPECT_FALSE(Keeper::of(spec_));
}

}  // namespace
}  // namespace reprise
