// A condition: the server cannot archive its WAL any more, as when the archive is full or away.
//
// The setting lies in the server's postgresql.auto.conf. Segments are finished until one could not
// be archived, since a quiet server would have none for long.
#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/receipts/receipt.h"
#include "injectors/servers/server_receipt.h"

namespace reprise {
namespace {

constexpr auto failing_command = "/bin/false";
constexpr Duration between_segments = 500ms;
constexpr auto in_auto_conf =
    "SELECT setting FROM pg_file_settings WHERE name = 'archive_command' AND sourcefile LIKE "
    "'%postgresql.auto.conf' ORDER BY seqno DESC LIMIT 1";

// What ALTER SYSTEM has set; nothing when it has not.
Result<std::optional<std::string>> archive_command(AdminSession& session) {
  const auto rows = session.query(in_auto_conf);
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return std::optional<std::string>();
  return std::optional(rows->front().front());
}

class WalArchiveFailure final : public Injector {
 public:
  WalArchiveFailure(const FaultSpec& spec, const Surroundings& surroundings)
      : name_(spec.into), surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() override {
    auto session = AdminSession::of_plan(surroundings_, name_);
    if (!session) return std::unexpected(session.error());
    const auto seen = session->query(
        "SELECT current_setting('archive_mode'), source, failed_count, coalesce(last_failed_time > "
        "last_archived_time, last_failed_time IS NOT NULL) FROM pg_settings, pg_stat_archiver "
        "WHERE name = 'archive_command'");
    if (!seen) return std::unexpected(seen.error());
    const auto& row = seen->front();
    if (row.at(0) == "off") return failure("{} archives no WAL: archive_mode is off", name_);
    if (row.at(3) == "t") return failure("{} already fails to archive its WAL", name_);
    if (row.at(1) == "command line") {
      return std::unexpected(
          Error{"archive_command was given on the server's command line, which nothing can change",
                "set it in postgresql.conf",
                {}});
    }
    const auto before = archive_command(*session);
    if (!before) return std::unexpected(before.error());
    auto receipt = ServerReceipt::of(*session, surroundings_).fields();
    receipt["failed"] = row.at(2);
    receipt["was"] = *before ? nlohmann::json(**before) : nlohmann::json();
    return receipt;
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    auto failed = receipt_field<std::string>(receipt, "failed");
    if (!failed) return std::unexpected(failed.error());
    auto session = ServerReceipt::reach(receipt, surroundings_);
    if (!session) return std::unexpected(session.error());
    if (auto done = set(*session, failing_command); !done) return done;
    failed_before_ = std::move(*failed);
    address_ = session->address();
    return {};
  }

  Result<void> revert(const nlohmann::json& receipt) override {
    address_.reset();
    const auto was = receipt_field<nlohmann::json>(receipt, "was");
    if (!was) return std::unexpected(was.error());
    auto session = ServerReceipt::reach_to_undo(receipt, surroundings_);
    if (!session) return std::unexpected(session.error());
    if (!*session) return {};
    const auto is = archive_command(**session);
    if (!is) return std::unexpected(is.error());
    // Not ours any more: somebody has set it anew.
    if (*is != failing_command) return {};
    std::optional<std::string> before;
    if (was->is_string()) before = was->get<std::string>();
    return set(**session, before);
  }

  std::optional<Bite> confirm() override {
    if (!address_) return std::nullopt;
    auto session = AdminSession::open(*address_);
    if (!session) return std::nullopt;
    const auto failures = session->query(
        "SELECT failed_count - $1::bigint, last_failed_wal, "
        "extract(epoch FROM clock_timestamp() - last_failed_time) FROM pg_stat_archiver WHERE "
        "failed_count > $1::bigint",
        {failed_before_});
    if (!failures) return std::nullopt;
    if (failures->empty()) {
      finish_segment(*session);
      return std::nullopt;
    }
    const auto& row = failures->front();
    const std::chrono::duration<double> ago(std::stod(row.at(2)));
    return Bite{surroundings_.now() - std::chrono::duration_cast<Duration>(ago),
                fmt::format("archiving {} failed ({} times)", row.at(1), row.at(0))};
  }

  nlohmann::json state() override {
    auto session = AdminSession::of_plan(surroundings_, name_);
    if (!session) return nlohmann::json::object();
    const auto is = archive_command(*session);
    if (!is) return nlohmann::json::object();
    return {{name_ + " archive_command", is->value_or("")}};
  }

 private:
  // So that there is one that cannot be archived. The archiver learns of the setting at a time of
  // its own and may still archive the first ones.
  void finish_segment(AdminSession& session) {
    const Instant now = surroundings_.now();
    if (now - finished_at_ < between_segments) return;
    finished_at_ = now;
    // An empty segment is not finished: the point is something to write.
    if (session.query("SELECT pg_create_restore_point('reprise')")) {
      (void)session.query("SELECT pg_switch_wal()");
    }
  }

  static Result<void> set(AdminSession& session, const std::optional<std::string>& command) {
    std::string statement = "ALTER SYSTEM RESET archive_command";
    if (command) {
      const auto quoted = session.query("SELECT quote_literal($1)", {*command});
      if (!quoted) return std::unexpected(quoted.error());
      statement = "ALTER SYSTEM SET archive_command = " + quoted->front().front();
    }
    const auto done = session.query(statement);
    if (!done) return std::unexpected(done.error());
    const auto read = session.query("SELECT pg_reload_conf()");
    if (!read) return std::unexpected(read.error());
    return {};
  }

  std::string name_;
  const Surroundings& surroundings_;
  std::optional<PostgresAddress> address_;
  std::string failed_before_;
  Instant finished_at_{};
};

const Registered<FaultKind> wal_archive_failure_registered{
    FaultKind{FaultInfo{KindInfo{
                            .name = "wal_archive_failure",
                            .summary = "Lets a PostgreSQL server fail to archive its WAL.",
                            .options = Shape::object({}),
                            .example = {{"inject", "wal_archive_failure"},
                                        {"into", "history"},
                                        {"with", nlohmann::json::object()},
                                        {"at", "2s"},
                                        {"for", "5s"}},
                            .server = "postgresql",
                        },
                        Nature::condition, Target::database},
              [](const FaultSpec& spec,
                 const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
                return std::make_unique<WalArchiveFailure>(spec, surroundings);
              }}};

}  // namespace
}  // namespace reprise
