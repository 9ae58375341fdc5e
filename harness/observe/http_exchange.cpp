#include "harness/observe/http_exchange.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include "harness/observe/answer.h"

namespace reprise {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using nlohmann::json;

constexpr std::size_t most_header = 64 << 10;

// A name, a colon and a line break in a header would be another header.
bool fits_a_header(std::string_view value) {
  return value.find_first_of(std::string_view("\r\n\0", 3)) == value.npos;
}

Observation why_not(const boost::system::error_code& error, std::size_t most_answer) {
  if (error == beast::error::timeout) return not_answered("timeout");
  if (error == http::error::end_of_stream || error == http::error::partial_message) {
    return not_answered("reset");
  }
  if (error == http::error::body_limit) {
    return not_answered("error",
                        fmt::format("the answer is larger than {} MiB", most_answer >> 20));
  }
  if (error.category() == make_error_code(http::error::bad_version).category()) {
    return not_answered("error", fmt::format("not an HTTP answer: {}", error.message()));
  }
  return not_answered(error);
}

http::request<http::string_body> message_of(HttpRequest& request) {
  http::request<http::string_body> message;
  message.version(11);
  message.method(http::string_to_verb(request.method));
  message.target(request.url.target);
  message.set(http::field::user_agent, "reprise/" REPRISE_VERSION);
  message.set(http::field::accept, "*/*");
  message.set(http::field::host, request.url.address.text());
  for (const auto& [name, value] : request.headers) message.set(name, value);
  message.body() = std::move(request.body);
  message.keep_alive(false);
  message.prepare_payload();
  return message;
}

HttpAnswer answer_of(http::response<http::string_body> response) {
  HttpAnswer answer;
  answer.status = response.result_int();
  for (const auto& field : response)
    answer.headers.emplace_back(field.name_string(), field.value());
  answer.body = std::move(response.body());
  return answer;
}

}  // namespace

void HttpRequest::drop_header(std::string_view name) {
  std::erase_if(headers, [&](const auto& header) { return beast::iequals(header.first, name); });
}

bool HttpAnswer::has_header(std::string_view name) const {
  return std::ranges::any_of(
      headers, [&](const auto& header) { return beast::iequals(header.first, name); });
}

std::string HttpAnswer::header(std::string_view name) const {
  std::string all;
  for (const auto& [called, value] : headers) {
    if (!beast::iequals(called, name)) continue;
    if (!all.empty()) all += ", ";
    all += value;
  }
  return all;
}

std::vector<Shape::Field> http_request_options() {
  const auto body =
      Shape::either({Shape::text(), Shape::map(Shape::any()), Shape::list(Shape::any())});
  return {{"url", Shape::text(), required, "An http:// address."},
          {"method",
           Shape::choice({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}),
           {},
           "Default GET."},
          {"headers", Shape::map(Shape::text()), {}, "Headers to send."},
          {"body", body, {}, "A text, sent as it is, or a list or object, sent as JSON."}};
}

Result<HttpRequest> http_request(const json& options, const Surroundings& surroundings) {
  auto text = surroundings.resolve(options.at("url").get<std::string>());
  if (!text) return std::unexpected(text.error());
  auto url = parse_http_url(*text);
  if (!url) return std::unexpected(url.error());
  HttpRequest request;
  request.url = std::move(*url);
  request.method = options.value("method", "GET");
  if (options.contains("body")) {
    const auto& body = options.at("body");
    if (!body.is_string()) request.headers.emplace_back("Content-Type", "application/json");
    auto filled = surroundings.resolve(body.is_string() ? body.get<std::string>() : body.dump());
    if (!filled) return std::unexpected(filled.error());
    request.body = std::move(*filled);
  }
  const auto headers = options.value("headers", json::object());
  for (const auto& [name, value] : headers.items()) {
    auto filled = surroundings.resolve(value.get<std::string>());
    if (!filled) return std::unexpected(filled.error());
    if (!fits_a_header(*filled)) return failure("the header {} holds a line break", name);
    request.headers.emplace_back(name, std::move(*filled));
  }
  return request;
}

asio::awaitable<HttpAnswer> http_exchange(asio::any_io_executor executor, HttpRequest request,
                                          Instant deadline) {
  HttpAnswer none;
  const auto message = message_of(request);
  const auto where = co_await look_up(request.url.address, deadline);
  boost::system::error_code error = where.error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  beast::tcp_stream stream(executor);
  stream.expires_at(deadline);
  if (!error) co_await stream.async_connect(where.endpoints, token);
  if (error) {
    none.failure = why_not(error, request.most_answer);
    co_return none;
  }
  co_await http::async_write(stream, message, token);
  const auto not_sent = error;
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(request.most_answer);
  parser.header_limit(most_header);
  parser.skip(message.method() == http::verb::head);
  // A server that refuses a body answers and closes before it has read everything.
  if (!not_sent || not_sent != beast::error::timeout) {
    co_await http::async_read(stream, buffer, parser, token);
  }
  if (error) {
    none.failure = why_not(not_sent ? not_sent : error, request.most_answer);
    co_return none;
  }
  co_return answer_of(parser.release());
}

}  // namespace reprise
