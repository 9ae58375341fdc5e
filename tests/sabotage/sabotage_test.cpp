// Test the tester: every shipped scenario fails, for the expected reason, on a system that really
// is broken. Each test drills a sabotaged copy with the program as it is shipped: of each plan one
// for every kind of assertion that a sabotage breaks, and with REPRISE_SABOTAGE=all, as every
// night, the others.
#include <cstdlib>
#include <map>
#include <regex>

#include <gmock/gmock.h>
#include <yaml-cpp/yaml.h>
#include <nlohmann/json.hpp>

#include "tests/sabotage/sabotage.h"

namespace reprise::sabotage {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// Exit codes of a drill that found a promise broken, and of one that could not tell.
constexpr int missed = 1, inconclusive = 3;
constexpr int most_drills = 3;

std::string program() {
  const char* other = std::getenv("REPRISE_PROGRAM");
  return other ? other : REPRISE_SOURCE_DIR "/build/release/reprise";
}

// The assertions that failed, "kind: what was seen", from summary.json.
std::vector<std::string> failures(const fs::path& summary) {
  std::vector<std::string> found;
  const auto content = nlohmann::json::parse(read(summary));
  for (const auto& drill : content.at("drills")) {
    for (const auto& finding : drill.at("findings")) {
      if (finding.at("status") != "fail") continue;
      found.push_back(finding.at("kind").get<std::string>() + ": " +
                      finding.at("seen").at("text").get<std::string>());
    }
  }
  return found;
}

class Sabotaged : public ::testing::TestWithParam<Sabotage> {};

TEST_P(Sabotaged, FailsItsDrill) {
  const Sabotage& sabotage = GetParam();
  const char* which = std::getenv("REPRISE_SABOTAGE");
  if (!sabotage.always && (!which || which != std::string("all"))) {
    GTEST_SKIP() << "every night: REPRISE_SABOTAGE=all";
  }
  const SabotagedPlan broken(sabotage);
  // What saw a miss and was made void by something else is not drilled again by `--again`.
  int code = inconclusive;
  for (int i = 0; i < most_drills && code == inconclusive; ++i) {
    code = run({program(), "run", broken.plan(), sabotage.scenario, "--out", broken.out(),
                "--plain", "--seed", "1", "--again", "5"},
               broken.log());
  }
  ASSERT_EQ(code, missed) << sabotage.why << "\n" << read(broken.log());
  EXPECT_THAT(failures(broken.out() / "summary.json"),
              Contains(AllOf(StartsWith(sabotage.finding + ": "), HasSubstr(sabotage.says))))
      << sabotage.why << "\n"
      << read(broken.log());
}

std::string test_name(const ::testing::TestParamInfo<Sabotage>& tested) {
  // A scenario may be sabotaged in several ways, which stand one after the other.
  static const std::vector<Sabotage> every = all();
  const auto same = [&](const Sabotage& other) {
    return other.plan == tested.param.plan && other.scenario == tested.param.scenario;
  };
  const auto before = every.begin() + static_cast<std::ptrdiff_t>(tested.index);
  const auto earlier = std::count_if(every.begin(), before, same);
  const std::string name = tested.param.plan + "_" + tested.param.scenario +
                           (earlier > 0 ? "_" + std::to_string(earlier + 1) : "");
  return std::regex_replace(name, std::regex("[^A-Za-z0-9]"), "_");
}

INSTANTIATE_TEST_SUITE_P(Drills, Sabotaged, ::testing::ValuesIn(all()), test_name);

TEST(Sabotages, FitTheSystemsAsTheyAre) {
  ASSERT_FALSE(all().empty());
  for (const Sabotage& sabotage : all()) {
    EXPECT_FALSE(sabotage.edits.empty()) << sabotage.scenario;
    EXPECT_NO_THROW((void)broken_files(sabotage)) << sabotage.scenario;
  }
}

TEST(Sabotages, OfEveryPlanAndFindingAreDrilledOnceOnEveryChange) {
  std::map<std::string, int> always;
  for (const Sabotage& sabotage : all()) {
    always[sabotage.plan + " " + sabotage.finding] += sabotage.always ? 1 : 0;
  }
  for (const auto& [which, count] : always) EXPECT_EQ(count, 1) << which << ": say always: true";
}

TEST(Sabotages, KnowEveryScenario) {
  std::vector<std::string> sabotaged;
  for (const Sabotage& sabotage : all()) sabotaged.push_back(sabotage.scenario);
  for (const auto& plan : fs::directory_iterator(fs::path(REPRISE_SOURCE_DIR) / "scenarios")) {
    if (!fs::exists(plan.path() / "plan.yaml")) continue;
    for (const auto& file : fs::directory_iterator(plan)) {
      if (file.path().extension() != ".yaml" || file.path().filename() == "plan.yaml") continue;
      const auto name = YAML::LoadFile(file.path())["scenario"].as<std::string>();
      // One of a matrix stands for all of it.
      const auto pattern = std::regex_replace(name, std::regex(R"(\$\{\w+\})"), "[a-z0-9._-]+");
      EXPECT_THAT(sabotaged, Contains(::testing::MatchesRegex(pattern)))
          << file.path() << ": say in tests/sabotage/ what it must not survive";
    }
  }
}

TEST(Edits, RefuseATextThatIsNotThereOnce) {
  EXPECT_EQ(edited("a b c", {"file", "b", "x"}), "a x c");
  EXPECT_THROW((void)edited("a c", {"file", "b", "x"}), std::runtime_error);
  EXPECT_THROW((void)edited("b b", {"file", "b", "x"}), std::runtime_error);
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Sabotage& sabotage) {
  return out << sabotage.scenario;
}

}  // namespace reprise::sabotage
