// Every sentence the judge can say exists in both languages, and its arguments are given.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <fstream>
#include <regex>
#include <set>

#include "tests/judge/story.h"

namespace reprise::testing {
namespace {

const std::filesystem::path source(REPRISE_SOURCE_DIR);

YAML::Node catalogue() { return YAML::LoadFile(source / "reports/messages.yaml"); }

std::set<std::string> keys_in_the_code() {
  std::set<std::string> keys;
  const std::regex literal("\"(judge\\.[a-z.-]+)\"");
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(source / "harness/judge")) {
    if (entry.path().extension() != ".cpp") continue;
    std::ifstream file(entry.path());
    const std::string text((std::istreambuf_iterator<char>(file)), {});
    for (std::sregex_iterator it(text.begin(), text.end(), literal), end; it != end; ++it) {
      keys.insert((*it)[1]);
    }
  }
  return keys;
}

std::set<std::string> placeholders(const std::string& text) {
  std::set<std::string> out;
  const std::regex brace("\\{([a-z_]+)\\}");
  for (std::sregex_iterator it(text.begin(), text.end(), brace), end; it != end; ++it) {
    out.insert((*it)[1]);
  }
  return out;
}

TEST(Messages, OfTheJudgeAllExistInBothLanguagesWithTheSameArguments) {
  const YAML::Node known = catalogue();
  const auto keys = keys_in_the_code();
  EXPECT_GT(keys.size(), 50u);
  for (const auto& key : keys) {
    ASSERT_TRUE(known[key]) << key;
    ASSERT_TRUE(known[key]["en"] && known[key]["fr"]) << key;
    EXPECT_EQ(placeholders(known[key]["en"].as<std::string>()),
              placeholders(known[key]["fr"].as<std::string>()))
        << key;
  }
}

TEST(Messages, OfTheCatalogueAreAllUsed) {
  const auto keys = keys_in_the_code();
  for (const auto& entry : catalogue()) {
    const auto key = entry.first.as<std::string>();
    EXPECT_TRUE(!key.starts_with("judge.") || keys.contains(key)) << key;
  }
}

void expect_complete(const Message& message, const YAML::Node& known) {
  ASSERT_TRUE(known[message.key]) << message.key;
  for (const auto& name : placeholders(known[message.key]["en"].as<std::string>())) {
    // The catalogue makes {interval} of its two ends.
    EXPECT_TRUE(message.arguments.contains(name == "interval" ? "low_ns" : name))
        << message.key << " lacks " << name;
  }
}

TEST(Messages, ComeWithEveryArgumentTheyName) {
  Story story;
  story.kill(6s).page(6s, 9s, refused).procedure(7s, "started").procedure(9s, "finished");
  story.says(8s, "server", "restarting");
  const json page{{"probe", "page"}, {"expect", "nominal"}};
  auto with = [](json base, const json& more) {
    base.update(more);
    return base;
  };
  int count = 0;
  auto demand = [&](const std::string& kind, const json& options) {
    story.demand(kind, options, {{"name", kind + std::to_string(++count)}});
  };
  for (const char* limit : {"1ms", "1min"}) {
    demand("recovery", with(page, {{"within", limit}}));
    demand("fallback", with(page, {{"within", limit}}));
    demand("throughout", with(page, {{"longest-outage", limit}}));
    demand("throughout", with(page, {{"longest-outage", limit}, {"allowed-failures", 40}}));
    demand("procedure", {{"run", "restart"}, {"within", limit}});
    demand("log", {{"service", "server"}, {"matches", "re"}, {"within", limit}});
    demand("log", {{"service", "server"}, {"matches", "x"}, {"within", limit}, {"absent", true}});
  }
  demand("throughout", page);
  demand("never", page);
  demand("never", {{"probe", "page"}, {"expect", "degraded"}});
  demand("file", page);
  demand("file", {{"probe", "page"}, {"expect", "down"}});
  demand("log", {{"service", "server"}, {"matches", "re"}, {"absent", true}});
  const YAML::Node known = catalogue();
  std::vector<Story> variants(6, story);
  variants[1].skipped(8s, 12s);
  variants[2].page(6s, 30s, refused);
  variants[3].unrecorded(6s, 30s);
  variants[4].ends("aborted").event(20s, "trouble", {{"what", "x"}}).declare("never-came");
  variants[5].page(9s, 29s, refused);
  for (const Story& variant : variants) {
    const Verdict verdict = variant.verdict();
    for (const auto& reason : verdict.reasons) expect_complete(reason, known);
    for (const auto& finding : verdict.findings) {
      expect_complete(finding.statement, known);
      expect_complete(finding.outcome, known);
      EXPECT_EQ(finding.status == Status::fail, finding.cause.has_value()) << finding.name;
      EXPECT_EQ(finding.status == Status::fail, !finding.failure.empty()) << finding.name;
    }
  }
}

}  // namespace
}  // namespace reprise::testing
