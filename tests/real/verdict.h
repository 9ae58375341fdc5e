// Holds what reprise said of a drill against the law.
//
// Ownership: plain values. Threads: pure functions of files.
#pragma once

#include "tests/real/law.h"

namespace reprise::real {

struct Held {
  std::vector<std::string> violations;
  std::string told;            // truth and verdicts, for whoever looks into a violation
  std::string status;          // of the drill, as reprise says
  bool late = false;           // the observer was, or the machine was too busy for the scripts
  bool expected_void = false;  // inconclusive as a whole, as the law wants it
  int demands = 0, decided = 0;  // decided: the law allowed one status only
};

// `folder` holds out/ and truth.jsonl of a drill that ended with this exit code.
[[nodiscard]] Held hold(const Drawn& drawn, const std::filesystem::path& folder, int code);

}  // namespace reprise::real
