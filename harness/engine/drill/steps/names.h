// What steps that act on services share: `{stop: server}` or `{stop: [server, client]}`.
//
// Threads: any.
#pragma once

#include <string>
#include <vector>

#include "harness/engine/drill/step.h"

namespace reprise {

// One name or a list of them.
[[nodiscard]] Shape service_names();
[[nodiscard]] std::vector<std::string> named_services(const Step& step);
// "stopped server, client".
[[nodiscard]] std::string done_to(std::string_view verb, const std::vector<std::string>& names);

}  // namespace reprise
