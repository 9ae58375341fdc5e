// A link of the plan: the drill's own proxy stands between its two services.
#include "harness/engine/targets/target_kind.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

const Registered<TargetKind> link_registered{{
    .name = Target::link,
    .exists = [](const Plan& plan, const std::string& name) { return plan.links.contains(name); },
    .dies_with_drill = [](const Plan&, const std::string&) { return true; },
    .trial = [](TrialGround& ground) { return ground.open_link(); },
}};

}  // namespace
}  // namespace reprise
