// The service's half of an HTTP connection.
#include <fmt/format.h>

#include "injectors/proxy/http_relay.h"

namespace reprise::proxy {
namespace {

bool bodiless(const Head& request, int status) {
  return request.method == "HEAD" || status / 100 == 1 || status == 204 || status == 304;
}

// Makes the fields tell the truth about the body that will follow (a cut one keeps its lie).
void frame(const Head& request, Response& response) {
  auto& head = response.head;
  const bool without_body = bodiless(request, head.status);
  if (without_body && request.method != "HEAD") response.body.reset();
  if (response.body) {
    if (response.limit && !response.cut && response.body->size() > *response.limit) {
      response.body->resize(*response.limit);
    }
    head.remove("Transfer-Encoding");
    head.remove("Content-Encoding");
    head.set("Content-Length", std::to_string(response.body->size()));
  } else if (response.limit && !response.cut && !without_body) {
    const auto* length = head.find("Content-Length");
    const auto full = length ? std::strtoull(length->c_str(), nullptr, 10) : 0;
    if (full > *response.limit) head.set("Content-Length", std::to_string(*response.limit));
  }
}

}  // namespace

Awaitable<void> HttpRelay::to_client() {
  auto next = Next::message;
  while (next == Next::message && connection_.open()) {
    if (pending_.empty()) {
      next = co_await idle();
    } else {
      next = co_await answer_one();
    }
  }
  answers_over_ = true;
  connection_.signal().notify();
}

Awaitable<HttpRelay::Next> HttpRelay::idle() {
  auto& service = connection_.service();
  error_code error;
  if (down_.empty() && !down_.ended()) {
    idle_ = true;
    co_await service.socket().async_wait(
        boost::asio::socket_base::wait_read,
        boost::asio::redirect_error(boost::asio::use_awaitable, error));
    idle_ = false;
    if (!pending_.empty() || !connection_.open()) co_return Next::message;
  }
  // The service speaks unasked or closes: pass it on.
  co_await copy(connection_, service, connection_.client(), down_);
  co_return Next::stop;
}

Awaitable<HttpRelay::Next> HttpRelay::hang(std::uint64_t filter) {
  while (connection_.open() && connection_.filters().has(filter)) {
    co_await connection_.signal().wait();
  }
  // Healed: the request is lost, so its connection dies and the client may ask again.
  connection_.reset();
  co_return Next::stop;
}

Awaitable<HttpRelay::Next> HttpRelay::answer_one() {
  const auto pending = pending_.front();
  auto next = Next::stop;
  switch (pending->fate) {
    case Pending::Fate::raw:
      co_await copy(connection_, connection_.service(), connection_.client(), down_);
      co_return Next::stop;
    case Pending::Fate::hung: co_return co_await hang(pending->hung_by);
    case Pending::Fate::answered: {
      const auto hung_by = co_await settle(*pending, pending->answer);
      if (hung_by != 0) co_return co_await hang(hung_by);
      next = co_await deliver(*pending, pending->answer, nullptr, 0);
      break;
    }
    case Pending::Fate::forwarded: next = co_await pass_answer(pending); break;
  }
  if (pending->state == Pending::State::over) {
    pending_.pop_front();
    connection_.signal().notify();
  }
  co_return next;
}

Awaitable<HttpRelay::Next> HttpRelay::pass_answer(std::shared_ptr<Pending> pending) {
  auto parser = HttpParser::response(pending->exchange.request.method == "HEAD");
  std::size_t head_size = 0;
  const auto found = co_await read_head(connection_.service(), down_, parser, head_size);
  if (found == Found::failed) connection_.reset();
  if (found != Found::head) {
    // Not HTTP/1, or the end where an answer was due: the client sees just that.
    if (connection_.open()) {
      co_await copy(connection_, connection_.service(), connection_.client(), down_);
    }
    co_return Next::stop;
  }
  const auto status = parser.head().status;
  const bool connected = pending->exchange.request.method == "CONNECT" && status / 100 == 2;
  if (status / 100 == 1 || connected) {
    const unsigned interim = connected ? 101 : status;
    co_return co_await pass_interim(*pending, interim, head_size);
  }
  Response response;
  response.head = std::move(parser.head());
  const auto hung_by = co_await settle(*pending, response);
  if (hung_by != 0) co_return co_await hang(hung_by);
  co_return co_await deliver(*pending, response, &parser, head_size);
}

Awaitable<HttpRelay::Next> HttpRelay::pass_interim(Pending& pending, int status,
                                                   std::size_t head_size) {
  error_code error;
  co_await connection_.client().write(down_.bytes().substr(0, head_size), error);
  down_.consume(head_size);
  if (error) connection_.reset();
  if (status != 101) co_return error ? Next::stop : Next::message;
  pending.state = Pending::State::switched;
  connection_.signal().notify();
  if (!error) co_await copy(connection_, connection_.service(), connection_.client(), down_);
  co_return Next::stop;
}

Awaitable<std::uint64_t> HttpRelay::settle(Pending& pending, Response& response) {
  const auto& filters = connection_.filters();
  const Instant arrived = std::chrono::steady_clock::now();
  std::uint64_t version = 0;
  while (connection_.open()) {
    if (!response.local) {
      auto decision = filters.on_request(pending.exchange, pending.version);
      if (decision.verdict.what == Verdict::What::hang) co_return decision.by;
      if (decision.verdict.what == Verdict::What::answer) {
        decision.verdict.answer.delays = std::move(response.delays);
        response = std::move(decision.verdict.answer);
      }
    }
    filters.on_response(pending.exchange, response, version);
    pending.version = version = filters.version();
    const Instant due = arrived + filters.delay(response);
    if (due <= std::chrono::steady_clock::now()) break;
    co_await connection_.signal().wait_until(due);
  }
  co_return 0;
}

Awaitable<HttpRelay::Next> HttpRelay::deliver(Pending& pending, Response& response,
                                              HttpParser* parser, std::size_t head_size) {
  frame(pending.exchange.request, response);
  const bool closes = response.local && pending.closes;
  if (closes) response.head.set("Connection", "close");
  const auto text = response.local || response.head.changed
                        ? response.head.text()
                        : std::string(down_.bytes().substr(0, head_size));
  error_code error;
  co_await connection_.client().write(text, error);
  down_.consume(head_size);
  auto moved = error ? Moved::failed : Moved::whole;
  if (!error) moved = co_await deliver_body(pending, response, parser);
  pending.state = Pending::State::over;
  if (moved != Moved::whole || response.cut || closes) {
    co_return co_await end_with(moved, response.cut);
  }
  co_return Next::message;
}

Awaitable<Moved> HttpRelay::deliver_body(const Pending& pending, Response& response,
                                         HttpParser* parser) {
  auto& client = connection_.client();
  auto& service = connection_.service();
  error_code error;
  const bool without_body = bodiless(pending.exchange.request, response.head.status);
  if (!response.body && response.limit && parser) {
    co_return co_await move_limited(service, client, down_, *parser, response);
  }
  if (response.body && !without_body) {
    const auto limit = response.cut ? *response.limit : UINT64_MAX;
    response.cut = limit < response.body->size();
    const auto body = response.body->substr(0, limit);
    co_await client.write(body, error);
    if (error || response.cut) co_return error ? Moved::failed : Moved::whole;
  }
  if (!parser) co_return Moved::whole;
  if (response.body) co_return co_await move_replaced(service, down_, *parser, response);
  Stream* to = response.local ? nullptr : &client;
  const auto moved = co_await move_body(service, to, down_, *parser, error);
  co_return error ? Moved::failed : moved;
}

Awaitable<HttpRelay::Next> HttpRelay::end_with(Moved moved, bool cut) {
  error_code ignored;
  if (moved == Moved::failed) {
    connection_.reset();
  } else {
    co_await connection_.client().finish(ignored);
    if (cut) connection_.close();
  }
  co_return Next::stop;
}

}  // namespace reprise::proxy
