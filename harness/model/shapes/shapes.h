// The shapes of the two files that people write.
//
// Ownership: values. Threads: any.
#pragma once

#include "harness/model/shapes/shape.h"
#include "harness/model/shapes/vocabulary.h"

namespace reprise {

[[nodiscard]] Shape plan_shape(const Vocabulary& vocabulary);
[[nodiscard]] Shape scenario_shape(const Vocabulary& vocabulary);
// `vars` and `for-each`, which are checked before anything else is filled in.
[[nodiscard]] Shape variables_shape();
[[nodiscard]] Shape matrix_shape();
// `compress`, before ${compress.period} is filled in.
[[nodiscard]] Shape compress_shape();

}  // namespace reprise
