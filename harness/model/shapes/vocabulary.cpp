#include "harness/model/shapes/vocabulary.h"

#include <algorithm>

namespace reprise {

bool CountsFromFault::with(const nlohmann::json& options) const {
  if (!ever || !options.is_object()) return false;
  if (!only_with.empty() && !options.contains(only_with)) return false;
  const auto& [option, value] = unless;
  return option.empty() || options.value(option, nlohmann::json()) != value;
}

std::optional<Nature> nature_of(const Vocabulary& vocabulary, const nlohmann::json& fault) {
  const FaultInfo* kind = find_fault(vocabulary, fault.at("inject").get<std::string>());
  if (!kind) return std::nullopt;
  return kind->nature_with(fault.value("with", nlohmann::json::object()));
}

const FaultInfo* find_fault(const Vocabulary& vocabulary, std::string_view name) {
  const auto found = std::ranges::find(vocabulary.faults, name, &FaultInfo::name);
  return found != vocabulary.faults.end() ? &*found : nullptr;
}

}  // namespace reprise
