// Why a whole drill proves nothing: it must never pass by accident.
//
// Ownership: pure functions of the Record. Threads: any.
#pragma once

#include <string>
#include <vector>

#include "harness/judge/judge.h"

namespace reprise {

struct Reason {
  Message message;
  // The evidence itself is void, so that not even a miss stands: the steady state was not held
  // before the command, the journal is torn, the drill never began. Otherwise nothing may pass, but
  // what was clearly missed was missed.
  bool voids_misses = false;
};

[[nodiscard]] std::vector<Reason> drill_reasons(const Record& record);

}  // namespace reprise
