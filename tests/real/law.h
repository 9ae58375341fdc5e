// What the law demands of a verdict, given the truth. Where the truth is nearer to a border than
// the samples can tell, both sides are allowed: every such question is a choice, and all
// combinations of choices are worlds, of which reprise may be in any one.
//
// Ownership: plain values, views for a call. Threads: pure functions.
#pragma once

#include <functional>

#include "tests/real/truth.h"

namespace reprise::real {

// Goes through all combinations of answers to the questions that are asked.
class Choices {
 public:
  bool choose() {
    if (at_ == answers_.size()) answers_.push_back(false);
    return answers_[at_++];
  }
  // The next combination; false when there is none.
  bool next() {
    answers_.resize(at_);
    at_ = 0;
    while (!answers_.empty() && answers_.back()) answers_.pop_back();
    if (answers_.empty()) return false;
    answers_.back() = true;
    return true;
  }

 private:
  std::vector<bool> answers_;
  std::size_t at_ = 0;
};

// What a verdict may say in one world. `fits` holds for a measured interval that the truth allows
// (no upper end: `endless`).
struct World {
  bool pass = false, fail = false, inconclusive = false;
  std::function<bool(Time low, Time high, bool failed)> fits;
  std::string told;  // for people
};

struct Case {
  const Drawn& drawn;
  const Evidence& evidence;
  std::map<std::string, Truth> truths;  // by probe, filled alike
};

[[nodiscard]] World recovery_by_law(const Case& drill, const nlohmann::json& options,
                                    Choices& choices);
[[nodiscard]] World throughout_by_law(const Case& drill, const nlohmann::json& options,
                                      Choices& choices);
[[nodiscard]] World never_by_law(const Case& drill, const nlohmann::json& options,
                                 Choices& choices);
[[nodiscard]] World fallback_by_law(const Case& drill, const nlohmann::json& options,
                                    Choices& choices);
// That the steady state is back at the end.
[[nodiscard]] World end_by_law(const Case& drill, Choices& choices);
// That it held before the first command.
[[nodiscard]] World steady_by_law(const Case& drill, Choices& choices);

[[nodiscard]] Time time_of(const nlohmann::json& options, const char* key, Time otherwise = 0);
[[nodiscard]] Class class_named(const std::string& level);

// Bad stretches that were seen, joined where the good run between them is shorter than W.
struct Outage {
  When begin, end;
  Time surely_until = 0, told_first = endless;
  bool open = false;
};
[[nodiscard]] std::vector<Outage> outages_of(const Truth& truth, const std::vector<Bad>& seen,
                                             Time sustained, Choices& choices);
// Those that a probe saw; of the doubtful ones it is chosen.
[[nodiscard]] std::vector<Bad> seen_of(const Truth& truth, Class level, Choices& choices);

// Whether `length` is at least `wanted`; chosen where it is nearer than `slack`.
[[nodiscard]] bool at_least(When length, Time wanted, Time slack, Choices& choices);

}  // namespace reprise::real
