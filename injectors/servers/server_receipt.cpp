#include "injectors/servers/server_receipt.h"

#include <filesystem>

#include "injectors/receipts/receipt.h"

namespace reprise {

ServerReceipt ServerReceipt::of(AdminSession& session, const Surroundings& surroundings) {
  // Only told to those with the privilege; without it the undo just knows less.
  const auto data = session.query("SHOW data_directory");
  return {session.address(), data ? data->front().at(0) : "", surroundings.folder().string()};
}

Result<ServerReceipt> ServerReceipt::recall(const nlohmann::json& receipt,
                                            const Surroundings& surroundings) {
  const auto written = receipt_field<nlohmann::json>(receipt, "address");
  if (!written) return std::unexpected(written.error());
  auto address = PostgresAddress::recall(*written, surroundings);
  if (!address) return std::unexpected(address.error());
  auto data = receipt_field<std::string>(receipt, "data_directory");
  if (!data) return std::unexpected(data.error());
  auto folder = receipt_field<std::string>(receipt, "folder");
  if (!folder) return std::unexpected(folder.error());
  return ServerReceipt{std::move(*address), std::move(*data), std::move(*folder)};
}

nlohmann::json ServerReceipt::fields() const {
  return {{"address", address.receipt()}, {"data_directory", data}, {"folder", folder}};
}

bool ServerReceipt::of_the_drill() const {
  if (data.empty()) return false;
  std::error_code error;
  const auto inside = std::filesystem::weakly_canonical(data, error)
                          .lexically_relative(std::filesystem::weakly_canonical(folder, error));
  return !error && !inside.empty() && *inside.begin() != "..";
}

Result<AdminSession> ServerReceipt::reach(const nlohmann::json& receipt,
                                          const Surroundings& surroundings) {
  const auto server = recall(receipt, surroundings);
  if (!server) return std::unexpected(server.error());
  return AdminSession::open(server->address);
}

Result<std::optional<AdminSession>> ServerReceipt::reach_to_undo(const nlohmann::json& receipt,
                                                                 const Surroundings& surroundings) {
  const auto server = recall(receipt, surroundings);
  if (!server) return std::unexpected(server.error());
  return server->session_to_undo(server->address.database(), surroundings);
}

Result<std::optional<AdminSession>> ServerReceipt::session_to_undo(
    const std::string& database, const Surroundings& surroundings) const {
  auto session = AdminSession::open(address.with_database(database));
  if (session) return std::optional(std::move(*session));
  // The drill is over (its databases are unknown here) and its server with it.
  if (!surroundings.database(address.name()) && of_the_drill()) return std::nullopt;
  return std::unexpected(session.error());
}

Result<void> end_sessions_since(AdminSession& session, const std::string& database,
                                const std::string& since) {
  const auto ended = session.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 "
      "AND backend_start > $2::timestamptz AND pid <> pg_backend_pid() "
      "AND backend_type = 'client backend' AND application_name NOT LIKE 'reprise%'",
      {database, since});
  if (!ended) return std::unexpected(ended.error());
  return {};
}

}  // namespace reprise
