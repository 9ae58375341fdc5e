// A condition: answers are held back, so that the client waits as long as the service takes plus
// the delay. Healing releases what is being held.
#include "harness/model/registry.h"
#include "injectors/links/link_fault.h"
#include "injectors/proxy/lateness.h"
#include "injectors/proxy/match.h"

namespace reprise::proxy {
namespace {

class HttpDelay final : public Filter {
 public:
  HttpDelay(const nlohmann::json& with, std::uint64_t seed, Lateness lateness)
      : match_(with, seed), lateness_(std::move(lateness)) {}

  void on_response(const Exchange& exchange, Response& response) override {
    if (!match_.takes(exchange.request)) return;
    const auto later = lateness_.draw();
    if (later == Duration{}) return;
    hit();
    response.delays.push_back({serial(), later});
  }

 private:
  Match match_;
  Lateness lateness_;
};

Result<std::shared_ptr<Filter>> make_http_delay(const nlohmann::json& with, std::uint64_t seed) {
  auto lateness = Lateness::read(with, ~seed);
  if (!lateness) return std::unexpected(lateness.error());
  return std::make_shared<HttpDelay>(with, seed, std::move(*lateness));
}

const Registered<FaultKind> http_delay_registered{
    link_fault({.name = "http_delay",
                .summary = "Holds answers back: the client waits for the service and the delay.",
                .options = Shape::object(with_request_options(
                    {{.name = "delay",
                      .shape = Shape::duration(),
                      .need = required,
                      .doc = "How much longer an answer takes."},
                     {.name = "jitter",
                      .shape = Shape::duration(),
                      .doc = "Each delay is so much more or less, uniformly; default 0s."}})),
                .example = {{"inject", "http_delay"},
                            {"into", "client-to-server"},
                            {"with", {{"delay", "300ms"}}}}},
               {.filter = make_http_delay, .one = "1 answer delayed", .many = "answers delayed"})};

}  // namespace
}  // namespace reprise::proxy
