// The client's end of a proxied connection, where the faulty network lies: bytes that come or go
// are shown to the filters, and are passed, delayed, held or answered with a reset.
//
// As long as no filter acts on bytes they are read and written straight away. From the first such
// filter on, each direction has a queue with its own coroutine, so that delayed chunks overlap; a
// queue holds 64 KiB, and 1 MiB while its chunks are being delayed (a delay shall not be a rate).
// Ownership: belongs to its Connection, whose coroutines keep it. Threads: the proxy's only.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include <boost/asio/ip/tcp.hpp>

#include "injectors/proxy/filters.h"
#include "injectors/proxy/signal.h"
#include "injectors/proxy/stream.h"

namespace reprise::proxy {

class Edge final : public Stream {
 public:
  // `spawn` starts a coroutine that keeps this alive; `reset` kills the connection.
  struct Owner {
    std::function<void(Awaitable<void>)> spawn;
    std::function<void()> reset;
  };
  Edge(boost::asio::ip::tcp::socket socket, const Filters& filters, Signal& changed, Owner owner);

  Awaitable<std::size_t> read(char* to, std::size_t size, error_code& error) override;
  Awaitable<void> write(std::string_view bytes, error_code& error) override;
  Awaitable<void> finish(error_code& error) override;

  [[nodiscard]] boost::asio::ip::tcp::socket& socket() { return socket_; }
  [[nodiscard]] Flow& flow(Direction direction);

 private:
  struct Chunk {
    std::string bytes;
    std::size_t passed = 0;
    Instant arrived, due;
    error_code end;  // set: nothing follows
  };
  struct Queue {
    explicit Queue(Direction direction) : flow{direction, 0, nullptr} {}
    Flow flow;
    std::deque<Chunk> chunks;
    std::size_t size = 0;
    bool used = false;          // chunks go through here from now on
    std::uint64_t version = 0;  // of the filters that `due` was asked of
    error_code broken;          // outwards: what writing ended with
  };

  void push(Queue& queue, std::string_view bytes, error_code end);
  [[nodiscard]] bool full(const Queue& queue) const;
  void ask_again(Queue& queue);
  // Waits until some of the first chunk may pass and says how much; 0 for the end.
  Awaitable<std::size_t> passage(Queue& queue);
  void pop(Queue& queue, std::size_t size);
  Awaitable<void> receive();  // fills the queue of what comes
  Awaitable<void> send();     // empties the queue of what goes

  boost::asio::ip::tcp::socket socket_;
  const Filters& filters_;
  Signal& changed_;
  Owner owner_;
  std::vector<std::uint64_t> hit_by_;
  Queue in_{Direction::to_service}, out_{Direction::to_client};
};

}  // namespace reprise::proxy
