// A request over a fresh connection a sample: what a user who has just come sees. A kept
// connection would hide a listener that is gone.
#include <boost/asio/redirect_error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include "harness/model/registry.h"
#include "harness/observe/address.h"
#include "harness/observe/answer.h"
#include "harness/observe/probe.h"
#include "harness/observe/promised.h"

namespace reprise {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using nlohmann::json;
using Response = http::response<http::string_body>;

constexpr std::size_t most_body = 8 << 20;
constexpr std::size_t most_header = 64 << 10;
constexpr std::size_t parsed_in_place = 256 << 10;  // a larger body would hold up the engine
constexpr int most_redirects = 5;

struct Request {
  HttpUrl url;
  http::request<http::string_body> message;
};

struct Exchange {
  std::optional<Response> response;
  Observation failure;
};

class HttpProbe final : public Probe {
 public:
  HttpProbe(const ProbeSpec& spec, const ProbeContext& context, KeptPointers pointers)
      : spec_(spec), context_(context), pointers_(std::move(pointers)) {}

  asio::awaitable<Observation> sample(Instant deadline) override;

 private:
  Result<Request> request() const;
  asio::awaitable<Exchange> exchange(Request& request, Instant deadline) const;
  asio::awaitable<Observation> observe(Response response, Instant deadline) const;

  ProbeSpec spec_;
  ProbeContext context_;
  KeptPointers pointers_;
};

// A name, a colon and a line break in a header would be another header.
bool fits_a_header(std::string_view value) {
  return value.find_first_of(std::string_view("\r\n\0", 3)) == value.npos;
}

Result<Request> HttpProbe::request() const {
  const auto resolve = [&](std::string_view text) { return context_.surroundings.resolve(text); };
  auto text = resolve(spec_.options.at("url").get<std::string>());
  if (!text) return std::unexpected(text.error());
  auto url = parse_http_url(*text);
  if (!url) return std::unexpected(url.error());
  Request request{std::move(*url), {}};
  auto& message = request.message;
  message.version(11);
  message.method(http::string_to_verb(spec_.options.value("method", "GET")));
  message.set(http::field::user_agent, "reprise/" REPRISE_VERSION);
  message.set(http::field::accept, "*/*");
  if (spec_.options.contains("body")) {
    const auto& body = spec_.options.at("body");
    if (!body.is_string()) message.set(http::field::content_type, "application/json");
    auto filled = resolve(body.is_string() ? body.get<std::string>() : body.dump());
    if (!filled) return std::unexpected(filled.error());
    message.body() = std::move(*filled);
  }
  const auto headers = spec_.options.value("headers", json::object());
  for (const auto& [name, value] : headers.items()) {
    auto filled = resolve(value.get<std::string>());
    if (!filled) return std::unexpected(filled.error());
    if (!fits_a_header(*filled)) return failure("the header {} holds a line break", name);
    message.set(name, *filled);
  }
  return request;
}

Observation why_not(const boost::system::error_code& error) {
  if (error == beast::error::timeout) return not_answered("timeout");
  if (error == http::error::end_of_stream || error == http::error::partial_message) {
    return not_answered("reset");
  }
  if (error == http::error::body_limit) {
    return not_answered("error", "the answer is larger than 8 MiB");
  }
  if (error.category() == make_error_code(http::error::bad_version).category()) {
    return not_answered("error", fmt::format("not an HTTP answer: {}", error.message()));
  }
  return not_answered(error);
}

asio::awaitable<Exchange> HttpProbe::exchange(Request& request, Instant deadline) const {
  Exchange done;
  auto& message = request.message;
  message.target(request.url.target);
  if (message.find(http::field::host) == message.end()) {
    message.set(http::field::host, request.url.address.text());
  }
  message.keep_alive(false);
  message.prepare_payload();

  const auto where = co_await look_up(request.url.address, deadline);
  boost::system::error_code error = where.error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  beast::tcp_stream stream(context_.executor);
  stream.expires_at(deadline);
  if (!error) co_await stream.async_connect(where.endpoints, token);
  if (error) {
    done.failure = why_not(error);
    co_return done;
  }
  co_await http::async_write(stream, message, token);
  const auto not_sent = error;
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(most_body);
  parser.header_limit(most_header);
  parser.skip(message.method() == http::verb::head);
  // A server that refuses a body answers and closes before it has read everything.
  if (!not_sent || not_sent != beast::error::timeout) {
    co_await http::async_read(stream, buffer, parser, token);
  }
  if (error) {
    done.failure = why_not(not_sent ? not_sent : error);
  } else {
    done.response = parser.release();
  }
  co_return done;
}

asio::awaitable<Observation> HttpProbe::observe(Response response, Instant deadline) const {
  Observation seen;
  const auto status = response.result_int();
  seen.values = {{"status", status}, {"size", response.body().size()}};
  for (const auto& name : spec_.headers) {
    std::string all;
    const auto [from, to] = response.equal_range(name);
    for (auto field = from; field != to; ++field) {
      if (!all.empty()) all += ", ";
      all += field->value();
    }
    if (from != to) seen.values["headers"][name] = cut_text(all);
  }
  const auto first_bytes = cut_text(response.body());
  json document;
  auto parse = [body = std::move(response.body())] { return json::parse(body, nullptr, false); };
  if (seen.values["size"] <= parsed_in_place) {
    document = parse();
  } else {
    auto promised = promise(context_.executor, context_.pool, std::move(parse));
    auto answer = co_await promised->wait(deadline);
    if (!answer) co_return not_answered("timeout");
    document = std::move(*answer);
  }
  if (!document.is_discarded()) pointers_.keep(document, seen);
  const bool wanted = document.is_discarded() || status >= 400;
  if (wanted && !first_bytes.empty()) seen.values["text"] = first_bytes;
  co_return seen;
}

// Redirected as browsers do: whatever was not a GET or HEAD becomes one, except by 307 and 308.
Result<void> redirect(Request& request, unsigned status, std::string_view location) {
  auto url = follow_location(request.url, location);
  if (!url) return std::unexpected(url.error());
  request.url = std::move(*url);
  auto& message = request.message;
  message.erase(http::field::host);
  if (status != 307 && status != 308 && message.method() != http::verb::head) {
    message.method(http::verb::get);
    message.body().clear();
    message.erase(http::field::content_type);
  }
  return {};
}

asio::awaitable<Observation> HttpProbe::sample(Instant deadline) {
  auto next = request();
  if (!next) co_return not_answered("error", next.error().text());
  const bool follow = spec_.options.value("follow", false);
  for (int hops = 0;; ++hops) {
    auto done = co_await exchange(*next, deadline);
    if (!done.response) co_return std::move(done.failure);
    auto& response = *done.response;
    const auto status = response.result_int();
    const std::string location(response[http::field::location]);
    const bool leads_on = status > 300 && status < 400 && status != 304 && !location.empty();
    if (!follow || !leads_on) co_return co_await observe(std::move(response), deadline);
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
  const auto body =
      Shape::either({Shape::text(), Shape::map(Shape::any()), Shape::list(Shape::any())});
  return Shape::object({
      {"url", Shape::text(), required, "An http:// address."},
      {"method",
       Shape::choice({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}),
       {},
       "Default GET."},
      {"headers", Shape::map(Shape::text()), {}, "Headers to send."},
      {"body", body, {}, "A text, sent as it is, or a list or object, sent as JSON."},
      {"follow", Shape::boolean(), {}, "Follow up to 5 redirections; default no."},
  });
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
