// A condition: answers are held back, so that the client waits as long as the service takes plus
// the delay. Healing releases what is being held.
#include <random>

#include "harness/model/registry.h"
#include "injectors/proxy/link_fault.h"
#include "injectors/proxy/match.h"

namespace reprise::proxy {
namespace {

class HttpDelay final : public Filter {
 public:
  HttpDelay(const nlohmann::json& with, std::uint64_t seed, Duration delay, Duration jitter)
      : match_(with, seed), random_(~seed), delay_(delay), jitter_(jitter) {}

  void on_response(const Exchange& exchange, Response& response) override {
    if (!match_.takes(exchange.request)) return;
    hit();
    std::uniform_int_distribution<std::int64_t> around(-jitter_.count(), jitter_.count());
    response.delays.push_back({serial(), std::max(Duration{}, delay_ + Duration(around(random_)))});
  }

 private:
  Match match_;
  std::mt19937_64 random_;
  Duration delay_, jitter_;
};

Result<std::shared_ptr<Filter>> make_http_delay(const nlohmann::json& with, std::uint64_t seed) {
  const auto delay = parse_duration(with.at("delay").get<std::string>());
  if (!delay) return std::unexpected(delay.error());
  const auto jitter = parse_duration(with.value("jitter", "0s"));
  if (!jitter) return std::unexpected(jitter.error());
  return std::make_shared<HttpDelay>(with, seed, *delay, *jitter);
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
