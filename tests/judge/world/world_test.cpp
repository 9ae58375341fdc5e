// Worlds whose truth is known, drawn by the thousand, against the judge.
//
// REPRISE_ORACLE says how many worlds (5,000), REPRISE_ORACLE_SEED the first of them; with
// REPRISE_ORACLE_ALL every violation is a line: seed, kind of error, what it is.
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

// What the judge said of many worlds.
struct Tally {
  std::map<std::string, std::map<std::string, std::size_t>> statuses;  // by kind of assertion
  std::map<std::string, std::size_t> unsaid;        // inconclusive, by kind and key
  std::map<char, std::size_t> wrong;                // violations, by kind of error
  std::map<std::string, std::size_t> held, passed;  // where nothing was hidden or void
  std::map<std::string, std::size_t> missed, failed;
  std::vector<std::string> silent;  // what the judge might have said there, and did not
};

bool hidden_lines(const World& world) {
  return std::ranges::any_of(
      world.lines, [](const TrueLine& line) { return line.kept != TrueLine::Kept::whole; });
}

bool hidden_looks(const World& world) {
  for (const auto& probe : world.probes) {
    for (const auto& shot : probe.shots) {
      if (shot.skipped || shot.cut) return true;
    }
  }
  return false;
}

void count(const World& world, const std::vector<Bill>& bills, const Verdict& verdict,
           Tally& tally) {
  const bool no_lines = hidden_lines(world), no_looks = hidden_looks(world);
  for (const auto& finding : verdict.findings) {
    ++tally.statuses[finding.kind][std::string(status_name(finding.status))];
    if (finding.status == Status::inconclusive) {
      ++tally.unsaid[finding.kind + " " + finding.outcome.key];
    }
    const auto bill = std::ranges::find(bills, finding.name, &Bill::name);
    if (bill == bills.end() || !verdict.reasons.empty()) continue;
    if (finding.kind == "log" ? no_lines : no_looks) continue;
    const bool miss = finding.status == Status::fail || finding.status == Status::conditional;
    if (bill->no_fail && !bill->no_pass) {
      ++tally.held[finding.kind];
      tally.passed[finding.kind] += finding.status == Status::pass ? 1 : 0;
      if (finding.status != Status::pass) {
        tally.silent.push_back(std::to_string(world.seed) + " " + finding.name + " " +
                               finding.outcome.key + " is held");
      }
    }
    if (!bill->missed.empty()) {
      ++tally.missed[finding.kind];
      tally.failed[finding.kind] += miss ? 1 : 0;
      if (!miss) {
        tally.silent.push_back(std::to_string(world.seed) + " " + finding.name + " " +
                               finding.outcome.key + " is missed");
      }
    }
  }
}

void show(const Tally& tally, bool all) {
  for (const auto& [kind, what] : kinds_of_error) {
    const auto wrong = tally.wrong.find(kind);
    std::cout << kind << " " << what << ": " << (wrong == tally.wrong.end() ? 0 : wrong->second)
              << " violations\n";
  }
  for (const auto& [kind, counts] : tally.statuses) {
    std::cout << kind << ":";
    for (const auto& [status, number] : counts) std::cout << " " << status << " " << number;
    std::cout << "\n";
  }
  for (const auto& [key, number] : tally.unsaid) {
    if (all) std::cout << "  inconclusive: " << key << " " << number << "\n";
  }
  for (const auto& one : tally.silent) {
    if (all) std::cout << "  silent: " << one << "\n";
  }
}

// In slices, each of which is a test with a time of its own.
constexpr std::uint64_t slices = 5;
class Worlds : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(Worlds, AreJudgedAsTheLawSays) {
  const std::uint64_t all_worlds = from_environment("REPRISE_ORACLE", 5000);
  const std::uint64_t worlds = (all_worlds + slices - 1) / slices;
  const std::uint64_t first = from_environment("REPRISE_ORACLE_SEED", 1) + GetParam() * worlds;
  if (GetParam() >= all_worlds) return;
  const bool all = std::getenv("REPRISE_ORACLE_ALL") != nullptr;
  Tally tally;
  std::size_t shown_so_far = 0;
  for (std::uint64_t seed = first; seed < first + worlds; ++seed) {
    const World world = draw_world(seed);
    const Verdict verdict = judge(record_of(world));
    const auto bills = bills_of(world);
    count(world, bills, verdict, tally);
    const auto found = violations(bills, world, verdict);
    for (const auto& one : found) {
      ++tally.wrong[one.kind];
      if (all) std::cout << seed << " " << one.kind << " " << one.text << "\n";
    }
    if (found.empty() || ++shown_so_far > 3) continue;
    for (const auto& violation : found) ADD_FAILURE() << "seed " << seed << ": " << violation.text;
    std::cout << shown(world, verdict) << "\n";
  }
  show(tally, all);
  // A judge that never says anything would violate nothing: where all is in the open, it speaks.
  for (const auto& [kind, held] : tally.held) {
    if (all) std::cout << kind << " held " << held << " passed " << tally.passed[kind] << "\n";
    if (held < 50) continue;
    EXPECT_GE(tally.passed[kind] * 100, held * 60) << kind;
  }
  for (const auto& [kind, missed] : tally.missed) {
    if (all) std::cout << kind << " missed " << missed << " failed " << tally.failed[kind] << "\n";
    if (missed < 50) continue;
    EXPECT_GE(tally.failed[kind] * 100, missed * 98) << kind;
  }
}

INSTANTIATE_TEST_SUITE_P(Slice, Worlds, ::testing::Range(std::uint64_t{0}, slices));

// What the worlds found in the judge before it was rewritten (2d5d7fd), among the first 5,000; a
// seed is good for this generator only. Its wrong passes, and its wrong misses:
//
//   kind  passes: seeds                                  misses: seeds
//   a     throughout: 110 133 160 253 286; fallback: 479   -
//         945 1496; steady state: 4 147 401 1389
//   b     recovery: 75 91 103 125 158 172 371 972          recovery: 33 107 256 292 470
//   c     fallback: 13 55 155 219; rpo: 37 161 528;        fallback: 8 91 747; log: 126 595
//         log: 30 52 151 224                               1896
//   d     consistent: 195 401 728; recovery: 182 476 656;  recovery: 57 135 156; never: 282
//         log: 62 134; throughout: 895                     456; throughout: 65 356
//   e     excused by `known`: throughout 667 848 989,      -
//         recovery 691, rpo 999, no-loss 992 1268 2018
//   f     the verdict, with the steady state not back:     -
//         416 463 771 955 1113; undated: rpo 159 166 370
TEST(World, IsDrawnSoThatEachKindOfErrorWouldShow) {
  constexpr std::size_t worlds = 2000;
  std::map<char, std::size_t> drawn;
  for (std::uint64_t seed = 1; seed <= worlds; ++seed) {
    std::set<char> kinds;
    for (const auto& bill : bills_of(draw_world(seed))) {
      kinds.insert(bill.kinds.begin(), bill.kinds.end());
    }
    for (const char kind : kinds) ++drawn[kind];
  }
  for (const auto& [kind, what] : kinds_of_error) {
    std::cout << kind << " " << what << ": drawn in " << drawn[kind] << " of " << worlds << "\n";
    EXPECT_GE(drawn[kind] * 100, worlds * 3) << "too few worlds with " << what;
  }
}

// Demands are made only where the law can be read in one way and the world fits it; most do.
TEST(World, HasATruthThatTheLawAllows) {
  std::size_t spells = 0, lawless = 0, unsure = 0;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    const World world = draw_world(seed);
    const WatchedProbe& probe = world.probes.front();
    for (const Reading reading : readings) {
      const Recovering all = recovering(world, probe, Want::nominal, reading);
      for (const auto& spell : all.spells) {
        ++spells;
        lawless += spell.lawful ? 0 : 1;
        if (!spell.lawful) continue;
        unsure += causes_of(world, probe, spell, all, {}).unsure ? 1 : 0;
        ASSERT_LE(spell.begin, spell.min_f) << seed;
        ASSERT_GE(spell.end, spell.i_y) << seed;
        ASSERT_LE(spell.end, spell.f_z.value_or(forever)) << seed;
        ASSERT_GE(spell.begin, spell.i_g.value_or(0s)) << seed;
      }
    }
  }
  std::cout << spells << " outages, " << lawless << " without a lawful history, " << unsure
            << " whose cause can be read in two ways\n";
  EXPECT_LE(lawless * 100, spells * 2);
  EXPECT_LE(unsure * 100, spells * 10);
}

}  // namespace
}  // namespace reprise::testing::world
