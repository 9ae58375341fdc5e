// What every fault on a link has in common: inject installs a filter on the link's proxy, revert
// removes it, confirm asks it for its victims. A fault kind adds the filter.
//
// Ownership: the injector shares its filter with the proxy. Threads: as Injector.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "harness/engine/injector.h"
#include "injectors/proxy/filter.h"

namespace reprise::proxy {

// Makes a fresh filter for every injection; `with` fits the kind's options.
struct LinkFault {
  std::function<Result<std::shared_ptr<Filter>>(const nlohmann::json& with, std::uint64_t seed)>
      filter;
  std::string one, many;  // the evidence: "1 request answered with an error", "{} requests …"
  bool http_only = true;  // it reads requests
};

// A condition on a link; `info` brings name, summary, options and example.
[[nodiscard]] FaultKind link_fault(KindInfo info, LinkFault fault);

}  // namespace reprise::proxy
