// A person does it and says so; the time they take is part of the recovery.
#include "harness/engine/drill/step.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

boost::asio::awaitable<Result<std::string>> ask(const Step& step, StepContext& context) {
  auto answer = co_await context.ask(step);
  if (!answer) co_return answer;
  if (answer->empty()) co_return "done by hand";
  co_return fmt::format("done by hand: {}", *answer);
}

const Registered<StepKind> manual_registered{StepKind{
    KindInfo{.name = "manual",
             .summary = "Asks a person to do something and waits until they confirm it.",
             .options = Shape::object(
                 {{"instruction", Shape::translated(), required, "What they are asked to do."}}),
             .example = {{"manual",
                          {{"instruction",
                            {{"en", "Call the data centre."},
                             {"fr", "Appeler le centre de données."}}}}},
                         {"within", "10min"}}},
    ask, true}};

}  // namespace
}  // namespace reprise
