// An HTTP/1.1 connection message by message, so that a filter installed at any time acts on the
// next request of a connection that has long been open. Messages no filter touches pass byte for
// byte. An upgraded connection, and whatever is not HTTP/1, is copied as it is from there on.
//
// Ownership: belongs to its Connection. Threads: the proxy's only.
#pragma once

#include <deque>

#include "injectors/proxy/http_message.h"
#include "injectors/proxy/relay.h"

namespace reprise::proxy {

class HttpRelay final : public Relay {
 public:
  explicit HttpRelay(Connection& connection) : connection_(connection) {}
  Awaitable<void> to_service() override;
  Awaitable<void> to_client() override;

 private:
  // A request whose answer is still due.
  struct Pending {
    Exchange exchange;
    enum class Fate { forwarded, answered, hung, raw } fate = Fate::forwarded;
    Response answer;
    std::uint64_t hung_by = 0;
    std::uint64_t version = 0;  // of the filters that were asked about the request
    bool closes = false;        // no further request may follow an answer of ours
    bool switches = false;      // asks for another protocol
    enum class State { due, over, switched } state = State::due;
  };
  enum class Next { message, stop };

  void take_request(HttpParser& parser, Pending& pending);
  Awaitable<void> push(std::shared_ptr<Pending> pending);
  Awaitable<bool> forward(const Pending& pending, HttpParser& parser, std::size_t head_size);

  Awaitable<Next> answer_one();
  Awaitable<Next> idle();
  Awaitable<Next> hang(std::uint64_t filter);
  Awaitable<Next> pass_answer(std::shared_ptr<Pending> pending);
  Awaitable<Next> pass_interim(Pending& pending, int status, std::size_t head_size);
  // Lets the filters change the response and waits out their delays; the filter that hangs it.
  Awaitable<std::uint64_t> settle(Pending& pending, Response& response);
  // `parser` is null when there is nothing of the service's to pass on.
  Awaitable<Next> deliver(Pending& pending, Response& response, HttpParser* parser,
                          std::size_t head_size);
  Awaitable<Moved> deliver_body(const Pending& pending, Response& response, HttpParser* parser);
  Awaitable<Next> end_with(Moved moved, bool cut);

  Connection& connection_;
  Buffer up_, down_;
  std::deque<std::shared_ptr<Pending>> pending_;
  bool idle_ = false;          // waiting for the service without owing an answer
  bool answers_over_ = false;  // nothing will go to the client any more
  error_code service_broken_;  // requests go nowhere; the answer may still come
};

}  // namespace reprise::proxy
