// The figures of each probe, judged or not, over the part of the drill that is judged.
//
// Ownership: pure function of the Record. Threads: any.
#pragma once

#include <vector>

#include "harness/judge/judge.h"

namespace reprise {

[[nodiscard]] std::vector<ProbeFigures> figures_of(const Record& record);

}  // namespace reprise
