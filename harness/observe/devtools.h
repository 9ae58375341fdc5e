// The DevTools protocol over a pair of pipes: JSON messages, each ended by a zero byte.
//
// Ownership: shared by the browser and its reading coroutine; `close` ends that. Threads: the
// engine thread.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <nlohmann/json.hpp>

#include "harness/model/error.h"
#include "harness/model/time.h"
#include "harness/observe/promised.h"

namespace reprise {

// The session of commands that concern the browser as a whole.
inline const std::string whole_browser;

class DevTools : public std::enable_shared_from_this<DevTools> {
 public:
  using Event = std::function<void(const std::string& method, const nlohmann::json& params)>;

  // Takes over both descriptors.
  DevTools(const boost::asio::any_io_executor& executor, int reading, int writing);
  void start();
  void close();
  [[nodiscard]] bool closed() const { return closed_; }

  // The command's result; an error when the browser says so, is gone, or is late. The arguments
  // stay until then: name them before the co_await.
  boost::asio::awaitable<Result<nlohmann::json>> call(const char* method,
                                                      const nlohmann::json& params,
                                                      const std::string& session, Instant deadline);
  // The same without waiting for an answer.
  void tell(const std::string& method, nlohmann::json params, const std::string& session);
  // Events of a session; an empty function ends it.
  void listen(const std::string& session, Event event);

 private:
  boost::asio::awaitable<void> read();
  boost::asio::awaitable<void> write();
  void take(std::string_view message);
  int send(const std::string& method, nlohmann::json params, const std::string& session);

  boost::asio::any_io_executor executor_;
  boost::asio::posix::stream_descriptor reading_;
  boost::asio::posix::stream_descriptor writing_;
  std::deque<std::string> outgoing_;
  std::map<int, std::shared_ptr<Promised<Result<nlohmann::json>>>> waiting_;
  std::map<std::string, Event> listeners_;
  int next_ = 1;
  bool closed_ = false;
};

}  // namespace reprise
