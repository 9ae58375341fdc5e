#include "harness/engine/drill/step.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

boost::asio::awaitable<Result<std::string>> wait(const Step& step, StepContext& context) {
  auto seen = co_await context.wait_for_probe(step);
  if (!seen) co_return std::unexpected(seen.error());
  const auto probe = step.options.at("value").at("probe").get<std::string>();
  co_return fmt::format("{} saw what was expected", probe);
}

const Registered<StepKind> wait_registered{StepKind{
    KindInfo{.name = "wait",
             .summary = "Waits until a probe sees something.",
             .options = Shape::object({
                 {"probe", Shape::name(), required, "A probe of the plan."},
                 {"expect", Shape::expectation(), required, "What it must see."},
             }),
             .example = {{"wait", {{"probe", "dashboard"}, {"expect", {{"status", 200}}}}}}},
    wait}};

}  // namespace
}  // namespace reprise
