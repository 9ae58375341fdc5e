// A request over a fresh connection a sample: what a user who has just come sees. A kept
// connection would hide a listener that is gone.
#include "harness/model/registry.h"
#include "harness/observe/answer.h"
#include "harness/observe/http_exchange.h"
#include "harness/observe/probe.h"
#include "harness/observe/promised.h"

namespace reprise {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

constexpr std::size_t parsed_in_place = 256 << 10;  // a larger body would hold up the engine
constexpr int most_redirects = 5;

class HttpProbe final : public Probe {
 public:
  HttpProbe(const ProbeSpec& spec, const ProbeContext& context, KeptPointers pointers)
      : spec_(spec), context_(context), pointers_(std::move(pointers)) {}

  asio::awaitable<Observation> sample(Instant deadline) override;

 private:
  asio::awaitable<Observation> observe(HttpAnswer answer, Instant deadline) const;

  ProbeSpec spec_;
  ProbeContext context_;
  KeptPointers pointers_;
};

asio::awaitable<Observation> HttpProbe::observe(HttpAnswer answer, Instant deadline) const {
  Observation seen;
  seen.values = {{"status", answer.status}, {"size", answer.body.size()}};
  for (const auto& name : spec_.headers) {
    if (answer.has_header(name)) seen.values["headers"][name] = cut_text(answer.header(name));
  }
  const auto first_bytes = cut_text(answer.body);
  json document;
  auto parse = [body = std::move(answer.body)] { return json::parse(body, nullptr, false); };
  if (seen.values["size"] <= parsed_in_place) {
    document = parse();
  } else {
    auto promised = promise(context_.executor, context_.pool, std::move(parse));
    auto parsed = co_await promised->wait(deadline);
    if (!parsed) co_return not_answered("timeout");
    document = std::move(*parsed);
  }
  if (!document.is_discarded()) pointers_.keep(document, seen);
  const bool wanted = document.is_discarded() || answer.status >= 400;
  if (wanted && !first_bytes.empty()) seen.values["text"] = first_bytes;
  co_return seen;
}

// Redirected as browsers do: whatever was not a GET or HEAD becomes one, except by 307 and 308.
Result<void> redirect(HttpRequest& request, unsigned status, std::string_view location) {
  auto url = follow_location(request.url, location);
  if (!url) return std::unexpected(url.error());
  request.url = std::move(*url);
  request.drop_header("host");
  if (status != 307 && status != 308 && request.method != "HEAD") {
    request.method = "GET";
    request.body.clear();
    request.drop_header("content-type");
  }
  return {};
}

asio::awaitable<Observation> HttpProbe::sample(Instant deadline) {
  auto next = http_request(spec_.options, context_.surroundings);
  if (!next) co_return not_answered("error", next.error().text());
  const bool follow = spec_.options.value("follow", false);
  for (int hops = 0;; ++hops) {
    HttpRequest request = *next;
    auto answer = co_await http_exchange(context_.executor, std::move(request), deadline);
    if (answer.failure) co_return std::move(*answer.failure);
    const auto status = answer.status;
    const std::string location = answer.header("location");
    const bool leads_on = status > 300 && status < 400 && status != 304 && !location.empty();
    if (!follow || !leads_on) co_return co_await observe(std::move(answer), deadline);
    if (hops == most_redirects) co_return not_answered("error", "redirected too often");
    auto redirected = redirect(*next, status, location);
    if (!redirected) co_return not_answered("error", redirected.error().text());
  }
}

Result<std::unique_ptr<Probe>> make_http(const ProbeSpec& spec, const ProbeContext& context) {
  const auto url = spec.options.at("url").get<std::string>();
  if (url.starts_with("https:")) {
    return failure("probe {}: https is not supported, only http: {}", spec.name, url);
  }
  auto pointers = KeptPointers::of(spec);
  if (!pointers) return std::unexpected(pointers.error());
  return std::make_unique<HttpProbe>(spec, context, std::move(*pointers));
}

Shape options() {
  auto fields = http_request_options();
  fields.push_back({"follow", Shape::boolean(), {}, "Follow up to 5 redirections; default no."});
  return Shape::object(std::move(fields));
}

const Registered<ProbeKind> http_registered{ProbeKind{
    {{.name = "http",
      .summary = "One HTTP request over a fresh connection; sees status, headers, json, text, size",
      .options = options(),
      .example = {{"url", "http://${services.server.address}/api/dashboard"}}},
     std::chrono::milliseconds(1)},
    make_http}};

}  // namespace
}  // namespace reprise
