// A service that somebody else runs: its readiness is waited for, and it is left alone.
#include "harness/engine/services/readiness.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

class ExternalService final : public ServiceController,
                              public std::enable_shared_from_this<ExternalService> {
 public:
  ExternalService(const Service& service, ControllerParts parts)
      : ServiceController(service, std::move(parts)), changed_(parts_.executor) {}

  boost::asio::awaitable<Result<void>> start() override {
    auto self = shared_from_this();
    Result<void> outcome;
    if (service_.ready) {
      ReadinessWait wait{parts_.clock.now() + service_.ready_within, changed_,
                         [this] { return over(); }, [] { return true; }};
      outcome = co_await wait_answer(service_, parts_, std::move(wait));
    }
    if (abandoned_) co_return failure("the drill is over");
    if (!outcome) {
      note("failed", {{"why", outcome.error().text()}});
      co_return failure("service {} did not start: {}", service_.name, outcome.error().text());
    }
    if (!std::exchange(ready_, true)) note("ready");
    co_return outcome;
  }

  boost::asio::awaitable<Result<void>> stop(bool) override {
    co_return failure("service {} is external: reprise did not start it and does not stop it",
                      service_.name);
  }

  void kill() noexcept override {}
  boost::asio::awaitable<void> heard_out(Instant) override { co_return; }
  void abandon() noexcept override { abandoned_ = true; }
  [[nodiscard]] bool running() const override { return false; }
  [[nodiscard]] bool ends_with_drill() const override { return false; }

 private:
  [[nodiscard]] std::optional<std::string> over() const {
    if (abandoned_) return "the drill is over";
    return std::nullopt;
  }

  Event changed_;
  bool ready_ = false;
  bool abandoned_ = false;
};

const Registered<ServiceControllerKind> external_registered{{
    .name = "external",
    .controls = [](const Service& service) { return service.external; },
    .make = [](const Service& service, const ControllerParts& parts,
               std::vector<LogPattern>) -> std::shared_ptr<ServiceController> {
      return std::make_shared<ExternalService>(service, parts);
    },
}};

}  // namespace
}  // namespace reprise
