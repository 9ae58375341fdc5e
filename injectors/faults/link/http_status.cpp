// A condition: requests are answered with an error by the link; the service does not see them. A
// request on its way when the fault comes has its answer replaced.
#include <boost/beast/http/status.hpp>

#include "harness/model/registry.h"
#include "injectors/links/link_fault.h"
#include "injectors/proxy/match.h"

namespace reprise::proxy {
namespace {

class HttpStatus final : public Filter {
 public:
  HttpStatus(const nlohmann::json& with, std::uint64_t seed) : match_(with, seed) {
    answer_.local = true;
    answer_.head.status = with.at("status").get<int>();
    const auto known = boost::beast::http::int_to_status(unsigned(answer_.head.status));
    answer_.head.reason = boost::beast::http::obsolete_reason(known);
    answer_.body = with.value("body", "");
    if (!answer_.body->empty()) {
      const auto first = answer_.body->front();
      answer_.head.set("Content-Type",
                       first == '{' || first == '[' ? "application/json" : "text/plain");
    }
    const auto headers = with.value("headers", nlohmann::json::object());
    for (const auto& [name, value] : headers.items()) {
      answer_.head.set(name, value.get<std::string>());
    }
  }

  Verdict on_request(Exchange& exchange) override {
    if (!match_.takes(exchange.request)) return {};
    hit();
    return {Verdict::What::answer, answer_};
  }

 private:
  Match match_;
  Response answer_;
};

const Registered<FaultKind> http_status_registered{link_fault(
    {.name = "http_status",
     .summary = "Answers requests with an HTTP status instead of the service.",
     .options = Shape::object(with_request_options(
         {{.name = "status",
           .shape = Shape::integer(200, 599),
           .need = required,
           .doc = "The status to answer with."},
          {.name = "body", .shape = Shape::text(), .doc = "The body to answer with; default none."},
          {.name = "headers",
           .shape = Shape::map(Shape::text()),
           .doc = "Header fields of the answer, as Retry-After."}})),
     .example = {{"inject", "http_status"},
                 {"into", "client-to-server"},
                 {"with", {{"status", 500}}}}},
    {.filter = [](const nlohmann::json& with, std::uint64_t seed)
         -> Result<std::shared_ptr<Filter>> { return std::make_shared<HttpStatus>(with, seed); },
     .one = "1 request answered with the error",
     .many = "requests answered with the error"})};

}  // namespace
}  // namespace reprise::proxy
