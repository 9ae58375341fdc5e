// One connection to PostgreSQL, asynchronous: the engine thread waits on libpq's socket, so that a
// deadline is kept even when the server says nothing.
//
// libpq stays in the .cpp. Ownership: a session owns its connection and closes it.
// Threads: the engine thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <nlohmann/json.hpp>

#include "harness/model/expectations/expectation.h"
#include "harness/model/time.h"
#include "harness/observe/keeper.h"

namespace reprise {

class PostgresSession {
 public:
  // `kept`: what is kept of a row, and how; null: as for a probe of which nothing is asked.
  explicit PostgresSession(boost::asio::any_io_executor executor,
                           std::shared_ptr<const Keeper> kept = nullptr);
  ~PostgresSession();

  // `answered`, or why not: refused, reset, timeout, error with text and sqlstate.
  boost::asio::awaitable<Observation> connect(std::string url, Instant deadline);
  // The columns of a row, as text; NULL is empty.
  using Row = std::vector<std::string_view>;
  // One statement; rows beyond the first are counted, not kept. Values: rows, value, row. Each row
  // is shown to `each` as it comes.
  boost::asio::awaitable<Observation> query(std::string statement, Instant deadline,
                                            std::function<void(const Row&)> each = {});
  // Whether another query may be sent.
  [[nodiscard]] bool usable() const;

 private:
  struct Connection;
  class Socket;
  boost::asio::any_io_executor executor_;
  std::shared_ptr<const Keeper> kept_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace reprise
