// A condition: every piece of data arrives later, in its order; pieces do not wait for each other.
// By the proxy, or by the kernel's netem where it has it.
#include "harness/model/registry.h"
#include "injectors/links/link_fault.h"
#include "injectors/links/shaped_link.h"
#include "injectors/proxy/lateness.h"

namespace reprise::proxy {
namespace {

class NetworkDelay final : public Filter {
 public:
  NetworkDelay(std::string direction, Lateness lateness)
      : direction_(std::move(direction)), lateness_(std::move(lateness)) {}

  bool acts_on_bytes() const override { return true; }
  Instant on_arrival(Flow& flow, Instant due) override {
    const bool requests = flow.direction == Direction::to_service;
    if (direction_ == (requests ? "responses" : "requests")) return due;
    const auto later = lateness_.draw();
    if (later > Duration{}) hit(flow);
    return due + later;
  }

 private:
  std::string direction_;
  Lateness lateness_;
};

Result<std::shared_ptr<Filter>> make_network_delay(const nlohmann::json& with, std::uint64_t seed) {
  auto lateness = Lateness::read(with, seed);
  if (!lateness) return std::unexpected(lateness.error());
  return std::make_shared<NetworkDelay>(with.value("direction", "both"), std::move(*lateness));
}

Result<Shaping> delay_shaping(const nlohmann::json& with) {
  const auto lateness = Lateness::read(with, 0);  // the kernel draws by itself
  if (!lateness) return std::unexpected(lateness.error());
  const auto microseconds = [](Duration length) {
    return fmt::format("{}us", std::chrono::ceil<std::chrono::microseconds>(length).count());
  };
  std::vector<std::string> netem{"netem", "limit", "100000", "delay",
                                 microseconds(lateness->delay())};
  if (lateness->jitter() > Duration{}) netem.push_back(microseconds(lateness->jitter()));
  return Shaping{{}, std::move(netem)};
}

const Registered<FaultKind> network_delay_registered{or_by_kernel(
    link_fault(
        {.name = "network_delay",
         .summary = "Delays everything that passes over a link, each way.",
         .options = shaped_link_shape(
             {{.name = "delay",
               .shape = Shape::duration(),
               .need = required,
               .doc = "How much later data arrives, each way."},
              {.name = "jitter",
               .shape = Shape::duration(),
               .doc = "Each delay is so much more or less, uniformly; default 0s. By the kernel "
                      "it is not drawn from the drill's seed."}}),
         .example = {{"inject", "network_delay"},
                     {"into", "client-to-server"},
                     {"with", {{"delay", "100ms"}}}}},
        {.filter = make_network_delay,
         .one = "1 connection delayed",
         .many = "connections delayed",
         .http_only = false}),
    {.done = "packets delayed", .shaping = delay_shaping})};

}  // namespace
}  // namespace reprise::proxy
