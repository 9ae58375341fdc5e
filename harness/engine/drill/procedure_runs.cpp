#include "harness/engine/drill/procedure_runs.h"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "harness/model/registry.h"

namespace reprise {

void ProcedureRuns::launch_all() {
  for (std::size_t i = 0; i < course_.parts.scenario.procedures.size(); ++i) {
    course_.launch(execute(i), course_.launched);
  }
}

boost::asio::awaitable<void> ProcedureRuns::execute(std::size_t index) {
  const ProcedureRun& run = course_.parts.scenario.procedures[index];
  const Procedure& procedure = course_.parts.plan.procedures.at(run.procedure);
  if (!co_await starts_.wait_for(run.start)) {
    course_.parts.journal.write(
        "procedure", {{"procedure", procedure.name},
                      {"run", index},
                      {"state", "not-executed"},
                      {"why", course_.healing() ? "the drill was ended" : "its start never came"}});
    co_return;
  }
  course_.last_start = course_.now();
  ++course_.at_work;
  course_.parts.journal.write(
      "procedure", {{"procedure", procedure.name}, {"run", index}, {"state", "started"}});
  bool going = true;
  for (std::size_t i = 0; i < procedure.steps.size(); ++i) {
    const RunningStep running{procedure.name, index, static_cast<int>(i), procedure.steps[i]};
    if (going && !course_.ending()) {
      going = co_await run_step(running);
      continue;
    }
    going = false;
    note(running, "not-executed", "");
  }
  nlohmann::json fields{
      {"procedure", procedure.name}, {"run", index}, {"state", going ? "finished" : "failed"}};
  course_.parts.journal.write("procedure", std::move(fields));
  course_.last_incident = course_.now();
  --course_.at_work;
}

void ProcedureRuns::note(const RunningStep& running, std::string_view state,
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
  course_.parts.journal.write("step", std::move(fields));
}

boost::asio::awaitable<bool> ProcedureRuns::run_step(RunningStep running) {
  note(running, "started", "");
  const StepKind* kind = Registry<StepKind>::find(running.step.kind);
  REPRISE_REQUIRE(kind);
  auto done = co_await bounded(*kind, running.step);
  note(running, done ? "finished" : "failed", done ? *done : done.error().text());
  co_return done.has_value();
}

boost::asio::awaitable<Result<std::string>> ProcedureRuns::bounded(const StepKind& kind,
                                                                   const Step& step) {
  using boost::asio::experimental::awaitable_operators::operator||;
  auto wait = [this](const Step& waiting) { return wait_for_probe(waiting); };
  StepContext context{course_.parts.supervisor, course_.parts.site, course_.parts.clock,
                      course_.parts.pool,       course_.parts.ask,  wait};
  auto work = kind.run(step, context);
  auto limit = course_.pause_until(course_.now() + step.within);
  auto either = std::move(work) || std::move(limit);
  auto outcome = co_await std::move(either);
  if (outcome.index() == 0) co_return std::get<0>(std::move(outcome));
  if (course_.ending()) co_return failure("the drill was ended");
  co_return failure("not done within {}", format_duration(step.within));
}

boost::asio::awaitable<Result<void>> ProcedureRuns::wait_for_probe(const Step& step) {
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
  const Instant begun = course_.now();
  auto seen = [&] { return observers_.lookout().held(watch, begun).has_value(); };
  if (co_await course_.wait_until(seen, begun + step.within)) co_return Result<void>();
  co_return failure("probe {} did not see it; newest: {}", watch.probe,
                    observers_.lookout().newest(watch.probe));
}

}  // namespace reprise
