// A condition: answers come with the right status and a wrong body.
#include "harness/model/registry.h"
#include "injectors/links/link_fault.h"
#include "injectors/proxy/match.h"

namespace reprise::proxy {
namespace {

class HttpBody final : public Filter {
 public:
  HttpBody(const nlohmann::json& with, std::uint64_t seed)
      : match_(with, seed),
        mode_(with.at("mode").get<std::string>()),
        body_(with.value("body", "")),
        type_(with.value("type", mode_ == "wrong-type" ? "text/html" : "")) {
    if (with.contains("bytes")) bytes_ = parse_size(with["bytes"].get<std::string>()).value_or(0);
    if (mode_ == "not-json") body_ = "<html><body>This is no JSON.</body></html>";
  }

  void on_response(const Exchange& exchange, Response& response) override {
    const auto status = response.head.status;
    const bool has_body = exchange.request.method != "HEAD" && status != 204 && status != 304;
    if (!has_body || !match_.takes(exchange.request)) return;
    if (set_type(response.head)) {
      hit();
    } else if (mode_ != "wrong-type") {
      hit_if_it_differs(response);
    }
    if (mode_ == "truncate" || mode_ == "cut") {
      response.limit = std::min(bytes_, response.limit.value_or(UINT64_MAX));
      response.cut = response.cut || mode_ == "cut";
    } else if (mode_ != "wrong-type") {
      response.body = body_;
    }
  }

 private:
  // Whether it was another one.
  bool set_type(Head& head) const {
    const auto* before = head.find("Content-Type");
    if (type_.empty() || (before && *before == type_)) return false;
    head.set("Content-Type", type_);
    return true;
  }

  // The service's body is yet to come; one that was made here is known.
  void hit_if_it_differs(Response& response) {
    const Instant now = std::chrono::steady_clock::now();
    if (!response.local && !response.body) {
      response.when_changed.emplace_back([this, kept = shared_from_this(), now] { hit(now); });
      return;
    }
    const auto body = response.body.value_or("");
    const bool shortens = mode_ == "truncate" || mode_ == "cut";
    if (shortens ? body.size() > bytes_ : body != body_) hit(now);
  }

  Match match_;
  std::string mode_, body_, type_;
  std::uint64_t bytes_ = 0;
};

Result<std::shared_ptr<Filter>> make_http_body(const nlohmann::json& with, std::uint64_t seed) {
  const auto mode = with.at("mode").get<std::string>();
  if (mode == "replace" && !with.contains("body")) {
    return failure("mode replace needs a `body`");
  }
  if (mode != "replace" && with.contains("body")) return failure("`body` goes with mode: replace");
  if (mode != "truncate" && mode != "cut" && with.contains("bytes")) {
    return failure("`bytes` goes with mode: truncate or mode: cut");
  }
  return std::make_shared<HttpBody>(with, seed);
}

const Registered<FaultKind> http_body_registered{link_fault(
    {.name = "http_body",
     .summary = "Changes the bodies of answers; their status stays.",
     .options = Shape::object(with_request_options(
         {{.name = "mode",
           .shape =
               Shape::choice({"replace", "truncate", "cut", "empty", "not-json", "wrong-type"}),
           .need = required,
           .doc = "replace: another body; truncate: the first bytes, as if they were all; cut: "
                  "the connection closes after the first bytes; empty: no bytes; not-json: a page "
                  "under the content type the service gave; wrong-type: another content type."},
          {.name = "body", .shape = Shape::text(), .doc = "The body for replace."},
          {.name = "bytes",
           .shape = Shape::size(),
           .doc = "How much truncate and cut let pass; default 0B."},
          {.name = "type",
           .shape = Shape::text(),
           .doc = "The content type to state; default the service's, text/html for wrong-type."}})),
     .example = {{"inject", "http_body"},
                 {"into", "client-to-server"},
                 {"with", {{"mode", "not-json"}}}}},
    {.filter = make_http_body, .one = "1 answer changed", .many = "answers changed"})};

}  // namespace
}  // namespace reprise::proxy
