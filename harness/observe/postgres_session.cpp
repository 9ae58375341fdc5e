#include "harness/observe/postgres_session.h"

#include <libpq-fe.h>

#include <cstring>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "harness/observe/address.h"
#include "harness/observe/answer.h"
#include "harness/observe/postgres_answer.h"

namespace reprise {

namespace asio = boost::asio;

struct PostgresSession::Connection {
  PGconn* handle = nullptr;
  bool settled = false;  // connected, and no answer outstanding
  ~Connection() { PQfinish(handle); }
};

// libpq owns the socket and may change it while it connects: waited on, never closed, by us.
class PostgresSession::Socket {
 public:
  Socket(const asio::any_io_executor& executor, int socket, Instant deadline)
      : state_(std::make_shared<State>(executor, socket)) {
    state_->timer.expires_at(deadline);
    const std::weak_ptr<State> weak = state_;
    state_->timer.async_wait([weak](const boost::system::error_code& error) {
      const auto state = weak.lock();
      if (error || !state) return;
      state->late = true;
      boost::system::error_code ignored;
      state->descriptor.cancel(ignored);
    });
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    state_->timer.cancel();
    state_->descriptor.release();
  }

  // False at the deadline.
  asio::awaitable<bool> ready(bool to_write) {
    if (state_->late) co_return false;
    boost::system::error_code error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    const auto what = to_write ? asio::posix::stream_descriptor::wait_write
                               : asio::posix::stream_descriptor::wait_read;
    co_await state_->descriptor.async_wait(what, token);
    co_return !state_->late;
  }

 private:
  struct State {
    State(const asio::any_io_executor& executor, int socket)
        : descriptor(executor, socket), timer(executor) {}
    asio::posix::stream_descriptor descriptor;
    asio::steady_timer timer;
    bool late = false;
  };
  std::shared_ptr<State> state_;
};

namespace {

constexpr int results_at_once = 256;

using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

std::string first_line(std::string_view text) {
  while (!text.empty() && (text.front() == '\n' || text.front() == ' ')) text.remove_prefix(1);
  return std::string(text.substr(0, text.find('\n')));
}

// libpq tells of a broken connection in words only.
Observation broken(PGconn* connection) {
  const std::string_view words = PQerrorMessage(connection);
  if (words.find(std::strerror(ECONNREFUSED)) != words.npos) return not_answered("refused");
  if (words.find(std::strerror(ECONNRESET)) != words.npos ||
      words.find(std::strerror(EPIPE)) != words.npos ||
      words.find("closed the connection unexpectedly") != words.npos) {
    return not_answered("reset");
  }
  const auto line = first_line(words);
  auto seen = not_answered("error", line);
  // Verbose messages read "…FATAL:  53300: sorry, too many clients already".
  const auto at = line.find("FATAL:  ");
  if (at != line.npos && line.size() > at + 14 && line[at + 13] == ':') {
    seen.values["sqlstate"] = line.substr(at + 8, 5);
  }
  return seen;
}

void show_rows(const PGresult* result,
               const std::function<void(const PostgresSession::Row&)>& each) {
  for (int row = 0; row < PQntuples(result); ++row) {
    PostgresSession::Row columns;
    for (int column = 0; column < PQnfields(result); ++column) {
      columns.emplace_back(PQgetvalue(result, row, column),
                           static_cast<std::size_t>(PQgetlength(result, row, column)));
    }
    each(columns);
  }
}

// Sends the time limit and the statement in one go: no further round trip on a slow link. Each
// has its own sync, so that the statement is a transaction by itself.
bool send(PGconn* connection, const std::string& limit, const std::string& statement) {
  const auto text = [&](const std::string& what) {
    return PQsendQueryParams(connection, what.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 0);
  };
  return PQenterPipelineMode(connection) && text(limit) && PQpipelineSync(connection) &&
         text(statement) && PQpipelineSync(connection);
}

// The host that has to be looked up: libpq itself would hold up the engine until it is found.
std::optional<Address> host_of(const std::string& url) {
  using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;
  const Options options(PQconninfoParse(url.c_str(), nullptr), &PQconninfoFree);
  std::string host;
  for (const auto* option = options.get(); option && option->keyword; ++option) {
    if (!option->val) continue;
    if (std::string_view(option->keyword) == "hostaddr") return std::nullopt;
    if (std::string_view(option->keyword) == "host") host = option->val;
  }
  // A socket's folder, or several hosts, of which libpq takes the first that answers.
  if (host.empty() || host.front() == '/' || host.contains(',')) return std::nullopt;
  return Address{host, 0};
}

// The host's name once for each address: libpq tries them in turn.
struct Hosts {
  std::string names, addresses;
};

Hosts hosts(const std::string& name, const Lookup& found) {
  std::vector<std::string> names(found.endpoints.size(), name), addresses;
  for (const auto& endpoint : found.endpoints) {
    addresses.push_back(endpoint.address().to_string());
  }
  return {fmt::format("{}", fmt::join(names, ",")), fmt::format("{}", fmt::join(addresses, ","))};
}

}  // namespace

PostgresSession::PostgresSession(asio::any_io_executor executor, std::shared_ptr<const Keeper> kept)
    : executor_(std::move(executor)),
      kept_(kept ? std::move(kept) : std::make_shared<const Keeper>()),
      connection_(std::make_unique<Connection>()) {}
PostgresSession::~PostgresSession() = default;

bool PostgresSession::usable() const {
  return connection_->settled && PQstatus(connection_->handle) == CONNECTION_OK;
}

asio::awaitable<Observation> PostgresSession::connect(std::string url, Instant deadline) {
  Hosts to;
  if (const auto host = host_of(url)) {
    const auto found = co_await look_up(*host, deadline);
    if (found.error) co_return not_answered(found.error);
    to = hosts(host->host, found);
  }
  // An empty value is none.
  const char* const names[] = {"dbname",          "host", "hostaddr", "application_name",
                               "client_encoding", nullptr};
  const char* const values[] = {url.c_str(), to.names.c_str(), to.addresses.c_str(),
                                "reprise",   "UTF8",           nullptr};
  PGconn* const connection = PQconnectStartParams(names, values, 1);
  REPRISE_REQUIRE(connection);
  connection_->handle = connection;
  PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
  // libpq would print what a server says beside its answers.
  PQsetNoticeReceiver(connection, [](void*, const PGresult*) {}, nullptr);
  auto next = PGRES_POLLING_WRITING;
  while (PQstatus(connection) != CONNECTION_BAD && next != PGRES_POLLING_OK) {
    bool ready = false;
    {
      // Let go before libpq goes on: it may close this socket and try another.
      Socket socket(executor_, PQsocket(connection), deadline);
      ready = co_await socket.ready(next == PGRES_POLLING_WRITING);
    }
    if (!ready) co_return not_answered("timeout");
    next = PQconnectPoll(connection);
    if (next == PGRES_POLLING_FAILED) break;
  }
  if (PQstatus(connection) != CONNECTION_OK) co_return broken(connection);
  PQsetnonblocking(connection, 1);
  connection_->settled = true;
  co_return Observation{};
}

asio::awaitable<Observation> PostgresSession::query(std::string statement, Instant deadline,
                                                    std::function<void(const Row&)> each) {
  PGconn* const connection = connection_->handle;
  connection_->settled = false;
  // The server gives up a little after us: closing the connection alone would leave the
  // statement running, or waiting for its lock.
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  const auto limit = fmt::format("SET statement_timeout = {}",
                                 std::clamp<std::int64_t>(left.count(), 0, 86'400'000) + 100);
  if (!send(connection, limit, statement)) co_return broken(connection);
  Observation seen;
  std::int64_t rows = 0;
  int syncs = 0;
  int results = 0;
  bool flushed = false;
  bool ended = false;
  Socket socket(executor_, PQsocket(connection), deadline);
  while (syncs < 2) {
    if (!flushed) flushed = PQflush(connection) == 0;
    // A fast server fills libpq's buffer with more rows than may hold up the engine.
    if (++results % results_at_once == 0) {
      if (std::chrono::steady_clock::now() >= deadline) co_return not_answered("timeout");
      co_await asio::post(executor_, asio::use_awaitable);
    }
    if (PQisBusy(connection)) {
      const bool ready = co_await socket.ready(!flushed);
      if (!ready) co_return not_answered("timeout");
      if (!PQconsumeInput(connection)) co_return broken(connection);
      continue;
    }
    const Answer answer(PQgetResult(connection), &PQclear);
    if (!answer) {
      // Ends one statement's results; a second one in a row means that nothing more will come.
      if (ended || PQstatus(connection) == CONNECTION_BAD) co_return broken(connection);
      ended = true;
      continue;
    }
    ended = false;
    if (PQresultStatus(answer.get()) == PGRES_PIPELINE_SYNC) {
      ++syncs;
      if (syncs == 1) PQsetSingleRowMode(connection);
    } else {
      take_result(answer.get(), *kept_, seen, rows);
      if (each) show_rows(answer.get(), each);
    }
    if (PQstatus(connection) == CONNECTION_BAD) break;
  }
  if (seen.outcome == "answered") seen.values["rows"] = rows;
  connection_->settled = syncs == 2 && PQexitPipelineMode(connection);
  co_return seen;
}

}  // namespace reprise
