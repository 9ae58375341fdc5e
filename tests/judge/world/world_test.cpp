// Worlds whose truth is known, drawn by the thousand, against the judge.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "tests/judge/world/bills.h"
#include "tests/judge/world/record_of.h"

namespace reprise::testing::world {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value ? std::strtoull(value, nullptr, 10) : otherwise;
}

TEST(World, IsJudgedAsTheLawSays) {
  const std::uint64_t worlds = from_environment("REPRISE_ORACLE", 5000);
  const std::uint64_t first = from_environment("REPRISE_ORACLE_SEED", 1);
  const bool all = std::getenv("REPRISE_ORACLE_ALL") != nullptr;
  std::map<char, std::size_t> drawn;
  std::map<std::string, std::map<std::string, std::size_t>> statuses;
  std::map<char, std::vector<std::uint64_t>> wrong;
  std::size_t shown_so_far = 0;
  for (std::uint64_t seed = first; seed < first + worlds; ++seed) {
    const World world = draw_world(seed);
    const Verdict verdict = judge(record_of(world));
    const auto bills = bills_of(world);
    std::set<char> kinds;
    for (const auto& bill : bills) kinds.insert(bill.kinds.begin(), bill.kinds.end());
    for (const char kind : kinds) ++drawn[kind];
    for (const auto& finding : verdict.findings) {
      ++statuses[finding.kind][std::string(status_name(finding.status))];
    }
    const auto found = violations(bills, world, verdict);
    for (const auto& violation : found) wrong[violation.kind].push_back(seed);
    if (found.empty()) continue;
    if (all) {
      for (const auto& one : found) {
        std::cout << seed << " " << one.kind << " " << one.text << "\n";
      }
    }
    if (++shown_so_far > 3) continue;
    for (const auto& violation : found) ADD_FAILURE() << violation.text;
    std::cout << shown(world, verdict) << "\n";
  }
  for (const auto& [kind, what] : kinds_of_error) {
    std::cout << kind << " " << what << ": drawn in " << drawn[kind] << " of " << worlds
              << " worlds, judged wrongly in " << wrong[kind].size() << "\n";
    EXPECT_GE(drawn[kind] * 100, worlds * 3) << "too few worlds with " << what;
  }
  for (const auto& [kind, counts] : statuses) {
    std::cout << kind << ":";
    for (const auto& [status, count] : counts) std::cout << " " << status << " " << count;
    std::cout << "\n";
  }
}

}  // namespace
}  // namespace reprise::testing::world
