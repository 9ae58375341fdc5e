// Wherever a file says what a probe must see.
//
// Ownership: plain functions. Threads: any.
#pragma once

#include <functional>
#include <string>

#include <nlohmann/json.hpp>

namespace reprise {

struct PlacedWatch {
  std::string probe;
  const nlohmann::json* expect;
  std::string pointer;  // of the object that holds both
};

// Whatever has `probe` and `expect` side by side, at any depth: watches, triggers, assertions,
// waiting steps. `pointer` is that of the value.
void each_watch(const nlohmann::json& value, const std::string& pointer,
                const std::function<void(const PlacedWatch&)>& visit);

}  // namespace reprise
