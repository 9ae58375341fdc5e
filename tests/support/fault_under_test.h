// Makes injectors by the name of their kind, as the runner and the guardian do.
//
// Ownership: the caller's; the Surroundings outlive the injector. Threads: any.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "harness/engine/injector.h"
#include "harness/model/registry.h"

namespace reprise {

inline FaultSpec fault_spec(std::string kind, std::string into,
                            nlohmann::json with = nlohmann::json::object()) {
  FaultSpec spec;
  spec.id = kind + "-1";
  spec.kind = std::move(kind);
  spec.into = std::move(into);
  spec.with = std::move(with);
  return spec;
}

inline std::unique_ptr<Injector> make_fault(const FaultSpec& spec,
                                            const Surroundings& surroundings) {
  const FaultKind* kind = Registry<FaultKind>::find(spec.kind);
  if (kind == nullptr) throw std::runtime_error("no fault kind " + spec.kind);
  auto made = kind->make(spec, surroundings);
  if (!made) throw std::runtime_error(made.error().text());
  return std::move(*made);
}

// For a failed EXPECT: what the error said.
template <class T>
std::string why(const Result<T>& result) {
  return result ? "succeeded" : result.error().text();
}

}  // namespace reprise
