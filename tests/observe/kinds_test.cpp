#include <gmock/gmock.h>

#include "harness/model/expectations/predicate_flaws.h"
#include "harness/observe/address.h"
#include "tests/observe/observing.h"

namespace reprise {
namespace {

using ::testing::HasSubstr;

TEST(ProbeKinds, AreAllRegistered) {
  std::vector<std::string> names;
  for (const auto* kind : Registry<ProbeKind>::all()) names.push_back(kind->name);
  EXPECT_THAT(names, ::testing::ElementsAre("backups", "command", "file", "http", "log", "page",
                                            "postgres", "process", "redis", "tcp"));
}

class EveryProbeKind : public ::testing::TestWithParam<const ProbeKind*> {};

TEST_P(EveryProbeKind, HasAnExampleThatFitsItsShapeAndCanBeMade) {
  const auto& kind = *GetParam();
  for (const auto& error : kind.options.check(kind.example)) ADD_FAILURE() << error.text();
  EXPECT_FALSE(kind.summary.empty());
  EXPECT_GT(kind.least_interval.count(), 0);
  for (const auto& field : kind.options.fields()) EXPECT_FALSE(field.doc.empty()) << field.name;
  Observing observing;
  const auto probe = observing.try_make(Observing::spec(kind.name, kind.example));
  EXPECT_TRUE(probe) << probe.error().text();
  auto wrong = kind.example;
  wrong["no-such-option"] = 1;
  EXPECT_FALSE(kind.options.check(wrong).empty());
}

TEST_P(EveryProbeKind, DeclaresWhatItSaysThatItSees) {
  const auto& kind = *GetParam();
  EXPECT_FALSE(kind.sees.empty());
  for (const SeenValue& value : kind.sees) {
    if (value.name != "outcome") EXPECT_THAT(kind.summary, HasSubstr(value.name));
    const auto& fields = kind.options.fields();
    EXPECT_TRUE(value.only_with.empty() ||
                std::ranges::find(fields, value.only_with, &Shape::Field::name) != fields.end());
  }
}

TEST(Predicates, ThatNoLookEverShowsAreRefused) {
  const auto flawed = [](const std::string& kind, const char* predicate) {
    const auto* probe = Registry<ProbeKind>::find(kind);
    return !flaws_of(json::parse(predicate), *probe, {{kind, json::object()}}).empty();
  };
  EXPECT_TRUE(flawed("file", R"({"exists": false, "size": 3})"));
  EXPECT_FALSE(flawed("file", R"({"exists": false, "size": {"exists": false}})"));
  EXPECT_FALSE(flawed("file", R"({"exists": false, "outcome": "answered"})"));
  EXPECT_FALSE(flawed("file", R"({"exists": true, "size": 3})"));
  EXPECT_TRUE(flawed("file", R"({"sha256": "ABC"})"));
  EXPECT_TRUE(flawed("file", R"({"sha256": {"not": "abc"}})"));
  EXPECT_FALSE(flawed("file", json{{"sha256", std::string(64, 'a')}}.dump().c_str()));
  EXPECT_TRUE(flawed("process", R"({"running": false, "state": "running"})"));
  EXPECT_FALSE(flawed("process", R"({"running": false})"));
  EXPECT_TRUE(flawed("command", R"({"exit": 0, "signal": 9})"));
  EXPECT_FALSE(flawed("command", R"({"exit": 137, "signal": 9})"));
  EXPECT_TRUE(flawed("command", R"({"exit": {"exists": false}, "signal": 9})"));
  EXPECT_TRUE(flawed("file", R"({"kind": "folder", "sha256": {"exists": true}})"));
  EXPECT_TRUE(flawed("file", R"({"valid-json": false, "json": {"/a": 1}})"));
  EXPECT_TRUE(flawed("file", R"({"exists": false, "json": {"/a": 1}})"));
  EXPECT_FALSE(flawed("file", R"({"json": {"/a": 1}})"));
  EXPECT_TRUE(flawed("backups", R"({"count": 0, "age": {"<": "1h"}})"));
  EXPECT_TRUE(flawed("postgres", R"({"rows": 0, "value": 1})"));
  EXPECT_TRUE(flawed("postgres", R"({"row": "1"})"));
  EXPECT_TRUE(flawed("http", R"({"status": {"exists": false}})"));
  EXPECT_TRUE(flawed("log", R"({"count": 0, "line": {"contains": "x"}})"));
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryProbeKind, ::testing::ValuesIn(Registry<ProbeKind>::all()),
                         [](const auto& kind) { return kind.param->name; });

TEST(Addresses, AreReadAndRefused) {
  EXPECT_EQ(parse_address("127.0.0.1:80")->port, 80);
  EXPECT_EQ(parse_address("[::1]:80")->text(), "[::1]:80");
  for (const auto* wrong : {"", "host", "host:", ":80", "host:0", "host:65536", "host:8x", "[::1",
                            "[::1]80", "a b:80"}) {
    EXPECT_FALSE(parse_address(wrong)) << wrong;
  }
  EXPECT_EQ(parse_http_url("http://a")->target, "/");
  EXPECT_EQ(parse_http_url("http://a:8080?x=1#part")->target, "/?x=1");
  for (const auto* wrong : {"a/b", "https://a/", "http://", "http://a:0/", "http://u:p@a/",
                            "http://a/x y", "http://a/\r\nX: y"}) {
    EXPECT_FALSE(parse_http_url(wrong)) << wrong;
  }
}

TEST(Addresses, AreFollowedAsBrowsersDo) {
  const auto base = *parse_http_url("http://a:81/one/two?x=1");
  const auto follow = [&](const char* location) {
    const auto url = follow_location(base, location);
    return url ? url->address.text() + url->target : url.error().what;
  };
  EXPECT_EQ(follow("http://b/y"), "b:80/y");
  EXPECT_EQ(follow("//b/y"), "b:80/y");
  EXPECT_EQ(follow("/y"), "a:81/y");
  EXPECT_EQ(follow("y?to=http://b/"), "a:81/one/y?to=http://b/");
  EXPECT_EQ(follow("?y=2"), "a:81/one/two?y=2");
  EXPECT_THAT(follow("https://b/"), HasSubstr("https is not supported"));
}

}  // namespace
}  // namespace reprise
