// Services one after another in the order written: a plan that wants another order says so.
#include "harness/engine/drill/steps/names.h"
#include "harness/engine/services/supervisor.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

boost::asio::awaitable<Result<std::string>> start(const Step& step, StepContext& context) {
  const auto names = named_services(step);
  for (const auto& name : names) {
    auto started = co_await context.supervisor.start(name);
    if (!started) co_return std::unexpected(started.error());
  }
  co_return done_to("started", names);
}

const Registered<StepKind> start_registered{
    StepKind{KindInfo{.name = "start",
                      .summary = "Starts services, each when the one before is ready.",
                      .options = service_names(),
                      .example = {{"start", "server"}},
                      .runs_services = true},
             start}};

}  // namespace
}  // namespace reprise
