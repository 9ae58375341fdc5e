// By what a receipt finds a PostgreSQL server again, in a process that has nothing else.
//
// A server whose data were the drill's own copy, and which is gone with the drill, leaves nothing
// to undo; one that lives elsewhere and does not answer does. Ownership: plain values. Threads:
// any; blocks the caller.
#pragma once

#include <optional>
#include <string>

#include "injectors/servers/postgres.h"

namespace reprise {

struct ServerReceipt {
  PostgresAddress address;
  std::string data;    // the server's folder; empty when it would not say
  std::string folder;  // the drill's

  static ServerReceipt of(AdminSession& session, const Surroundings& surroundings);
  // From a receipt that holds `fields`.
  static Result<ServerReceipt> recall(const nlohmann::json& receipt,
                                      const Surroundings& surroundings);
  [[nodiscard]] nlohmann::json fields() const;
  // Its data lie in the drill's own folder and end with it.
  [[nodiscard]] bool of_the_drill() const;

  // A session with the receipt's own database.
  static Result<AdminSession> reach(const nlohmann::json& receipt,
                                    const Surroundings& surroundings);
  // The same to undo with; nothing when the server went with the drill.
  static Result<std::optional<AdminSession>> reach_to_undo(const nlohmann::json& receipt,
                                                           const Surroundings& surroundings);
  // In another database of the server.
  [[nodiscard]] Result<std::optional<AdminSession>> session_to_undo(
      const std::string& database, const Surroundings& surroundings) const;
};

// Ends the client sessions of a database that began after `since` (the server's own time, as text);
// those of `reprise` are spared.
[[nodiscard]] Result<void> end_sessions_since(AdminSession& session, const std::string& database,
                                              const std::string& since);

}  // namespace reprise
