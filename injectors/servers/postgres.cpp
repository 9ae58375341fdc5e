#include "injectors/servers/postgres.h"

#include <cerrno>
#include <cstring>
#include <thread>

#include <libpq-fe.h>
#include <poll.h>

#include "injectors/receipts/receipt.h"

namespace reprise {
namespace {

constexpr auto connect_within = 3s;
constexpr auto answer_within = 5s;

using Deadline = std::chrono::steady_clock::time_point;

Deadline in(std::chrono::seconds time) { return std::chrono::steady_clock::now() + time; }

// False when the deadline has passed.
bool wait_for(int socket, short events, Deadline deadline) {
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd watched{.fd = socket, .events = events, .revents = 0};
    const int ready = ::poll(&watched, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

bool is_secret(const std::string& setting) {
  return setting == "password" || setting == "sslpassword";
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

struct Clear {
  void operator()(PGresult* result) const { ::PQclear(result); }
};
using Answer = std::unique_ptr<PGresult, Clear>;

bool connect(PGconn* connection, Deadline deadline) {
  PostgresPollingStatusType status = PGRES_POLLING_WRITING;
  while (status == PGRES_POLLING_READING || status == PGRES_POLLING_WRITING) {
    const short events = status == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (!wait_for(::PQsocket(connection), events, deadline)) return false;
    status = ::PQconnectPoll(connection);
  }
  return true;  // connected or refused; PQstatus tells
}

// The last answer to what was sent, or null when the deadline has passed first.
Answer await_answer(PGconn* connection, Deadline deadline) {
  Answer last;
  while (true) {
    while (::PQisBusy(connection) != 0) {
      if (!wait_for(::PQsocket(connection), POLLIN, deadline)) return nullptr;
      if (::PQconsumeInput(connection) == 0) return nullptr;
    }
    Answer next(::PQgetResult(connection));
    if (!next) return last;
    last = std::move(next);
  }
}

}  // namespace

Result<PostgresAddress> PostgresAddress::parse(const std::string& url, const std::string& name) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&::PQconninfoFree)> options(
      ::PQconninfoParse(url.c_str(), &message), ::PQconninfoFree);
  const std::unique_ptr<char, decltype(&::PQfreemem)> owned(message, ::PQfreemem);
  // The library's own message would repeat the URL, and with it a password.
  if (!options) return failure("the URL of database {} is not one PostgreSQL understands", name);
  PostgresAddress address;
  address.name_ = name;
  address.settings_ = nlohmann::json::object();
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr) continue;
    if (std::string_view(option->keyword) == "password") address.password_ = option->val;
    if (!is_secret(option->keyword)) address.settings_[option->keyword] = option->val;
  }
  address.had_password_ = !address.password_.empty();
  return address;
}

Result<PostgresAddress> PostgresAddress::of_plan(const Surroundings& surroundings,
                                                 const std::string& name) {
  const auto url = surroundings.database(name);
  if (!url) return std::unexpected(url.error());
  return parse(*url, name);
}

Result<PostgresAddress> PostgresAddress::recall(const nlohmann::json& receipt,
                                                const Surroundings& surroundings) {
  auto name = receipt_field<std::string>(receipt, "name");
  if (!name) return std::unexpected(name.error());
  auto settings = receipt_field<std::map<std::string, std::string>>(receipt, "settings");
  if (!settings) return std::unexpected(settings.error());
  const auto had_password = receipt_field<bool>(receipt, "had_password");
  if (!had_password) return std::unexpected(had_password.error());
  PostgresAddress address;
  address.name_ = std::move(*name);
  address.settings_ = *settings;
  address.had_password_ = *had_password;
  if (*had_password) {
    const auto planned = of_plan(surroundings, address.name_);
    if (planned) address.password_ = planned->password_;
  }
  return address;
}

nlohmann::json PostgresAddress::receipt() const {
  return {{"name", name_}, {"settings", settings_}, {"had_password", had_password_}};
}

PostgresAddress PostgresAddress::with_database(const std::string& database) const {
  PostgresAddress other = *this;
  other.settings_["dbname"] = database;
  return other;
}

std::string PostgresAddress::database() const { return settings_.value("dbname", name_); }

std::string PostgresAddress::without_password(std::string text) const {
  if (password_.empty()) return text;
  for (auto at = text.find(password_); at != std::string::npos; at = text.find(password_, at + 3)) {
    text.replace(at, password_.size(), "***");
  }
  return text;
}

void AdminSession::Close::operator()(pg_conn* connection) const { ::PQfinish(connection); }

std::unexpected<Error> AdminSession::trouble(std::string_view doing) const {
  std::string remedy;
  if (address_.lacks_password()) {
    remedy = fmt::format(
        "the password of database {} is not kept in receipts: set PGPASSWORD or ~/.pgpass",
        address_.name_);
  }
  const std::string said = first_line(::PQerrorMessage(connection_.get()));
  return std::unexpected(
      Error{fmt::format("cannot {} database {}: {}", doing, address_.database(),
                        said.empty() ? "no answer in time" : address_.without_password(said)),
            std::move(remedy),
            {}});
}

Result<AdminSession> AdminSession::open(const PostgresAddress& address) {
  std::map<std::string, std::string> settings = address.settings_;
  if (!address.password_.empty()) settings["password"] = address.password_;
  // The name by which end_other_sessions spares us, and by which a person finds us.
  settings["application_name"] = "reprise";
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : settings) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);

  AdminSession session(address);
  session.connection_.reset(::PQconnectStartParams(names.data(), values.data(), 0));
  PGconn* connection = session.connection_.get();
  if (connection == nullptr) return failure("no memory for a database session");
  // libpq would print what a server says beside its answers.
  ::PQsetNoticeReceiver(connection, [](void*, const PGresult*) {}, nullptr);
  if (::PQstatus(connection) == CONNECTION_BAD) return session.trouble("reach");
  if (!connect(connection, in(connect_within)) || ::PQstatus(connection) != CONNECTION_OK) {
    return session.trouble("reach");
  }
  auto limited = session.query("SET statement_timeout = '4s'");
  if (!limited) return std::unexpected(limited.error());
  return session;
}

Result<AdminSession> AdminSession::of_plan(const Surroundings& surroundings,
                                           const std::string& name) {
  const auto address = PostgresAddress::of_plan(surroundings, name);
  if (!address) return std::unexpected(address.error());
  return open(*address);
}

Result<Rows> AdminSession::query(const std::string& statement,
                                 const std::vector<std::string>& parameters) {
  std::vector<const char*> values;
  for (const std::string& parameter : parameters) values.push_back(parameter.c_str());
  PGconn* connection = connection_.get();
  if (::PQsendQueryParams(connection, statement.c_str(), static_cast<int>(values.size()), nullptr,
                          values.data(), nullptr, nullptr, 0) == 0) {
    return trouble("ask");
  }
  const Answer answer = await_answer(connection, in(answer_within));
  if (!answer) return trouble("ask");
  const ExecStatusType status = ::PQresultStatus(answer.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) return trouble("ask");
  Rows rows(static_cast<std::size_t>(::PQntuples(answer.get())));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (int column = 0; column < ::PQnfields(answer.get()); ++column) {
      rows[row].emplace_back(::PQgetvalue(answer.get(), static_cast<int>(row), column));
    }
  }
  return rows;
}

Result<std::string> AdminSession::identifier(const std::string& text) const {
  const std::unique_ptr<char, decltype(&::PQfreemem)> quoted(
      ::PQescapeIdentifier(connection_.get(), text.data(), text.size()), ::PQfreemem);
  if (!quoted) return trouble("name a part of");
  return std::string(quoted.get());
}

Result<std::string> quoted_table(AdminSession& session, const std::string& table) {
  const auto rows = session.query("SELECT $1::regclass::text", {table});
  if (!rows) return std::unexpected(rows.error());
  return rows->front().front();
}

Result<int> end_other_sessions(AdminSession& session, const std::string& database) {
  // A session is a pid and its start: the pid alone may be somebody else's a moment later.
  static constexpr auto which =
      "FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid() "
      "AND backend_type = 'client backend' AND application_name NOT LIKE 'reprise%'";
  const auto ended = session.query(
      fmt::format("SELECT pid, backend_start, pg_terminate_backend(pid) {}", which), {database});
  if (!ended) return std::unexpected(ended.error());
  int gone = 0;
  const Deadline deadline = in(2s);
  for (const auto& row : *ended) {
    while (true) {
      const auto there = session.query(
          "SELECT 1 FROM pg_stat_activity WHERE pid = $1::int AND backend_start = $2::timestamptz",
          {row[0], row[1]});
      if (!there) return std::unexpected(there.error());
      if (there->empty()) ++gone;
      if (there->empty() || std::chrono::steady_clock::now() > deadline) break;
      std::this_thread::sleep_for(2ms);
    }
  }
  return gone;
}

}  // namespace reprise
