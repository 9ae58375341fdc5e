// What `run` drills and with which randomness: --tag and --seed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/support/program.h"
#include "tests/support/shop.h"

namespace reprise::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Nobody keeps what it writes: only what is written matters here.
constexpr auto ledger = R"(ledgers:
  entries:
    write: {http: {url: "http://${services.web.address}/?${entry.key}=${entry.payload}"}}
    every: 20ms
    timeout: 2s
    read: {command: {run: ["true"]}}
)";

class Selection : public ::testing::Test {
 protected:
  Selection() {
    write_file(root() / "shop/plan.yaml", Shop{.steady = "500ms", .more = ledger}.plan());
  }
  [[nodiscard]] std::filesystem::path root() const { return place_.folder(); }
  void scenario(const std::string& name, const std::string& more) {
    write_file(root() / "shop" / (name + ".yaml"),
               "reprise: 1\nscenario: " + name + "\n" +
                   "faults: [{inject: process_pause, into: web, for: 100ms}]\n" + more);
  }
  [[nodiscard]] bool drilled(const std::string& name) const {
    return std::filesystem::exists(root() / "out/journals/shop" / (name + ".jsonl"));
  }
  Workplace place_;
};

constexpr auto recovers = "assertions: [{recovery: {probe: home, expect: nominal, within: rto}}]\n";

TEST_F(Selection, DrillsWhatHasOneOfTheTags) {
  scenario("one", std::string("tags: [quick, web]\n") + recovers);
  scenario("two", std::string("tags: [slow]\n") + recovers);
  scenario("three", recovers);
  const Finished done = place_.run({"run", "shop", "--out", "out", "--tag", "quick"});
  EXPECT_THAT(done.out, HasSubstr("\n1 drill: ")) << done.err;
  EXPECT_TRUE(drilled("one"));
  EXPECT_FALSE(drilled("two") || drilled("three"));
}

TEST_F(Selection, SaysThatNoScenarioHasTheTagAlsoBesideOneThatSomeHave) {
  scenario("one", std::string("tags: [quick]\n") + recovers);
  const Finished done =
      place_.run({"run", "shop", "--out", "out", "--tag", "quick", "--tag", "quik"});
  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err,
              AllOf(HasSubstr("no scenario has the tag quik"), HasSubstr("did you mean quick?")));
  EXPECT_FALSE(drilled("one"));
}

constexpr std::size_t compared = 2;  // equal by chance once in 10^17

// The marks of the first payloads that a drill wrote into its ledger.
std::vector<std::string> first_draws(const std::filesystem::path& ledger) {
  std::istringstream lines(read_file(ledger));
  std::vector<std::string> marks;
  for (std::string line; marks.size() < compared && std::getline(lines, line);) {
    if (line.starts_with("i ")) marks.push_back(line.substr(line.rfind(' ') + 1));
  }
  EXPECT_EQ(marks.size(), compared) << ledger;
  return marks;
}

struct SeededRun {
  std::string seed;
  std::vector<std::vector<std::string>> draws;  // by repeat
};

TEST_F(Selection, TheSeedThatARunShowsGivesTheSameDrawsAndAnotherOneOthers) {
  scenario("drawn", "repeat: 2\nassertions: [{no-loss: {ledger: entries}}]\n");
  const auto run = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words{"run", "shop", "--out", "out", "--deadline", "60s"};
    words.insert(words.end(), more.begin(), more.end());
    const Finished done = place_.run(words);
    EXPECT_EQ(done.out.substr(0, 5), "seed ") << done.err;
    SeededRun seeded{done.out.substr(5, done.out.find('\n') - 5), {}};
    for (const char* repeat : {"1", "2"}) {
      const std::string name = std::string("drawn-") + repeat + ".entries.ledger";
      seeded.draws.push_back(first_draws(root() / "out/journals/shop" / name));
    }
    return seeded;
  };
  const SeededRun drawn = run({}), again = run({"--seed", drawn.seed});
  EXPECT_EQ(again.seed, drawn.seed);
  EXPECT_EQ(again.draws, drawn.draws);
  EXPECT_NE(drawn.draws.at(0), drawn.draws.at(1)) << "a repeat has draws of its own";
  const SeededRun other = run({"--seed", drawn.seed == "7" ? "8" : "7"});
  EXPECT_NE(other.draws.at(0), drawn.draws.at(0));
  EXPECT_NE(other.draws.at(1), drawn.draws.at(1));
}

}  // namespace
}  // namespace reprise::testing
