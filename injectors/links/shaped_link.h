// A link slowed by the kernel where it can, and by the link's proxy where it cannot; the evidence
// says which. The option `by: kernel` of network_delay and network_rate.
//
// The kernel does it only in a sandbox, whose network nobody else uses.
// Ownership and threads: as Injector.
#pragma once

#include "harness/engine/injector.h"
#include "injectors/kernel/traffic_class.h"

namespace reprise {

// What a kind gives to have its link slowed by the kernel.
struct ShapedLink {
  std::string done;  // the evidence: "packets delayed", "times slowed"
  std::function<Result<Shaping>(const nlohmann::json& with)> shaping;
};

// The kind with its option `by`, `proxy` (as it was) or `kernel`.
[[nodiscard]] FaultKind or_by_kernel(FaultKind by_proxy, ShapedLink link);

// The kind's own options, and those that every such kind has.
[[nodiscard]] Shape shaped_link_shape(std::vector<Shape::Field> options);

}  // namespace reprise
