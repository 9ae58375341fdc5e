// What a drill was measured with, defaults included: patience, and for each probe how often it
// looked, how long it waited, and how long a level must last to count.
//
// Ownership: values. Threads: any.
#pragma once

#include <string>
#include <vector>

#include "harness/judge/report.h"

namespace reprise {

struct ProbeParameters {
  std::string probe;
  Duration every{}, timeout{}, sustained{};
  bool sustained_by_default = false;  // nobody wrote it
  // Of assertions that have one of their own: "recovery-2", 5 s.
  std::vector<std::pair<std::string, Duration>> own;
};

// Of the probes that the drill sampled, by name.
[[nodiscard]] std::vector<ProbeParameters> parameters_of(const Record& record);

// "3 s", "3 s (default)", and those of single assertions after it.
[[nodiscard]] std::string patience_text(const Scenario& scenario, const std::string& language);
[[nodiscard]] std::string sustained_text(const ProbeParameters& of, const std::string& language);

// What the scenario means to leave behind, a sentence a probe, with its reason.
[[nodiscard]] std::vector<std::string> leaves_told(const Scenario& scenario,
                                                   const std::string& language);

}  // namespace reprise
