// A condition: whenever the service has come back it is killed again, as by a mistake that it meets
// soon after every start. Nothing is undone: who does the killing ends with the program, and the
// next start is left alone.
#include <mutex>

#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/processes/held_process.h"
#include "injectors/processes/repeating.h"
#include "injectors/receipts/receipt.h"

namespace reprise {
namespace {

constexpr Duration look_for_restart = 10ms;

class ProcessCrashLoop final : public Injector {
 public:
  ProcessCrashLoop(const FaultSpec& spec, const Surroundings& surroundings, Duration every)
      : service_(spec.into),
        signal_(spec.with.value("signal", "KILL")),
        every_(every),
        surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() override {
    const auto first = surroundings_.process(service_);
    if (!first) return std::unexpected(first.error());
    return nlohmann::json{
        {"service", service_}, {"signal", signal_}, {"process", process_receipt(*first)}};
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    const auto process = receipt_field<nlohmann::json>(receipt, "process");
    if (!process) return std::unexpected(process.error());
    // The first one here, so that a service that must not be signalled is an error and no silence.
    if (auto struck = strike(*process); !struck) return struck;
    killing_.start([this] { return look(); });
    return {};
  }

  Result<void> revert(const nlohmann::json&) override {
    killing_.stop();
    const std::scoped_lock lock(mutex_);
    first_end_.reset();
    return {};
  }

  std::optional<Bite> confirm() override {
    const std::scoped_lock lock(mutex_);
    return first_end_;
  }

 private:
  Result<void> strike(const nlohmann::json& process) {
    auto held = HeldProcess::open(process);
    if (!held) return std::unexpected(held.error());
    if (!*held) return {};
    const auto sent = (*held)->signal(signal_number(signal_));
    if (!sent) return std::unexpected(sent.error());
    struck_at_ = std::chrono::steady_clock::now();
    if (*sent) struck_ = std::move(**held);
    return {};
  }

  Duration look() {
    if (struck_) {
      // One that ignores the signal is not signalled twice: it is neither gone nor come back.
      if (!struck_->ended()) return look_for_restart;
      note_end(struck_->pid());
      struck_.reset();
    }
    const auto due = struck_at_ + every_ - std::chrono::steady_clock::now();
    if (due > Duration::zero()) return std::min<Duration>(due, look_for_restart);
    const auto first = surroundings_.process(service_);
    if (first) (void)strike(process_receipt(*first));
    return look_for_restart;
  }

  void note_end(pid_t pid) {
    const std::scoped_lock lock(mutex_);
    if (first_end_) return;
    first_end_ =
        Bite{surroundings_.now(), fmt::format("process {} is gone after SIG{}", pid, signal_)};
  }

  std::string service_;
  std::string signal_;
  Duration every_;
  const Surroundings& surroundings_;
  std::optional<HeldProcess> struck_;
  std::chrono::steady_clock::time_point struck_at_;
  std::mutex mutex_;
  std::optional<Bite> first_end_;  // guarded by mutex_
  Repeating killing_;
};

const Registered<FaultKind> process_crash_loop_registered{FaultKind{
    FaultInfo{
        KindInfo{
            .name = "process_crash_loop",
            .summary = "Kills a service's process, and every one that is started in its place.",
            .options = Shape::object(
                {{.name = "signal",
                  .shape =
                      Shape::choice({"KILL", "TERM", "INT", "QUIT", "HUP", "ABRT", "SEGV", "BUS"}),
                  .doc = "The signal to send; default KILL."},
                 {.name = "every",
                  .shape = Shape::duration(),
                  .doc = "The least time between two kills, so how long a new process may live; "
                         "default 1s."}}),
            .example = {{"inject", "process_crash_loop"},
                        {"into", "server"},
                        {"with", {{"every", "500ms"}}},
                        {"at", "2s"},
                        {"for", "5s"}},
        },
        Nature::condition, Target::service},
    [](const FaultSpec& spec,
       const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
      const auto every = parse_duration(spec.with.value("every", "1s"));
      if (!every) return std::unexpected(every.error());
      return std::make_unique<ProcessCrashLoop>(spec, surroundings, *every);
    }}};

}  // namespace
}  // namespace reprise
