// A session with a PostgreSQL server that can neither hang a drill nor leak a password.
//
// Connecting and every statement have a time-out that also holds when the server is stopped in the
// middle of an answer. A receipt keeps the connection's settings without secrets; whoever undoes
// takes the password from the plan's database of that name, from PGPASSWORD or from ~/.pgpass.
// Ownership: a AdminSession owns its connection. Threads: one at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/engine/site/surroundings.h"
#include "harness/model/error.h"

struct pg_conn;

namespace reprise {

// Where a named database of the plan is reached.
class PostgresAddress {
 public:
  static Result<PostgresAddress> of_plan(const Surroundings& surroundings, const std::string& name);
  // From what `receipt` returned; the password is looked up in the plan where there was one.
  static Result<PostgresAddress> recall(const nlohmann::json& receipt,
                                        const Surroundings& surroundings);

  // {name, settings {host, port, user, dbname, …}, had_password}
  [[nodiscard]] nlohmann::json receipt() const;
  // The same server and user, another database.
  [[nodiscard]] PostgresAddress with_database(const std::string& database) const;
  [[nodiscard]] const std::string& name() const { return name_; }  // in the plan
  [[nodiscard]] std::string database() const;
  [[nodiscard]] const nlohmann::json& settings() const { return settings_; }
  // Hides the password, should a message of the server or the library repeat it.
  [[nodiscard]] std::string without_password(std::string text) const;
  // The plan gave a password that is not known here.
  [[nodiscard]] bool lacks_password() const { return had_password_ && password_.empty(); }

 private:
  friend class AdminSession;
  PostgresAddress() = default;
  static Result<PostgresAddress> parse(const std::string& url, const std::string& name);
  std::string name_;
  nlohmann::json settings_;  // no secret among them
  std::string password_;
  bool had_password_ = false;
};

using Rows = std::vector<std::vector<std::string>>;  // NULL is empty

class AdminSession {
 public:
  static Result<AdminSession> open(const PostgresAddress& address);
  // With a named database of the plan.
  static Result<AdminSession> of_plan(const Surroundings& surroundings, const std::string& name);

  [[nodiscard]] const PostgresAddress& address() const { return address_; }
  [[nodiscard]] Result<Rows> query(const std::string& statement,
                                   const std::vector<std::string>& parameters = {});
  // `text` as an identifier within a statement, quoted.
  [[nodiscard]] Result<std::string> identifier(const std::string& text) const;

 private:
  struct Close {
    void operator()(pg_conn* connection) const;
  };
  explicit AdminSession(PostgresAddress address) : address_(std::move(address)) {}
  [[nodiscard]] std::unexpected<Error> trouble(std::string_view doing) const;
  std::unique_ptr<pg_conn, Close> connection_;
  PostgresAddress address_;
};

// A table's name, as in shop.orders, as it has to stand in a statement; an error where there is
// none.
[[nodiscard]] Result<std::string> quoted_table(AdminSession& session, const std::string& table);

// Ends every client session of a database but this one and those of `reprise` itself, and waits
// until they are gone; how many went.
[[nodiscard]] Result<int> end_other_sessions(AdminSession& session, const std::string& database);

}  // namespace reprise
