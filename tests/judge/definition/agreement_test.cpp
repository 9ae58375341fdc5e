// The judge against the oracle of the written definition, on many small drills drawn from seeds.
//
// REPRISE_ORACLE=100000 draws so many drills in all, instead of the few of a build;
// REPRISE_ORACLE_SEED=N looks at one drill of each kind and prints it whole.
#include <cstdlib>
#include <iostream>
#include <map>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/judge/definition/draw.h"
#include "tests/judge/definition/oracle.h"

namespace reprise::testing::definition {
namespace {

Ms ms_of(Duration at) { return std::chrono::duration_cast<std::chrono::milliseconds>(at).count(); }

std::optional<Span> measured_of(const Finding& finding) {
  if (!finding.measured) return std::nullopt;
  Span out{ms_of(finding.measured->low), std::nullopt};
  if (finding.measured->high) out.high = ms_of(*finding.measured->high);
  return out;
}

std::string printed_finding(const Finding& finding) {
  std::string out{status_name(finding.status)};
  if (!finding.failure.empty()) out += " " + finding.failure;
  for (const Miss& miss : finding.others) out += " + " + miss.failure;
  if (const auto span = measured_of(finding)) {
    out += fmt::format(" [{}, {}]", span->low, span->high ? std::to_string(*span->high) : "none");
  }
  return out + fmt::format("  ({} {})", finding.outcome.key, finding.outcome.arguments.dump());
}

const Finding* found(const Verdict& verdict, const std::string& name) {
  for (const Finding& finding : verdict.findings) {
    if (finding.name == name) return &finding;
  }
  return nullptr;
}

// What of the finding is not as the oracle says; empty when all is.
std::string difference(const Answer& answer, const Finding& finding) {
  if (!answer.status.contains(finding.status)) {
    return fmt::format("verdict ({} for {}, {})", status_name(finding.status),
                       status_name(*answer.status.rbegin()), finding.outcome.key);
  }
  if (finding.status == Status::fail && !answer.failures.contains(finding.failure)) {
    return "failure's name";
  }
  // What takes a pass away may take its figure with it.
  const auto span = measured_of(finding);
  if (!answer.measured) return "";
  if (!span) return finding.status == Status::inconclusive ? "" : "interval missing";
  if (span->high != answer.measured->high) return "upper end";
  if (answer.low_open || span->low == answer.measured->low) return "";
  return "lower end";
}

// The other readings of the definition with which the judge agrees.
std::string explained(const Ask& ask, const SmallDrill& drill, const Finding& finding) {
  std::string out;
  for (const auto& [name, reading] : other_readings()) {
    if (!difference(answered(ask, drill, reading), finding).empty()) continue;
    out += (out.empty() ? "" : "; ") + name;
  }
  return out;
}

class Agreement {
 public:
  explicit Agreement(std::string kind) : kind_(std::move(kind)) {}

  void of(std::uint64_t seed) {
    const SmallDrill drill = drawn(seed, kind_);
    const Verdict verdict = judge(record_of(drill));
    for (const Ask& ask : asked_of(drill)) {
      const Finding* finding = found(verdict, ask.name);
      const Answer answer = answered(ask, drill);
      ++drills_[answer.status];
      if (finding == nullptr) {
        // A drill whose steady state was not held, or is not known to have been, has none.
        if (ask.kind == "at-the-end" && !answer.is(Status::fail)) continue;
        differ("no finding", "", drill, ask, nullptr);
      } else if (const auto how = difference(answer, *finding); !how.empty()) {
        differ(how, explained(ask, drill, *finding), drill, ask, finding);
      }
    }
    if (alone_) std::cout << printed(drill) << reasons(verdict);
  }

  void alone(std::uint64_t seed) {
    alone_ = true;
    of(seed);
  }

  // Nothing when the judge agreed with all of them.
  [[nodiscard]] std::string told() const {
    std::string out;
    for (const auto& [how, count] : counts_) out += fmt::format("  {} times: {}\n", count, how);
    return out + shown_;
  }

  // How many answers of each sort the oracle gave: one that only ever passes shows little.
  [[nodiscard]] std::size_t answers(Status status) const {
    const auto at = drills_.find({status});
    return at == drills_.end() ? 0 : at->second;
  }

 private:
  [[nodiscard]] std::vector<Ask> asked_of(const SmallDrill& drill) const {
    if (kind_ != "at-the-end") return drill.asks;
    Ask end;
    end.kind = kind_;
    end.name = "steady-state-at-the-end";
    return {end};
  }

  static std::string reasons(const Verdict& verdict) {
    std::string out;
    for (const Message& reason : verdict.reasons) {
      out += fmt::format("  reason {} {}\n", reason.key, reason.arguments.dump());
    }
    return out;
  }

  void differ(const std::string& how, const std::string& reading, const SmallDrill& drill,
              const Ask& ask, const Finding* finding) {
    // The first of each sort is shown whole.
    if (counts_[how + (reading.empty() ? "" : ", explained by: " + reading)]++ > 0) return;
    shown_ +=
        fmt::format("\n{} {}\nasked:  {}\noracle: {}\njudge:  {}\n{}", how, kind_, printed(ask),
                    printed(answered(ask, drill, {}, true)),
                    finding != nullptr ? printed_finding(*finding) : "nothing", printed(drill));
  }

  std::string kind_;
  bool alone_ = false;
  std::map<std::set<Status>, std::size_t> drills_;
  std::map<std::string, std::size_t> counts_;
  std::string shown_;
};

// Of five thousand drills so many are of one kind.
struct Share {
  const char* kind;
  std::uint64_t drills;
};

class Definition : public ::testing::TestWithParam<Share> {};

TEST_P(Definition, IsWhatTheJudgeSays) {
  Agreement agreement(GetParam().kind);
  const char* one = std::getenv("REPRISE_ORACLE_SEED");
  const char* many = std::getenv("REPRISE_ORACLE");
  if (one != nullptr) {
    agreement.alone(std::strtoull(one, nullptr, 10));
    std::cout << agreement.told();
    return;
  }
  const std::uint64_t all = many != nullptr ? std::strtoull(many, nullptr, 10) : 5000;
  const std::uint64_t drills = all * GetParam().drills / 5000;
  for (std::uint64_t seed = 1; seed <= drills; ++seed) agreement.of(seed);
  const std::string told = agreement.told();
  EXPECT_TRUE(told.empty()) << "of " << drills << " drills\n" << told;
  for (const Status status : {Status::pass, Status::inconclusive, Status::fail}) {
    EXPECT_GT(agreement.answers(status), drills / 100) << status_name(status) << " is too rare";
  }
}

INSTANTIATE_TEST_SUITE_P(OfEachKind, Definition,
                         ::testing::Values(Share{"recovery", 2400}, Share{"throughout", 700},
                                           Share{"never", 200}, Share{"consistent", 200},
                                           Share{"fallback", 500}, Share{"rpo", 500},
                                           Share{"no-loss", 100}, Share{"at-the-end", 400}),
                         [](const auto& share) {
                           std::string name = share.param.kind;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace reprise::testing::definition
