// The client's half of an HTTP connection.
#include "injectors/proxy/http_relay.h"

namespace reprise::proxy {
namespace {

constexpr std::size_t pipelined_limit = 64;

}  // namespace

std::unique_ptr<Relay> make_http_relay(Connection& connection) {
  return std::make_unique<HttpRelay>(connection);
}

Awaitable<void> HttpRelay::to_service() {
  while (connection_.open()) {
    auto parser = HttpParser::request();
    std::size_t head_size = 0;
    const auto found = co_await read_head(connection_.client(), up_, parser, head_size);
    if (found == Found::failed) co_return connection_.reset();
    auto pending = std::make_shared<Pending>();
    if (found != Found::head) {
      // What is not HTTP/1 is the service's business, as is the end of the stream.
      pending->fate = Pending::Fate::raw;
      if (found == Found::not_http) co_await push(pending);
      co_return co_await copy(connection_, connection_.client(), connection_.service(), up_);
    }
    take_request(parser, *pending);
    co_await push(pending);
    if (!co_await forward(*pending, parser, head_size)) co_return;
    if (!pending->switches) continue;
    while (pending->state == Pending::State::due && connection_.open() && !answers_over_) {
      co_await connection_.signal().wait();
    }
    if (pending->state == Pending::State::switched) {
      co_return co_await copy(connection_, connection_.client(), connection_.service(), up_);
    }
  }
}

void HttpRelay::take_request(HttpParser& parser, Pending& pending) {
  pending.exchange = {std::move(parser.head()), std::chrono::steady_clock::now()};
  pending.version = connection_.filters().version();
  auto decision = connection_.filters().on_request(pending.exchange, 0);
  auto& request = pending.exchange.request;
  pending.switches = request.find("Upgrade") || request.method == "CONNECT";
  // Who has said Expect may or may not send the body after an early answer: nobody could tell
  // where the next request begins.
  pending.closes = !parser.keep_alive() || request.find("Expect");
  if (decision.verdict.what == Verdict::What::answer) {
    pending.fate = Pending::Fate::answered;
    pending.answer = std::move(decision.verdict.answer);
  } else if (decision.verdict.what == Verdict::What::hang) {
    pending.fate = Pending::Fate::hung;
    pending.hung_by = decision.by;
  }
}

Awaitable<void> HttpRelay::push(std::shared_ptr<Pending> pending) {
  while (pending_.size() >= pipelined_limit && connection_.open() && !answers_over_) {
    co_await connection_.signal().wait();
  }
  if (answers_over_) co_return;
  pending_.push_back(std::move(pending));
  if (idle_) connection_.service().socket().cancel();
  connection_.signal().notify();
}

Awaitable<bool> HttpRelay::forward(const Pending& pending, HttpParser& parser,
                                   std::size_t head_size) {
  auto& service = connection_.service();
  Stream* to = pending.fate == Pending::Fate::forwarded ? &service : nullptr;
  if (to && !service_broken_) {
    const auto& head = pending.exchange.request;
    const auto text = head.changed ? head.text() : std::string(up_.bytes().substr(0, head_size));
    co_await service.write(text, service_broken_);
  }
  up_.consume(head_size);
  const auto moved = co_await move_body(connection_.client(), to, up_, parser, service_broken_);
  if (moved == Moved::end) {
    // A client that goes in the middle of its request: the service sees it go.
    error_code ignored;
    co_await service.finish(ignored);
  }
  // A service may answer early and close: then its answer is still read. Once it has been, a
  // further request meets what it would meet without us.
  if (moved == Moved::failed || (service_broken_ && answers_over_)) connection_.reset();
  co_return moved == Moved::whole&& connection_.open();
}

}  // namespace reprise::proxy
