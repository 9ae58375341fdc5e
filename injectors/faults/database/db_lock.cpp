// A condition: a session that stands idle holds locks on tables, as a forgotten transaction does.
//
// The locks end with the session, and the session with the program; the receipt names it, so that
// whoever undoes can end it where the network keeps it alive.
#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/receipts/receipt.h"
#include "injectors/servers/server_receipt.h"

namespace reprise {
namespace {

class DbLock final : public Injector {
 public:
  DbLock(const FaultSpec& spec, const Surroundings& surroundings)
      : name_(spec.into),
        tables_(spec.with.at("tables").get<std::vector<std::string>>()),
        mode_(spec.with.value("mode", "ACCESS EXCLUSIVE")),
        surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() override {
    auto session = AdminSession::of_plan(surroundings_, name_);
    if (!session) return std::unexpected(session.error());
    for (const std::string& table : tables_) {
      const auto there = quoted_table(*session, table);
      if (!there) return std::unexpected(there.error());
    }
    const auto self = session->query(
        "SELECT pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()");
    if (!self) return std::unexpected(self.error());
    auto receipt = ServerReceipt::of(*session, surroundings_).fields();
    receipt.update({{"pid", self->front().at(0)}, {"started", self->front().at(1)}});
    prepared_ = std::move(*session);
    return receipt;
  }

  Result<void> inject(const nlohmann::json&) override {
    if (!prepared_) return failure("the session that was prepared is gone");
    const auto begun = prepared_->query("BEGIN");
    if (!begun) return std::unexpected(begun.error());
    for (const std::string& table : tables_) {
      const auto quoted = quoted_table(*prepared_, table);
      if (!quoted) return std::unexpected(quoted.error());
      const auto locked = prepared_->query(fmt::format("LOCK TABLE {} IN {} MODE", *quoted, mode_));
      if (!locked) return std::unexpected(locked.error());
    }
    holding_ = std::move(prepared_);
    prepared_.reset();
    return {};
  }

  Result<void> revert(const nlohmann::json& receipt) override {
    holding_.reset();
    prepared_.reset();
    const auto pid = receipt_field<std::string>(receipt, "pid");
    if (!pid) return std::unexpected(pid.error());
    const auto started = receipt_field<std::string>(receipt, "started");
    if (!started) return std::unexpected(started.error());
    auto session = ServerReceipt::reach_to_undo(receipt, surroundings_);
    if (!session) return std::unexpected(session.error());
    if (!*session) return {};
    const auto ended = (*session)->query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1::int AND "
        "backend_start = $2::timestamptz",
        {*pid, *started});
    if (!ended) return std::unexpected(ended.error());
    return {};
  }

  // Somebody waits for us.
  std::optional<Bite> confirm() override {
    if (!holding_) return std::nullopt;
    const auto waiting = holding_->query(
        "SELECT count(DISTINCT pid), max(extract(epoch FROM clock_timestamp() - waitstart)) "
        "FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))");
    if (!waiting || waiting->front().at(0) == "0") return std::nullopt;
    const int sessions = std::stoi(waiting->front().at(0));
    // The server fills in since when a moment after somebody began to wait.
    const std::string& since = waiting->front().at(1);
    const std::chrono::duration<double> ago(since.empty() ? 0 : std::stod(since));
    return Bite{
        surroundings_.now() - std::chrono::duration_cast<Duration>(ago),
        fmt::format("{} session{} wait{} for a lock on {}", sessions, sessions == 1 ? "" : "s",
                    sessions == 1 ? "s" : "", fmt::join(tables_, ", "))};
  }

 private:
  std::string name_;
  std::vector<std::string> tables_;
  std::string mode_;
  const Surroundings& surroundings_;
  std::optional<AdminSession> prepared_;
  std::optional<AdminSession> holding_;
};

const Registered<FaultKind> db_lock_registered{FaultKind{
    FaultInfo{
        KindInfo{
            .name = "db_lock",
            .summary = "Holds locks on tables of a PostgreSQL database, so that others wait.",
            .options = Shape::object(
                {{"tables", Shape::list(Shape::text(), 1), required, "Names, as in shop.orders."},
                 {"mode",
                  Shape::choice({"ACCESS EXCLUSIVE", "EXCLUSIVE", "SHARE"}),
                  {},
                  "EXCLUSIVE and SHARE let others read; default ACCESS EXCLUSIVE."}}),
            .example = {{"inject", "db_lock"},
                        {"into", "history"},
                        {"with", {{"tables", {"readings"}}}},
                        {"at", "2s"},
                        {"for", "5s"}},
            .server = "postgresql",
        },
        Nature::condition,
        Target::database,
        {},
        {},
        "it needs tables of your own"},
    [](const FaultSpec& spec,
       const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
      return std::make_unique<DbLock>(spec, surroundings);
    }}};

}  // namespace
}  // namespace reprise
