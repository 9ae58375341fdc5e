// What may be demanded of the judge's finding about a world whose truth is known.
//
// `no_pass`: the demand was truly violated, or cannot have been shown, whatever the law leaves
// open. `no_fail`: it was held with the margin that the law grants the judge.
//
// Ownership: pure functions. Threads: any.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/judge/judge.h"
#include "tests/judge/world/law.h"

namespace reprise::testing::world {

struct Bill {
  std::string name;
  bool no_pass = false, no_fail = false;
  std::string why_no_pass, why_no_fail;
  // One of these must lie in what was measured, unless it is inconclusive; empty: nothing to hold.
  std::vector<Duration> truths;
  // Failures that are there for certain, and whether there are no others.
  std::set<std::string> missed;
  bool all_missed = false;
  // Of writes that were acknowledged after the failure and are lost: what the outcome may name as
  // their number, and as their span or its ends.
  struct LostAfter {
    std::set<std::int64_t> numbers, spans;
  };
  std::optional<LostAfter> lost_after;
  // Which of the six kinds of error it could show; see kinds_of_error.
  std::set<char> kinds;

  void forbid_pass(const std::string& why);
  void allow_fail(const std::string& why);
};

// Draws of each kind must stay frequent, and each was found in the judge before it was rewritten.
inline constexpr std::pair<char, const char*> kinds_of_error[] = {
    {'a', "windows and samples in flight"}, {'b', "which fault an outage counts from"},
    {'c', "several faults or incidents"},   {'d', "what was not seen counted as seen"},
    {'e', "one miss hides another"},        {'f', "what stands at the end"}};

[[nodiscard]] Bill recovery_bill(const World& world, const AssertionSpec& spec);
[[nodiscard]] Bill throughout_bill(const World& world, const AssertionSpec& spec);
[[nodiscard]] Bill never_bill(const World& world, const AssertionSpec& spec);
[[nodiscard]] Bill consistent_bill(const World& world, const AssertionSpec& spec);
[[nodiscard]] Bill fallback_bill(const World& world, const AssertionSpec& spec);
[[nodiscard]] Bill procedure_bill(const World& world, const AssertionSpec& spec);
[[nodiscard]] Bill log_bill(const World& world, const AssertionSpec& spec);
[[nodiscard]] Bill ledger_bill(const World& world, const AssertionSpec& spec);
// Before the first fault, and when all is over.
[[nodiscard]] Bill steady_before_bill(const World& world);
[[nodiscard]] Bill steady_bill(const World& world);
// All that the world demands; the steady state at the end last.
[[nodiscard]] std::vector<Bill> bills_of(const World& world);

[[nodiscard]] Want want_in(const AssertionSpec& spec);
[[nodiscard]] Duration duration_in(const AssertionSpec& spec, const char* key, Duration otherwise);
[[nodiscard]] RecoveryOptions recovery_options(const AssertionSpec& spec);

struct Violation {
  char kind = '?';
  std::string finding;
  std::string text;
};
// What the verdict on a world does against the law.
[[nodiscard]] std::vector<Violation> violations(const std::vector<Bill>& bills, const World& world,
                                                const Verdict& verdict);
// The truth, the record and the findings, for whoever looks into a violation.
[[nodiscard]] std::string shown(const World& world, const Verdict& verdict);

}  // namespace reprise::testing::world
