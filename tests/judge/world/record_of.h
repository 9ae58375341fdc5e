// What a drill in a world would have recorded: all that the judge gets to see.
//
// Ownership: pure functions. Threads: any.
#pragma once

#include "harness/journal/record.h"
#include "tests/judge/world/truth.h"

namespace reprise::testing::world {

[[nodiscard]] Record record_of(const World& world);
// The same drill, had nothing been hidden from its observer.
[[nodiscard]] World unhidden(World world);

}  // namespace reprise::testing::world
