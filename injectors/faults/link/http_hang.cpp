// A condition: requests are swallowed and never answered; a client without a time limit waits as
// long as the fault lasts. Healing resets the connections of hung requests, which are lost.
#include "harness/model/registry.h"
#include "injectors/links/link_fault.h"
#include "injectors/proxy/match.h"

namespace reprise::proxy {
namespace {

class HttpHang final : public Filter {
 public:
  HttpHang(const nlohmann::json& with, std::uint64_t seed) : match_(with, seed) {}

  Verdict on_request(Exchange& exchange) override {
    if (!match_.takes(exchange.request)) return {};
    hit();
    return {Verdict::What::hang};
  }

 private:
  Match match_;
};

const Registered<FaultKind> http_hang_registered{link_fault(
    {.name = "http_hang",
     .summary = "Swallows requests and never answers; healing resets their connections.",
     .options = Shape::object(with_request_options({})),
     .example = {{"inject", "http_hang"}, {"into", "client-to-server"}}},
    {.filter = [](const nlohmann::json& with, std::uint64_t seed)
         -> Result<std::shared_ptr<Filter>> { return std::make_shared<HttpHang>(with, seed); },
     .one = "1 request left without an answer",
     .many = "requests left without an answer"})};

}  // namespace
}  // namespace reprise::proxy
