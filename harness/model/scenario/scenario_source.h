// One scenario of a file on its way to being resolved: variables filled in, the plan's defaults
// inherited, its faults laid out one by one.
//
// Ownership: the plan's Document outlives it. Threads: one.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/model/documents/document.h"
#include "harness/model/time.h"

namespace reprise {

class ScenarioSource {
 public:
  // The document must fit the scenario's shape, the plan's document the plan's.
  ScenarioSource(Document own, const Document& plan);

  [[nodiscard]] const nlohmann::json& root() const { return own_.root(); }
  [[nodiscard]] const Document& document() const { return own_; }
  // Where a value was written: in the scenario's file, or among the plan's defaults.
  [[nodiscard]] Location where(const std::string& pointer) const;
  [[nodiscard]] Location where_key(const std::string& pointer) const;

 private:
  // Whether a pointer lies in something inherited.
  [[nodiscard]] bool inherits(const std::string& pointer) const;

  Document own_;
  const Document& plan_;
  std::set<std::string> inherited_;  // pointers: "/steady-state", "/levels/dashboard"
};

// A fault after sequence and parallel are taken apart: `value` is an object with `id` and one
// start, whatever stood around it.
//   sequence  each member starts `after` the one before; after a parallel one, after the member
//             that lasts longest (the last such)
//   parallel  all members take the start of the group, or else of its first member
struct PlacedFault {
  nlohmann::json value;
  std::string pointer;
};
[[nodiscard]] std::vector<PlacedFault> lay_out_faults(const ScenarioSource& source, Errors& errors);

// From its first start to the end of its last round; without `for`, rounds last no time.
[[nodiscard]] Duration length_of(const nlohmann::json& fault);

}  // namespace reprise
