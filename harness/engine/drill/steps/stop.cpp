// Every service is tried, also after one that could not be stopped.
#include "harness/engine/drill/steps/names.h"
#include "harness/engine/services/supervisor.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

boost::asio::awaitable<Result<std::string>> stop(const Step& step, StepContext& context) {
  const auto names = named_services(step);
  const bool force = step.options.value("force", false);
  Result<std::string> outcome = done_to(force ? "killed" : "stopped", names);
  for (const auto& name : names) {
    auto stopped = co_await context.supervisor.stop(name, force);
    if (!stopped && outcome) outcome = std::unexpected(stopped.error());
  }
  co_return outcome;
}

const Registered<StepKind> stop_registered{StepKind{
    KindInfo{.name = "stop",
             .summary = "Stops services in order, orderly or, with force: true beside it, at once.",
             .options = service_names(),
             .example = {{"stop", {"client", "server"}}, {"force", true}},
             .forcible = true,
             .runs_services = true},
    stop}};

}  // namespace
}  // namespace reprise
