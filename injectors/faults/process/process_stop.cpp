// An event: the service is asked to end in good order. It bites only when the process really goes;
// starting it again is the system's work, so there is nothing to undo.
#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/processes/held_process.h"
#include "injectors/receipts/receipt.h"

namespace reprise {
namespace {

class ProcessStop final : public Injector {
 public:
  ProcessStop(const FaultSpec& spec, const Surroundings& surroundings)
      : service_(spec.into),
        signal_(spec.with.value("signal", "TERM")),
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
    auto held = HeldProcess::open(*process);
    if (!held) return std::unexpected(held.error());
    if (!*held) return failure("{} had already ended when it was to be stopped", service_);
    const auto sent = (*held)->signal(signal_number(signal_));
    if (!sent) return std::unexpected(sent.error());
    stopped_ = std::move(*held);
    return {};
  }

  Result<void> revert(const nlohmann::json&) override { return {}; }

  std::optional<Bite> confirm() override {
    if (!stopped_ || !stopped_->ended()) return std::nullopt;
    return Bite{surroundings_.now(),
                fmt::format("process {} ended after SIG{}", stopped_->pid(), signal_)};
  }

 private:
  std::string service_;
  std::string signal_;
  const Surroundings& surroundings_;
  std::optional<HeldProcess> stopped_;
};

const Registered<FaultKind> process_stop_registered{FaultKind{
    FaultInfo{
        KindInfo{
            .name = "process_stop",
            .summary = "Asks a service's process to end in good order, as an operator would.",
            .options = Shape::object({{.name = "signal",
                                       .shape = Shape::choice({"TERM", "INT", "QUIT"}),
                                       .doc = "The service's orderly signal; default TERM."}}),
            .example = {{"inject", "process_stop"},
                        {"into", "server"},
                        {"with", {{"signal", "TERM"}}},
                        {"at", "2s"}},
        },
        Nature::event, Target::service},
    [](const FaultSpec& spec,
       const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
      return std::make_unique<ProcessStop>(spec, surroundings);
    }}};

}  // namespace
}  // namespace reprise
