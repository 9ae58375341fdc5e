#include "injectors/proxy/edge.h"

#include <boost/asio/write.hpp>

namespace reprise::proxy {
namespace {

namespace asio = boost::asio;

constexpr std::size_t delayed_limit = 1024 * 1024;

}  // namespace

Edge::Edge(asio::ip::tcp::socket socket, const Filters& filters, Signal& changed, Owner owner)
    : socket_(std::move(socket)), filters_(filters), changed_(changed), owner_(std::move(owner)) {
  in_.flow.hit_by = out_.flow.hit_by = &hit_by_;
}

Flow& Edge::flow(Direction direction) {
  return direction == Direction::to_service ? in_.flow : out_.flow;
}

Awaitable<std::size_t> Edge::read(char* to, std::size_t size, error_code& error) {
  if (!in_.used) {
    const auto count = co_await socket_.async_read_some(
        asio::buffer(to, size), asio::redirect_error(asio::use_awaitable, error));
    if (!filters_.act_on_bytes()) {
      in_.flow.passed += count;
      co_return count;
    }
    in_.used = true;
    push(in_, {to, count}, error);
    if (!error) owner_.spawn(receive());
    error = {};
  }
  const auto allowed = co_await passage(in_);
  auto& chunk = in_.chunks.front();
  if (chunk.passed == chunk.bytes.size()) {
    error = chunk.end;
    co_return 0;
  }
  const auto count = std::min(allowed, size);
  chunk.bytes.copy(to, count, chunk.passed);
  pop(in_, count);
  co_return count;
}

Awaitable<void> Edge::write(std::string_view bytes, error_code& error) {
  if (!out_.used && !filters_.act_on_bytes()) {
    const auto count = co_await asio::async_write(socket_, asio::buffer(bytes),
                                                  asio::redirect_error(asio::use_awaitable, error));
    out_.flow.passed += count;
    co_return;
  }
  if (!out_.used) {
    out_.used = true;
    owner_.spawn(send());
  }
  while (!bytes.empty() && !out_.broken) {
    if (full(out_)) {
      co_await changed_.wait();
      continue;
    }
    const auto piece = bytes.substr(0, buffer_limit);
    push(out_, piece, {});
    bytes.remove_prefix(piece.size());
  }
  error = out_.broken;
}

Awaitable<void> Edge::finish(error_code& error) {
  if (!out_.used && filters_.act_on_bytes()) {
    out_.used = true;
    owner_.spawn(send());
  }
  if (!out_.used) {
    socket_.shutdown(asio::socket_base::shutdown_send, error);
    co_return;
  }
  push(out_, {}, asio::error::eof);
  while (!out_.broken) co_await changed_.wait();
  if (out_.broken != asio::error::eof) error = out_.broken;
}

void Edge::push(Queue& queue, std::string_view bytes, error_code end) {
  const Instant now = std::chrono::steady_clock::now();
  if (queue.version != filters_.version()) ask_again(queue);
  queue.chunks.push_back({std::string(bytes), 0, now, filters_.on_arrival(queue.flow, now), end});
  queue.size += bytes.size();
  changed_.notify();
}

bool Edge::full(const Queue& queue) const {
  if (queue.size < buffer_limit) return false;
  return queue.size >= delayed_limit || queue.chunks.back().due <= queue.chunks.back().arrived;
}

void Edge::ask_again(Queue& queue) {
  queue.version = filters_.version();
  for (auto& chunk : queue.chunks) chunk.due = filters_.on_arrival(queue.flow, chunk.arrived);
}

Awaitable<std::size_t> Edge::passage(Queue& queue) {
  while (true) {
    if (!socket_.is_open()) {
      queue.chunks.clear();
      queue.chunks.push_back({{}, 0, {}, {}, asio::error::operation_aborted});
      co_return 0;
    }
    if (queue.chunks.empty()) {
      co_await changed_.wait();
      continue;
    }
    if (queue.version != filters_.version()) ask_again(queue);
    const auto& first = queue.chunks.front();
    if (first.due > std::chrono::steady_clock::now()) {
      co_await changed_.wait_until(first.due);
      continue;
    }
    const auto passage = filters_.on_chunk(queue.flow, first.bytes.size() - first.passed);
    if (passage.then == Then::pass) co_return passage.bytes;
    if (passage.then == Then::reset) {
      owner_.reset();
    } else if (passage.then == Then::wait) {
      co_await changed_.wait_until(passage.until);
    } else {
      co_await changed_.wait();
    }
  }
}

void Edge::pop(Queue& queue, std::size_t size) {
  auto& first = queue.chunks.front();
  first.passed += size;
  queue.flow.passed += size;
  queue.size -= size;
  if (first.passed == first.bytes.size() && !first.end) queue.chunks.pop_front();
  changed_.notify();
}

Awaitable<void> Edge::receive() {
  std::string bytes(16 * 1024, '\0');
  error_code error;
  while (!error) {
    if (full(in_)) {
      co_await changed_.wait();
      if (!socket_.is_open()) co_return;
      continue;
    }
    const auto count = co_await socket_.async_read_some(
        asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
    push(in_, std::string_view(bytes).substr(0, count), error);
  }
}

Awaitable<void> Edge::send() {
  while (!out_.broken) {
    const auto allowed = co_await passage(out_);
    const auto& first = out_.chunks.front();
    if (first.passed == first.bytes.size()) {
      out_.broken = first.end;
      error_code ignored;
      if (socket_.is_open()) socket_.shutdown(asio::socket_base::shutdown_send, ignored);
      break;
    }
    const auto piece = std::string_view(first.bytes).substr(first.passed, allowed);
    const auto count = co_await asio::async_write(
        socket_, asio::buffer(piece), asio::redirect_error(asio::use_awaitable, out_.broken));
    pop(out_, count);
  }
  changed_.notify();
}

}  // namespace reprise::proxy
