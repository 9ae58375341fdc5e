// The plan's procedures, executed and timed step by step, inside a drill.
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "harness/engine/drill/drill.h"
#include "harness/model/registry.h"

namespace reprise {

boost::asio::awaitable<void> DrillEngine::run_procedure(std::size_t index) {
  const ProcedureRun& run = parts_.scenario.procedures[index];
  const Procedure& procedure = parts_.plan.procedures.at(run.procedure);
  if (!co_await wait_for_start(run.start)) {
    parts_.journal.write("procedure",
                         {{"procedure", procedure.name},
                          {"run", index},
                          {"state", "not-executed"},
                          {"why", healing_ ? "the drill was ended" : "its start never came"}});
    co_return;
  }
  last_start_ = parts_.clock.now();
  ++at_work_;
  parts_.journal.write("procedure",
                       {{"procedure", procedure.name}, {"run", index}, {"state", "started"}});
  bool going = true;
  for (std::size_t i = 0; i < procedure.steps.size(); ++i) {
    const RunningStep running{procedure.name, index, static_cast<int>(i), procedure.steps[i]};
    if (going && !ending_) {
      going = co_await run_step(running);
      continue;
    }
    going = false;
    note_step(running, "not-executed", "");
  }
  nlohmann::json fields{
      {"procedure", procedure.name}, {"run", index}, {"state", going ? "finished" : "failed"}};
  parts_.journal.write("procedure", std::move(fields));
  last_incident_ = parts_.clock.now();
  --at_work_;
}

void DrillEngine::note_step(const RunningStep& running, std::string_view state,
                            const std::string& result) {
  const Step& step = running.step;
  const StepKind* kind = Registry<StepKind>::find(step.kind);
  nlohmann::json fields{{"procedure", running.procedure},
                        {"run", running.run},
                        {"index", running.index},
                        {"kind", step.kind},
                        {"title", step.title.by_language},
                        {"state", state},
                        {"result", result},
                        {"manual", kind && kind->manual}};
  if (kind && kind->manual) fields["options"] = step.options;
  parts_.journal.write("step", std::move(fields));
}

boost::asio::awaitable<bool> DrillEngine::run_step(RunningStep running) {
  note_step(running, "started", "");
  const StepKind* kind = Registry<StepKind>::find(running.step.kind);
  REPRISE_REQUIRE(kind);
  auto done = co_await bounded(*kind, running.step);
  note_step(running, done ? "finished" : "failed", done ? *done : done.error().text());
  co_return done.has_value();
}

boost::asio::awaitable<Result<std::string>> DrillEngine::bounded(const StepKind& kind,
                                                                 const Step& step) {
  using boost::asio::experimental::awaitable_operators::operator||;
  auto wait = [this](const Step& waiting) { return wait_for_probe(waiting); };
  StepContext context{parts_.supervisor, parts_.site, parts_.clock, parts_.pool, parts_.ask, wait};
  auto work = kind.run(step, context);
  auto never = [] { return false; };
  auto limit = wait_until(never, parts_.clock.now() + step.within);
  auto either = std::move(work) || std::move(limit);
  auto outcome = co_await std::move(either);
  if (outcome.index() == 0) co_return std::get<0>(std::move(outcome));
  if (ending_) co_return failure("the drill was ended");
  co_return failure("not done within {}", format_duration(step.within));
}

boost::asio::awaitable<Result<void>> DrillEngine::wait_for_probe(const Step& step) {
  const auto& wanted = step.options.at("value");
  Watch watch;
  watch.probe = wanted.at("probe");
  const auto& expect = wanted.at("expect");
  if (expect.is_string()) {
    watch.expect.level = expect;
  } else {
    auto predicate = Expectation::parse(expect);
    if (!predicate) co_return std::unexpected(predicate.error());
    watch.expect.predicate = std::move(*predicate);
  }
  const Instant begun = parts_.clock.now();
  auto seen = [&] { return lookout_.held(watch, begun).has_value(); };
  if (co_await wait_until(seen, begun + step.within)) co_return Result<void>();
  co_return failure("probe {} did not see it; newest: {}", watch.probe,
                    lookout_.newest(watch.probe));
}

}  // namespace reprise
