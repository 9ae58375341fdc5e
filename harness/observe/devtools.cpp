#include "harness/observe/devtools.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

namespace reprise {

namespace asio = boost::asio;
using nlohmann::json;

namespace {
constexpr std::size_t longest_message = 64 << 20;
}

DevTools::DevTools(const asio::any_io_executor& executor, int reading, int writing)
    : executor_(executor), reading_(executor, reading), writing_(executor, writing) {}

void DevTools::start() { asio::co_spawn(executor_, read(), asio::detached); }

void DevTools::close() {
  if (closed_) return;
  closed_ = true;
  boost::system::error_code ignored;
  reading_.close(ignored);
  writing_.close(ignored);
  const auto waiting = std::exchange(waiting_, {});
  for (const auto& [id, promised] : waiting) promised->keep(failure("the browser has ended"));
  listeners_.clear();
}

asio::awaitable<void> DevTools::read() {
  const auto self = shared_from_this();
  std::string received;
  std::vector<char> block(64 << 10);
  while (!closed_ && received.size() < longest_message) {
    boost::system::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    const auto room = asio::buffer(block);
    const auto count = co_await reading_.async_read_some(room, token);
    if (error) break;
    auto searched = received.size();
    received.append(block.data(), count);
    std::size_t taken = 0;
    for (auto end = received.find('\0', searched); end != received.npos;
         end = received.find('\0', taken)) {
      take(std::string_view(received).substr(taken, end - taken));
      taken = end + 1;
    }
    received.erase(0, taken);
  }
  close();
}

void DevTools::take(std::string_view text) {
  const auto message = json::parse(text, nullptr, false);
  if (!message.is_object()) return;
  if (!message.contains("id")) {
    const auto found = listeners_.find(message.value("sessionId", ""));
    if (found == listeners_.end()) return;
    const auto event = found->second;  // it may end its own listening
    event(message.value("method", ""), message.value("params", json::object()));
    return;
  }
  const auto found = waiting_.find(message.at("id").get<int>());
  if (found == waiting_.end()) return;
  const auto promised = found->second;
  waiting_.erase(found);
  if (message.contains("error")) {
    promised->keep(failure("{}", message.at("error").value("message", "the browser refused")));
  } else {
    promised->keep(message.value("result", json::object()));
  }
}

int DevTools::send(const std::string& method, json params, const std::string& session) {
  const int id = next_++;
  json message = {{"id", id}, {"method", method}, {"params", std::move(params)}};
  if (!session.empty()) message["sessionId"] = session;
  auto text = message.dump(-1, ' ', false, json::error_handler_t::replace);
  text.push_back('\0');
  outgoing_.push_back(std::move(text));
  if (outgoing_.size() == 1) asio::co_spawn(executor_, write(), asio::detached);
  return id;
}

asio::awaitable<void> DevTools::write() {
  const auto self = shared_from_this();
  while (!closed_ && !outgoing_.empty()) {
    boost::system::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    const auto bytes = asio::buffer(outgoing_.front());
    co_await asio::async_write(writing_, bytes, token);
    outgoing_.pop_front();
    if (error) close();
  }
}

void DevTools::tell(const std::string& method, json params, const std::string& session) {
  if (!closed_) send(method, std::move(params), session);
}

asio::awaitable<Result<json>> DevTools::call(const char* method, const json& params,
                                             const std::string& session, Instant deadline) {
  if (closed_) co_return failure("the browser has ended");
  const auto self = shared_from_this();
  const auto promised = std::make_shared<Promised<Result<json>>>(executor_);
  const int id = send(method, params, session);
  waiting_[id] = promised;
  auto answer = co_await promised->wait(deadline);
  if (answer) co_return std::move(*answer);
  waiting_.erase(id);
  co_return failure("{} was not answered in time", method);
}

void DevTools::listen(const std::string& session, Event event) {
  if (event) {
    listeners_[session] = std::move(event);
  } else {
    listeners_.erase(session);
  }
}

}  // namespace reprise
