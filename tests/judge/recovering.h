// What tests of recovery demand.
//
// Ownership: plain functions. Threads: any.
#pragma once

#include "tests/judge/alone.h"

namespace reprise::testing {

inline json nominal_within(const std::string& within, const json& more = json::object()) {
  return with({{"probe", "page"}, {"expect", "nominal"}, {"within", within}}, more);
}

inline Finding judged_recovery(const Story& story, const json& options) {
  return alone(story, "recovery", options);
}

}  // namespace reprise::testing
