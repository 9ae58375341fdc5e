#include "harness/model/shapes/vocabulary.h"

#include <algorithm>

namespace reprise {

bool CountsFromFault::with(const nlohmann::json& options) const {
  if (!ever || !options.is_object()) return false;
  if (!only_with.empty() && !options.contains(only_with)) return false;
  const auto& [option, value] = unless;
  return option.empty() || options.value(option, nlohmann::json()) != value;
}

const FaultInfo* find_fault(const Vocabulary& vocabulary, std::string_view name) {
  const auto found = std::ranges::find(vocabulary.faults, name, &FaultInfo::name);
  return found != vocabulary.faults.end() ? &*found : nullptr;
}

}  // namespace reprise
