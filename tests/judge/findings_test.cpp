// Several findings about one demand: which leads, and what stands beside it.
#include "harness/judge/findings.h"

#include <gtest/gtest.h>

namespace reprise {
namespace {

Finding finding(Status status, const std::string& failure = "",
                std::optional<Interval> measured = {}) {
  Finding out;
  out.status = status;
  out.failure = failure;
  out.measured = measured;
  return out;
}

Finding lasted(std::optional<Duration> high, const std::string& failure = "chaos.Late") {
  return finding(Status::fail, failure, Interval{Duration::zero(), high});
}

std::vector<std::string> beside(const Finding& out) {
  std::vector<std::string> failures;
  for (const Miss& miss : out.others) failures.push_back(miss.failure);
  return failures;
}

TEST(Graver, IsByStatusThenByTheUpperEnd) {
  const Finding pass = finding(Status::pass, "", Interval{0s, 9s});
  const Finding unknown = finding(Status::inconclusive);
  const std::vector<Finding> rising{pass,       unknown,    finding(Status::fail),
                                    lasted(1s), lasted(2s), lasted(std::nullopt)};
  for (std::size_t i = 0; i < rising.size(); ++i) {
    for (std::size_t j = 0; j < rising.size(); ++j) {
      EXPECT_EQ(graver(rising[i], rising[j]), i > j) << i << " and " << j;
    }
  }
}

TEST(Together, TheGravestLeadsAndOtherMissesStandBesideIt) {
  const Finding out = together({finding(Status::pass), lasted(1s, "chaos.Short"),
                                lasted(3s, "chaos.Long"), finding(Status::inconclusive)});
  EXPECT_EQ(out.failure, "chaos.Long");
  EXPECT_EQ(beside(out), (std::vector<std::string>{"chaos.Short"}));
}

TEST(Together, EachFailureIsToldOnce) {
  Finding long_one = lasted(3s, "chaos.Long");
  long_one.others = {{"chaos.Torn", {}, {}, {}}};
  Finding short_one = lasted(1s, "chaos.Short");
  short_one.others = {{"chaos.Torn", {}, {}, {}}, {"chaos.Lost", {}, {}, {}}};
  const Finding out = together({short_one, long_one, lasted(2s, "chaos.Long"), short_one});
  EXPECT_EQ(beside(out), (std::vector<std::string>{"chaos.Torn", "chaos.Short", "chaos.Lost"}));
}

TEST(Together, OneAloneIsItself) {
  EXPECT_EQ(together({finding(Status::inconclusive)}).status, Status::inconclusive);
  EXPECT_TRUE(together({lasted(1s)}).others.empty());
}

}  // namespace
}  // namespace reprise
