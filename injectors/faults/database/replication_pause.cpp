// A condition: a standby receives its primary's WAL and does not replay it: it falls behind.
#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/receipts/receipt.h"
#include "injectors/servers/server_receipt.h"

namespace reprise {
namespace {

class ReplicationPause final : public Injector {
 public:
  ReplicationPause(const FaultSpec& spec, const Surroundings& surroundings)
      : name_(spec.into), surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() override {
    auto session = AdminSession::of_plan(surroundings_, name_);
    if (!session) return std::unexpected(session.error());
    const auto standby = session->query("SELECT pg_is_in_recovery()");
    if (!standby) return std::unexpected(standby.error());
    if (standby->front().front() != "t") return failure("{} is no standby", name_);
    const auto paused = session->query("SELECT pg_is_wal_replay_paused()");
    if (!paused) return std::unexpected(paused.error());
    if (paused->front().front() == "t") return failure("{} was paused even before", name_);
    return ServerReceipt::of(*session, surroundings_).fields();
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    auto session = ServerReceipt::reach(receipt, surroundings_);
    if (!session) return std::unexpected(session.error());
    const auto paused = session->query("SELECT pg_wal_replay_pause()");
    if (!paused) return std::unexpected(paused.error());
    standby_ = session->address();
    return {};
  }

  Result<void> revert(const nlohmann::json& receipt) override {
    standby_.reset();
    auto session = ServerReceipt::reach_to_undo(receipt, surroundings_);
    if (!session) return std::unexpected(session.error());
    if (!*session) return {};
    // A standby that was promoted meanwhile has nothing to resume.
    const auto resumed =
        (*session)->query("SELECT CASE WHEN pg_is_in_recovery() THEN pg_wal_replay_resume() END");
    if (!resumed) return std::unexpected(resumed.error());
    return {};
  }

  // It stands still, and there is something that it does not replay.
  std::optional<Bite> confirm() override {
    if (!standby_) return std::nullopt;
    auto session = AdminSession::open(*standby_);
    if (!session) return std::nullopt;
    const auto behind = session->query(
        "SELECT pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) "
        "WHERE pg_get_wal_replay_pause_state() = 'paused'");
    if (!behind || behind->empty() || behind->front().front().empty()) return std::nullopt;
    if (std::stod(behind->front().front()) <= 0) return std::nullopt;
    return Bite{surroundings_.now(),
                fmt::format("{} stands still, {} bytes behind", name_, behind->front().front())};
  }

 private:
  std::string name_;
  const Surroundings& surroundings_;
  std::optional<PostgresAddress> standby_;
};

const Registered<FaultKind> replication_pause_registered{
    FaultKind{FaultInfo{KindInfo{
                            .name = "replication_pause",
                            .summary = "Lets a PostgreSQL standby fall behind its primary.",
                            .options = Shape::object({}),
                            .example = {{"inject", "replication_pause"},
                                        {"into", "standby"},
                                        {"with", nlohmann::json::object()},
                                        {"at", "2s"},
                                        {"for", "5s"}},
                            .server = "postgresql",
                        },
                        Nature::condition, Target::database},
              [](const FaultSpec& spec,
                 const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
                return std::make_unique<ReplicationPause>(spec, surroundings);
              }}};

}  // namespace
}  // namespace reprise
