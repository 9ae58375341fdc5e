#include "harness/engine/drill/steps/names.h"
#include "harness/engine/services/supervisor.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

boost::asio::awaitable<Result<std::string>> restart(const Step& step, StepContext& context) {
  const auto names = named_services(step);
  for (const auto& name : names) {
    auto restarted = co_await context.supervisor.restart(name);
    if (!restarted) co_return std::unexpected(restarted.error());
  }
  co_return done_to("restarted", names);
}

const Registered<StepKind> restart_registered{
    StepKind{KindInfo{.name = "restart",
                      .summary = "Stops services orderly and starts them again, one after another.",
                      .options = service_names(),
                      .example = {{"restart", "server"}},
                      .runs_services = true},
             restart}};

}  // namespace
}  // namespace reprise
