// Whether a probe sees what its kind declares, and nothing else: predicates are refused by that.
//
// Ownership: a wrapper owns its probe. Threads: the test's.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include "harness/observe/probe.h"

namespace reprise {

inline bool fits_declared(const SeenValue& declared, const nlohmann::json& value) {
  using Type = SeenValue::Type;
  const auto is_word = [&](const std::string& word) { return value == word; };
  switch (declared.type) {
    case Type::text: return value.is_string();
    case Type::word: return std::ranges::any_of(declared.words, is_word);
    case Type::boolean: return value.is_boolean();
    case Type::duration: return value.is_number_integer();
    case Type::integer:
      return value.is_number_integer() && value.get<std::int64_t>() >= declared.low &&
             value.get<std::int64_t>() <= declared.high;
    case Type::documents:
    case Type::headers:
    case Type::columns: return value.is_object();
    case Type::any: return true;
  }
  return false;
}

inline bool is_cut(const std::string& name, const Observation& seen) {
  const auto cut = seen.values.value("cut", nlohmann::json::array());
  return std::find(cut.begin(), cut.end(), name) != cut.end();
}

inline void expect_declared(const ProbeKind& kind, const Observation& seen) {
  const auto outcome = std::ranges::find(kind.sees, "outcome", &SeenValue::name);
  if (outcome != kind.sees.end()) {
    EXPECT_TRUE(fits_declared(*outcome, seen.outcome)) << kind.name << " " << seen.outcome;
  }
  for (const auto& [name, value] : seen.values.items()) {
    if (name == "cut" || name == "searched" || name == "partial") continue;
    const bool reason = name == "text" && seen.outcome != "answered";
    if (reason || name == "source") continue;
    const auto declared = std::ranges::find(kind.sees, name, &SeenValue::name);
    ASSERT_NE(declared, kind.sees.end()) << kind.name << " sees " << name;
    EXPECT_TRUE(fits_declared(*declared, value)) << kind.name << " " << name << " " << value;
    EXPECT_FALSE(declared->without_answer && seen.outcome == "answered")
        << kind.name << " " << name;
    if (!declared->beside) continue;
    const auto other = Expectation::parse(
        {{declared->beside->name, declared->beside->demand}, {"outcome", seen.outcome}});
    ASSERT_TRUE(other);
    EXPECT_NE(other->evaluate(seen), Truth::fails) << kind.name << " " << name << seen.values;
  }
  for (const SeenValue& value : kind.sees) {
    const bool there = seen.values.contains(value.name) || is_cut(value.name, seen);
    EXPECT_TRUE(there || !value.always || seen.outcome != "answered")
        << kind.name << " " << value.name << " " << seen.values;
  }
}

class DeclaredProbe final : public Probe {
 public:
  DeclaredProbe(std::unique_ptr<Probe> probe, const ProbeKind& kind)
      : probe_(std::move(probe)), kind_(kind) {}

  boost::asio::awaitable<Result<void>> open() override { return probe_->open(); }
  boost::asio::awaitable<Observation> sample(Instant deadline) override {
    auto seen = co_await probe_->sample(deadline);
    expect_declared(kind_, seen);
    co_return seen;
  }

 private:
  std::unique_ptr<Probe> probe_;
  const ProbeKind& kind_;
};

}  // namespace reprise
