// A small vocabulary made by hand: the model's tests need kinds, and must not depend on the real
// ones. Threads: any.
#pragma once

#include "harness/model/vocabulary.h"

namespace reprise {

[[nodiscard]] const Vocabulary& sample_vocabulary();

}  // namespace reprise
