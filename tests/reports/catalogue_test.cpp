#include "reports/catalogue.h"

#include <fstream>
#include <regex>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

namespace reprise {
namespace {

using ::testing::HasSubstr;

std::set<std::string> arguments_of(const std::string& pattern) {
  static const std::regex argument("\\{([^}]*)\\}");
  std::set<std::string> names;
  for (std::sregex_iterator at(pattern.begin(), pattern.end(), argument), end; at != end; ++at) {
    names.insert((*at)[1]);
  }
  return names;
}

TEST(TheCatalogue, SaysEverythingInBothLanguagesWithTheSameArguments) {
  const YAML::Node root = YAML::LoadFile(REPRISE_SOURCE_DIR "/reports/messages.yaml");
  std::set<std::string> keys;
  for (const auto& entry : root) {
    const auto key = entry.first.as<std::string>();
    EXPECT_TRUE(keys.insert(key).second) << key << " stands twice";
    ASSERT_TRUE(entry.second["en"] && entry.second["fr"]) << key;
    const auto en = entry.second["en"].as<std::string>(), fr = entry.second["fr"].as<std::string>();
    EXPECT_FALSE(en.empty() || fr.empty()) << key;
    EXPECT_EQ(arguments_of(en), arguments_of(fr)) << key;
  }
  EXPECT_EQ(keys.size(), catalogue_keys().size());
  EXPECT_GT(keys.size(), 200u);
}

// A key that is misspelt in a .cpp would be shown to people as it stands.
TEST(TheCatalogue, KnowsEveryKeyThatReportsAskFor) {
  const std::vector<std::string> known = catalogue_keys();
  const std::regex asked("(?:words|plain|text|row|fold|add|join|say|said)\\(\\s*\"([a-z0-9.-]+)\"");
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(
           std::filesystem::path(REPRISE_SOURCE_DIR) / "reports")) {
    if (entry.path().extension() != ".cpp") continue;
    std::ifstream file(entry.path());
    const std::string source((std::istreambuf_iterator<char>(file)), {});
    for (std::sregex_iterator at(source.begin(), source.end(), asked), end; at != end; ++at) {
      const std::string key = (*at)[1];
      if (key.ends_with('.')) continue;  // completed at run time
      EXPECT_THAT(known, ::testing::Contains(key)) << entry.path();
      ++seen;
    }
  }
  EXPECT_GT(seen, 100u);
}

TEST(Messages, AreFilledInTheReadersLanguage) {
  const Message message{"live.clock", {{"elapsed", "1 s"}, {"limit_ns", 1'500'000'000}}};
  EXPECT_EQ(render(message, "en"), "1 s of 1.5 s");
  EXPECT_EQ(render(message, "fr"), "1 s sur 1,5 s");
}

TEST(Messages, FallBackToEnglishForOtherLanguages) {
  EXPECT_EQ(text("status.fail", "de"), "Failed");
}

TEST(Messages, ShowWhatTheCatalogueDoesNotKnow) {
  EXPECT_EQ(render({"no.such-key", {{"count", 3}}}, "en"), "no.such-key, count: 3");
  EXPECT_EQ(text("live.clock", "en", {{"elapsed", "1 s"}}), "1 s of {limit_ns}");
}

TEST(Messages, NeverReadBracesOfTheirArguments) {
  EXPECT_EQ(text("procedure.why", "en", {{"procedure", "{why}"}, {"why", "x"}}), "{why}: x");
}

TEST(Messages, MakeTheirArgumentsVisible) {
  EXPECT_EQ(text("procedure.why", "en", {{"procedure", "a\x1b"}, {"why", {"b", "c\n"}}}),
            "a\\x1b: b, c\\n");
}

TEST(Messages, CallAnIntervalWithoutEndUnbounded) {
  EXPECT_EQ(text("interval.at-most", "en", {{"high_ns", nullptr}}), "at most unbounded");
}

TEST(TheCatalogue, PutsTheRealIntervalBesideTheCompressedOne) {
  Message message{
      "judge.rpo.within",
      {{"acknowledged", 9}, {"lost", 1}, {"low_ns", 1'000'000'000}, {"high_ns", 2'000'000'000}}};
  EXPECT_THAT(render(message, "en"), HasSubstr("between 1 s and 2 s"));
  message.arguments.update({{"real_low_ns", 60'000'000'000}, {"real_high_ns", 120'000'000'000}});
  EXPECT_THAT(render(message, "en"),
              HasSubstr("between 1 s and 2 s (between 1 min and 2 min in reality)"));
  message.arguments["real_high_ns"] = message.arguments["high_ns"] = nullptr;
  EXPECT_THAT(render(message, "fr"), HasSubstr("sans fin constatée en réalité)"));
}

TEST(Messages, WordTheirIntervalAsEverywhere) {
  const auto said = [](Duration low, const nlohmann::json& high, const std::string& language) {
    return render(
        {"judge.throughout.outage", {{"probe", "p"}, {"low_ns", low.count()}, {"high_ns", high}}},
        language);
  };
  EXPECT_EQ(said(1s, 2'000'000'000, "en"), "The longest outage of p lasted between 1 s and 2 s");
  EXPECT_EQ(said(0s, 2'000'000'000, "fr"), "La plus longue interruption de p a duré au plus 2 s");
  EXPECT_EQ(said(614'001us, 614'002'000, "en"), "The longest outage of p lasted 614 ms")
      << "ends that read the same are one figure";
  EXPECT_EQ(said(1s, nullptr, "en"), "The longest outage of p lasted at least 1 s, no end seen");
}

// A straight apostrophe in French is a typist's.
TEST(TheCatalogue, WritesFrenchApostrophesAsPrinted) {
  for (const auto& entry : YAML::LoadFile(REPRISE_SOURCE_DIR "/reports/messages.yaml")) {
    EXPECT_EQ(entry.second["fr"].as<std::string>().find('\''), std::string::npos)
        << entry.first.as<std::string>();
  }
}

TEST(DurationsForPeople, ShowWhatCanBeToldApart) {
  const auto en = [](Duration duration) { return duration_text(duration, "en"); };
  EXPECT_EQ(en(0ns), "0 s");
  EXPECT_EQ(en(312ns), "312 ns");
  EXPECT_EQ(en(41'400ns), "41 µs");
  EXPECT_EQ(en(2'512'345ns), "2.51 ms");
  EXPECT_EQ(en(52'345us), "52.3 ms");
  EXPECT_EQ(en(903'400us), "903 ms");
  EXPECT_EQ(en(999'700us), "1 s") << "rounding up changes the unit";
  EXPECT_EQ(en(4'358'234us), "4.358 s");
  EXPECT_EQ(en(12'345ms), "12.35 s");
  EXPECT_EQ(en(59'999ms), "1 min");
  EXPECT_EQ(en(90'500ms), "1 min 30.5 s");
  EXPECT_EQ(en(5min), "5 min");
  EXPECT_EQ(en(1h + 30min), "1 h 30 min");
  EXPECT_EQ(en(24h * 90), "90 d");
  EXPECT_EQ(en(-250ms), "−250 ms");
}

TEST(DurationsForPeople, HaveADecimalCommaInFrench) {
  EXPECT_EQ(duration_text(4'358ms, "fr"), "4,358 s");
  EXPECT_EQ(duration_text(24h * 2 + 3h, "fr"), "2 j 3 h");
}

TEST(DurationsForPeople, SurviveTheirExtremes) {
  EXPECT_FALSE(duration_text(Duration::max(), "en").empty());
  EXPECT_FALSE(duration_text(Duration::min(), "en").empty());
}

}  // namespace
}  // namespace reprise
