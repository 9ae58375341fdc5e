// A system that tells its secrets to whoever looks: in its log, in bodies and in headers, in every
// form; and a plan in which fifty of them stand wherever a secret may stand.
//
// Ownership: files in the workplace; variables of the test's own environment. Threads: one.
#pragma once

#include <string>
#include <vector>

#include "tests/support/program.h"

namespace reprise::testing {

// Fifty, always the same.
[[nodiscard]] std::vector<std::string> random_secrets();
[[nodiscard]] std::string in_yaml(const std::string& text);
// A drill that fails; its last entry is the list of assertions.
[[nodiscard]] std::string crash_scenario();

// Writes the plan "talkative" and sets the variables that it takes secrets from. `marked` false:
// the same system, and nothing says what is a secret.
void make_system(const Workplace& place, const std::vector<std::string>& secrets, bool marked);

}  // namespace reprise::testing
