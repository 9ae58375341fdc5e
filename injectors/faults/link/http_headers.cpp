// A condition: header fields of requests or of their answers are added, changed or removed.
#include "harness/model/registry.h"
#include "injectors/links/link_fault.h"
#include "injectors/proxy/match.h"

namespace reprise::proxy {
namespace {

class HttpHeaders final : public Filter {
 public:
  HttpHeaders(const nlohmann::json& with, std::uint64_t seed)
      : match_(with, seed), requests_(with.value("on", "response") == "request") {
    set_ = with.value("set", set_);
    add_ = with.value("add", add_);
    remove_ = with.value("remove", remove_);
  }

  Verdict on_request(Exchange& exchange) override {
    if (requests_ && match_.takes(exchange.request)) change(exchange.request);
    return {};
  }
  void on_response(const Exchange& exchange, Response& response) override {
    if (!requests_ && match_.takes(exchange.request)) change(response.head);
  }

 private:
  void change(Head& head) {
    const auto before = head.fields;
    for (const auto& name : remove_) head.remove(name);
    for (const auto& [name, value] : set_) head.set(name, value);
    for (const auto& [name, value] : add_) head.add(name, value);
    if (head.fields != before) hit();
  }

  Match match_;
  bool requests_;
  std::map<std::string, std::string> set_, add_;
  std::vector<std::string> remove_;
};

Result<std::shared_ptr<Filter>> make_http_headers(const nlohmann::json& with, std::uint64_t seed) {
  const auto says = [&](const char* what) { return with.contains(what) && !with[what].empty(); };
  if (!says("set") && !says("add") && !says("remove")) {
    return failure("what becomes of the header is missing: `set`, `add` or `remove`");
  }
  return std::make_shared<HttpHeaders>(with, seed);
}

const Registered<FaultKind> http_headers_registered{link_fault(
    {.name = "http_headers",
     .summary = "Adds, changes or removes header fields of answers or of requests.",
     .options = Shape::object(with_request_options(
         {{.name = "on",
           .shape = Shape::choice({"response", "request"}),
           .doc = "Whose header; default response."},
          {.name = "set",
           .shape = Shape::map(Shape::text()),
           .doc = "Fields that stand there with this value and no other."},
          {.name = "add",
           .shape = Shape::map(Shape::text()),
           .doc = "Fields that stand there once more."},
          {.name = "remove", .shape = Shape::list(Shape::text()), .doc = "Fields that go."}})),
     .example = {{"inject", "http_headers"},
                 {"into", "client-to-server"},
                 {"with", {{"set", {{"Content-Type", "text/plain"}}}}}}},
    {.filter = make_http_headers, .one = "1 header changed", .many = "headers changed"})};

}  // namespace
}  // namespace reprise::proxy
