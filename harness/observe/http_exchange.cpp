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

constexpr std::uint32_t most_header = 1 << 20;
constexpr std::size_t body_block = 64 << 10;
constexpr int most_informational = 100;

// A body that is read piece by piece: how long it says it is does not matter.
using Parser = http::response_parser<http::buffer_body>;

// A name, a colon and a line break in a header would be another header.
bool fits_a_header(std::string_view value) {
  return value.find_first_of(std::string_view("\r\n\0", 3)) == value.npos;
}

Observation why_not(const boost::system::error_code& error) {
  if (error == beast::error::timeout) return not_answered("timeout");
  if (error == http::error::end_of_stream || error == http::error::partial_message) {
    return not_answered("reset");
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

bool is_informational(unsigned status) { return status > 99 && status < 200 && status != 101; }

// The head of the answer, after those that only inform; the last of these when there are too many.
asio::awaitable<std::unique_ptr<Parser>> read_head(beast::tcp_stream& stream,
                                                   beast::flat_buffer& buffer, bool bodiless,
                                                   boost::system::error_code& error) {
  auto token = asio::redirect_error(asio::use_awaitable, error);
  std::unique_ptr<Parser> parser;
  for (int i = 0; i <= most_informational; ++i) {
    parser = std::make_unique<Parser>();
    parser->body_limit(boost::none);
    parser->header_limit(most_header);
    parser->skip(bodiless);
    co_await http::async_read_header(stream, buffer, *parser, token);
    if (error || !is_informational(parser->get().result_int())) break;
  }
  co_return parser;
}

// Reads the body to its end, to what breaks it off, or to what is `most`.
asio::awaitable<void> read_body(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                                Parser& parser, std::size_t most, HttpAnswer& answer,
                                boost::system::error_code& error) {
  auto token = asio::redirect_error(asio::use_awaitable, error);
  std::vector<char> block(body_block);
  auto& place = parser.get().body();
  while (!parser.is_done()) {
    place.data = block.data();
    place.size = block.size();
    co_await http::async_read(stream, buffer, parser, token);
    answer.body.append(block.data(), block.size() - place.size);
    if (error == http::error::need_buffer) error = {};
    answer.more = answer.body.size() > most;
    if (answer.more) answer.body.resize(most);
    if (error || answer.more) co_return;
  }
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
    none.failure = why_not(error);
    co_return none;
  }
  co_await http::async_write(stream, message, token);
  const auto not_sent = error;
  beast::flat_buffer buffer;
  std::unique_ptr<Parser> parser;
  // A server that refuses a body answers and closes before it has read everything.
  if (!not_sent || not_sent != beast::error::timeout) {
    const bool bodiless = message.method() == http::verb::head;
    parser = co_await read_head(stream, buffer, bodiless, error);
  }
  HttpAnswer answer;
  if (error) {
    answer.failure = why_not(not_sent ? not_sent : error);
    // Of a head that is too long or was broken off, nobody knows what it would have said.
    const bool begun = buffer.size() > 0 || (parser && parser->got_some());
    const bool broken_off = begun && why_not(error).outcome != "error";
    answer.more = error == http::error::header_limit || broken_off;
    co_return answer;
  }
  const auto& head = parser->get();
  if (is_informational(head.result_int())) {
    answer.failure = not_answered("error", "a hundred informational answers, and no other");
    co_return answer;
  }
  answer.status = head.result_int();
  for (const auto& field : head) answer.headers.emplace_back(field.name_string(), field.value());
  co_await read_body(stream, buffer, *parser, request.most_answer, answer, error);
  if (error && !answer.more) answer.failure = why_not(error);
  co_return answer;
}

}  // namespace reprise
