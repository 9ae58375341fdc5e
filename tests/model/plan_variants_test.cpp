// A scenario that gives a variable of the plan another value is drilled with a plan that has it.
#include <unistd.h>

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/model/scenario/scenario.h"
#include "tests/model/sample_vocabulary.h"

namespace reprise {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string plan_with_mode =
    "reprise: 1\nplan: p\nvars: {mode: slow, other: 1}\nsystem:\n  services:\n"
    "    a: {command: [run, \"${mode}\"], env: {MODE: \"is ${mode}\", OTHER: \"${other}\"}}\n"
    "probes: {d: {tcp: {address: x}, timeout: 1s}}\n";
const std::string judged_scenario =
    "assertions: [{throughout: {probe: d, expect: {outcome: answered}}}]\nreprise: 1\n";

class PlanOfAScenario : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "reprise-variants.XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    write("plan.yaml", plan_with_mode);
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
  }
  void scenario(const std::string& name, const std::string& more = "") {
    write(name + ".yaml", judged_scenario + more +
                              (more.find("scenario:") == more.npos ? "scenario: " + name : ""));
  }

  std::vector<LoadedPlan> plans(const std::string& file = ".") {
    auto loaded = load({folder_ / file}, sample_vocabulary());
    if (loaded) return std::move(*loaded);
    for (const Error& error : loaded.error()) ADD_FAILURE() << error.text();
    return {};
  }
  std::string refused(const std::string& file = ".") {
    const auto loaded = load({folder_ / file}, sample_vocabulary());
    std::string out;
    for (const Error& error : loaded ? Errors() : loaded.error()) out += error.text() + "\n";
    return out;
  }

  static std::vector<std::string> names(const LoadedPlan& loaded) {
    std::vector<std::string> out;
    for (const Scenario& one : loaded.scenarios) out.push_back(one.name);
    return out;
  }

  fs::path folder_;
};

TEST_F(PlanOfAScenario, HasTheValuesThatTheScenarioGives) {
  scenario("one");
  scenario("two", "vars: {mode: fast}\n");
  const auto loaded = plans();
  ASSERT_EQ(loaded.size(), 2U);
  EXPECT_THAT(names(loaded[0]), ElementsAre("one"));
  EXPECT_THAT(loaded[0].plan.services.at("a").command, ElementsAre("run", "slow"));
  EXPECT_THAT(names(loaded[1]), ElementsAre("two"));
  EXPECT_EQ(loaded[1].plan.name, "p");
  EXPECT_THAT(loaded[1].plan.services.at("a").command, ElementsAre("run", "fast"));
  EXPECT_EQ(loaded[1].plan.services.at("a").env.at("MODE"), "is fast");
  EXPECT_EQ(loaded[1].plan.services.at("a").env.at("OTHER"), "1");
  EXPECT_EQ(loaded[1].hashes, loaded[0].hashes);
}

TEST_F(PlanOfAScenario, IsOneForAllThatGiveTheSameAndForThoseThatChangeNothing) {
  scenario("one", "vars: {mode: slow}\n");
  scenario("two", "vars: {mode: fast}\n");
  scenario("three", "vars: {mode: fast}\n");
  scenario("four", "vars: {other: 1, word: x}\ntitle: \"${word}\"\n");
  const auto loaded = plans();
  ASSERT_EQ(loaded.size(), 2U);
  EXPECT_THAT(names(loaded[0]), ElementsAre("four", "one"));
  EXPECT_THAT(names(loaded[1]), ElementsAre("three", "two"));
}

TEST_F(PlanOfAScenario, IsTheOnlyOneWhenEveryScenarioChangesIt) {
  scenario("two", "vars: {mode: fast}\n");
  const auto loaded = plans();
  ASSERT_EQ(loaded.size(), 1U);
  EXPECT_THAT(loaded[0].plan.services.at("a").command, ElementsAre("run", "fast"));
}

TEST_F(PlanOfAScenario, IsOneForEveryCombinationOfAMatrix) {
  scenario("each", "for-each: {mode: [fast, slow, none]}\nscenario: \"each-${mode}\"\n");
  const auto loaded = plans();
  ASSERT_EQ(loaded.size(), 3U);
  EXPECT_THAT(names(loaded[0]), ElementsAre("each-slow"));
  EXPECT_THAT(loaded[1].plan.services.at("a").command, ElementsAre("run", "fast"));
  EXPECT_THAT(loaded[2].plan.services.at("a").command, ElementsAre("run", "none"));
}

TEST_F(PlanOfAScenario, GivesItWhatItInheritsWithTheSameValues) {
  write("plan.yaml", plan_with_mode + "defaults: {tags: [\"${mode}\"]}\n");
  scenario("one");
  scenario("two", "vars: {mode: fast}\n");
  const auto loaded = plans();
  ASSERT_EQ(loaded.size(), 2U);
  EXPECT_THAT(loaded[0].scenarios[0].tags, ElementsAre("slow"));
  EXPECT_THAT(loaded[1].scenarios[0].tags, ElementsAre("fast"));
}

TEST_F(PlanOfAScenario, IsTheSameWhereOnlyWhatIsInheritedDiffers) {
  write("plan.yaml",
        "reprise: 1\nplan: p\nvars: {mode: slow}\nsystem: {services: {a: {command: [run]}}}\n"
        "probes: {d: {tcp: {address: x}, timeout: 1s}}\ndefaults: {tags: [\"${mode}\"]}\n");
  scenario("one");
  scenario("two", "vars: {mode: fast}\n");
  const auto loaded = plans();
  ASSERT_EQ(loaded.size(), 1U);
  EXPECT_THAT(names(loaded[0]), ElementsAre("one", "two"));
  EXPECT_THAT(loaded[0].scenarios[1].tags, ElementsAre("fast"));
}

TEST_F(PlanOfAScenario, IsCheckedWithItsValues) {
  write("plan.yaml",
        "reprise: 1\nplan: p\nvars: {who: a}\nsystem:\n  services:\n    a: {command: [run]}\n"
        "    b: {command: [run], after: [\"${who}\"]}\n"
        "probes: {d: {tcp: {address: x}, timeout: 1s}}\n");
  scenario("two", "vars: {who: c}\n");
  EXPECT_THAT(refused(), HasSubstr("plan.yaml:7:33: 'c' is not a service of this plan"));
}

TEST_F(PlanOfAScenario, KeepsTheSecretsOfThePlan) {
  write("plan.yaml",
        "reprise: 1\nplan: p\nvars: {word: {secret: first-word}}\nsystem:\n  services:\n"
        "    a: {command: [run], env: {WORD: {secret: \"${word}\"}}}\n"
        "probes: {d: {tcp: {address: x}, timeout: 1s}}\n");
  scenario("two", "vars: {word: {secret: second-word}}\n");
  const auto said = refused();
  EXPECT_THAT(said, HasSubstr("two.yaml:3:7: a scenario cannot change a secret of the plan"));
  EXPECT_THAT(said, testing::Not(HasSubstr("second-word")));
}

TEST_F(PlanOfAScenario, WantsEveryVariableUsedSomewhere) {
  scenario("one", "title: \"n ${other}\"\n");
  scenario("two", "vars: {mode: fast, medo: 5}\n");
  EXPECT_THAT(refused(), HasSubstr("two.yaml:3:20: nothing uses the variable 'medo' (write "
                                   "${medo} where it is meant)"));
  // A variable of the plan may be for scenarios that were not asked for.
  std::string more = plan_with_mode;
  write("plan.yaml", more.replace(more.find("other: 1"), 8, "other: 1, unused: 5"));
  scenario("two", "title: \"n ${unused}\"\n");
  EXPECT_EQ(refused("one.yaml"), "");
  EXPECT_EQ(refused(), "");
  scenario("two");
  EXPECT_EQ(refused("one.yaml"), "");
  EXPECT_THAT(refused(), HasSubstr("nothing uses the variable 'unused'"));
}

TEST_F(PlanOfAScenario, WantsNoSecretToBeUsed) {
  std::string more = plan_with_mode;
  write("plan.yaml",
        more.replace(more.find("other: 1"), 8, "other: 1, token: fifty-fifty, key: {secret: abc}"));
  scenario("one", "title: \"n ${other}\"\n");
  EXPECT_EQ(refused(), "");
}

TEST_F(PlanOfAScenario, CannotBeMadeInThousandsOfWaysOfALargePlan) {
  std::string text = "reprise: 1\nplan: p\nvars: {mode: slow}\nsystem:\n  services:\n";
  for (int i = 0; i < 3000; ++i)
    text += fmt::format("    a{}: {{command: [run, \"${{mode}}\"]}}\n", i);
  write("plan.yaml", text + "probes: {d: {tcp: {address: x}, timeout: 1s}}\n");
  std::string values;
  for (int i = 0; i < 1000; ++i) values += fmt::format("{}{}", i > 0 ? ", " : "", i);
  scenario("each", "for-each: {mode: [" + values + "]}\nscenario: \"each-${mode}\"\n");
  EXPECT_THAT(refused(), HasSubstr("in too many ways for so large a plan"));
}

TEST_F(PlanOfAScenario, GivesProgramsWhatIsWrittenAndNotWhatItMeansToJson) {
  write("plan.yaml", R"(reprise: 1
plan: p
vars: {mask: 0022, flag: True, word: "0033"}
system:
  services:
    a:
      command: [run, 0755, 1.10, 1e3, 0x1F, 0o17, 1_000, True, yes, on, 12:30:00, "${mask}",
                "-m${mask}", "${flag}", "${word}", +5, -0, 08080, .5, FALSE]
      env: &shared {A: 0755, B: True, C: yes, D: on, E: 1_000, F: 0x1F, G: 1e3, H: 1.10,
            I: "${mask}", J: "$$HOME $HOME", K: "~", L: "", M: 2026-11-30}
    b: {command: [run], env: *shared}
probes: {d: {tcp: {address: x}, timeout: 1s}}
)");
  scenario("one");
  const auto loaded = plans();
  ASSERT_EQ(loaded.size(), 1U);
  const Service& a = loaded[0].plan.services.at("a");
  EXPECT_THAT(a.command, ElementsAre("run", "0755", "1.10", "1e3", "0x1F", "0o17", "1_000", "True",
                                     "yes", "on", "12:30:00", "0022", "-m0022", "True", "0033",
                                     "+5", "-0", "08080", ".5", "FALSE"));
  using testing::Pair;
  EXPECT_THAT(
      a.env, ElementsAre(Pair("A", "0755"), Pair("B", "True"), Pair("C", "yes"), Pair("D", "on"),
                         Pair("E", "1_000"), Pair("F", "0x1F"), Pair("G", "1e3"), Pair("H", "1.10"),
                         Pair("I", "0022"), Pair("J", "$$HOME $HOME"), Pair("K", "~"),
                         Pair("L", ""), Pair("M", "2026-11-30")));
  EXPECT_EQ(loaded[0].plan.services.at("b").env, a.env);
}

TEST_F(PlanOfAScenario, GivesProgramsWhatAScenarioWroteForAVariable) {
  write("plan.yaml",
        "reprise: 1\nplan: p\nvars: {mask: 0022}\nsystem:\n  services:\n"
        "    a: {command: [run, \"${mask}\"]}\nprobes: {d: {tcp: {address: x}, timeout: 1s}}\n");
  scenario("two", "vars: {mask: 22}\n");
  scenario("each", "for-each: {mask: [0077, 1.0]}\nscenario: \"each-${mask}\"\n");
  const auto loaded = plans();
  ASSERT_EQ(loaded.size(), 3U);
  EXPECT_THAT(loaded[0].plan.services.at("a").command, ElementsAre("run", "0077"));
  EXPECT_THAT(names(loaded[0]), ElementsAre("each-0077"));
  EXPECT_THAT(loaded[1].plan.services.at("a").command, ElementsAre("run", "1.0"));
  EXPECT_THAT(loaded[2].plan.services.at("a").command, ElementsAre("run", "22"));
}

}  // namespace
}  // namespace reprise
