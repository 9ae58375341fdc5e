// --again: what was inconclusive is drilled once more, and the record says so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "tests/support/program.h"
#include "tests/support/shop.h"

namespace reprise::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

// Its service does not come up the first time.
constexpr auto reluctant =
    R"([sh, -c, "[ -e {0} ] && exec python3 -m http.server ${{port}} --bind 127.0.0.1;)"
    R"( touch {0}; exit 1"])";

constexpr auto paused = R"(reprise: 1
scenario: paused
faults: [{inject: process_pause, into: web, for: 300ms}]
assertions: [{recovery: {probe: home, expect: nominal, within: rto, sustained: 300ms}}]
)";

// It would keep its promise the second time.
constexpr auto better_next_time = R"([sh, -c, "[ -e {0} ] && echo better; touch {0};)"
                                  R"( exec python3 -m http.server ${{port}} --bind 127.0.0.1"])";

constexpr auto wanting = R"(reprise: 1
scenario: paused
faults: [{inject: process_pause, into: web, for: 300ms}]
assertions: [{log: {service: web, matches: better, during: all}}]
)";

struct Again : ::testing::Test {
  Workplace place;
  Again() {
    const Shop shop{.command = fmt::format(reluctant, (place.folder() / "came-up").string()),
                    .every = "200ms",
                    .steady = "200ms"};
    write_file(place.folder() / "shop/plan.yaml", shop.plan());
    write_file(place.folder() / "shop/paused.yaml", paused);
  }
  [[nodiscard]] std::string written(const std::string& path) const {
    return read_file(place.folder() / path);
  }
};

TEST_F(Again, DrillsOnceMoreWhatWasInconclusiveAndNamesTheEarlierAttempt) {
  const Finished done = place.run({"run", "shop", "--again", "9", "--out", "out"});
  EXPECT_EQ(done.code, 0) << done.out << done.err;
  EXPECT_THAT(done.out, HasSubstr("drilled again, attempt 2"));
  EXPECT_THAT(done.out, HasSubstr("1 drill: 1 passed"));
  const json drill = only_drill(place);
  const json& attempts = drill.at("earlier");  // more than one where the machine is slow
  ASSERT_GE(attempts.size(), 1U);
  const std::string last = fmt::format("journals/shop/paused.again-{}.jsonl", attempts.size());
  EXPECT_EQ(drill.at("journal"), last);
  const json& earlier = attempts.at(0);
  EXPECT_EQ(earlier.at("journal"), "journals/shop/paused.jsonl");
  for (const char* report : {"out/report.html", "out/junit.xml"}) {
    EXPECT_THAT(written(report), HasSubstr(earlier.at("head").get<std::string>())) << report;
  }
  std::vector<std::string> report{"report", "out/" + last, "--out", "x"};
  for (const json& attempt : attempts) {
    report.push_back("out/" + attempt.at("journal").get<std::string>());
  }
  place.run(report);
  EXPECT_EQ(written("x/report.html"), written("out/report.html"));
}

TEST_F(Again, IsNeverDoneOfWhatFailed) {
  const Shop shop{.command = fmt::format(better_next_time, (place.folder() / "was-up").string())};
  write_file(place.folder() / "shop/plan.yaml", shop.plan());
  write_file(place.folder() / "shop/paused.yaml", wanting);
  const Finished done = place.run({"run", "shop", "--again", "9", "--out", "out"});
  EXPECT_EQ(done.code, 1) << done.out << done.err;
  EXPECT_EQ(only_drill(place).at("journal"), "journals/shop/paused.jsonl");
  EXPECT_FALSE(std::filesystem::exists(place.folder() / "out/journals/shop/paused.again-1.jsonl"));
}

TEST_F(Again, IsNotDoneUnlessAskedFor) {
  const Finished done = place.run({"run", "shop", "--out", "out"});
  EXPECT_EQ(done.code, 3) << done.out << done.err;
}

}  // namespace
}  // namespace reprise::testing
