// An assertion judged by its own kind only: nothing that voids a whole drill hides what it says.
//
// Ownership: plain functions. Threads: any.
#pragma once

#include "harness/model/registry.h"
#include "tests/judge/story.h"

namespace reprise::testing {

inline Finding alone(const Record& record, const std::string& kind, json options) {
  AssertionSpec spec;
  spec.kind = spec.name = kind;
  spec.options = std::move(options);
  return Registry<AssertionKind>::find(kind)->judge(spec, record);
}

inline Finding alone(const Story& story, const std::string& kind, json options) {
  return alone(story.record(), kind, std::move(options));
}

inline json with(json base, const json& more) {
  base.update(more);
  return base;
}

}  // namespace reprise::testing
