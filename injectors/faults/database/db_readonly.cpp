// A condition: every new transaction of a database is read-only, as on a server that was demoted or
// whose disk filled up. Open sessions are ended, since they would go on writing.
//
// The setting lies in the server's catalogue. Sessions that began under it would keep it after the
// healing, so that ends them as well.
#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/receipts/receipt.h"
#include "injectors/servers/server_receipt.h"

namespace reprise {
namespace {

constexpr auto setting = "default_transaction_read_only";
constexpr auto writable = "off";

// `setting=value` of a database for all roles; empty when there is none.
constexpr auto of_database =
    "SELECT option FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase, "
    "unnest(setconfig) option WHERE d.datname = $1 AND setrole = 0 AND option LIKE $2 || '=%'";

Result<std::string> setting_of(AdminSession& session, const std::string& database) {
  const auto rows = session.query(of_database, {database, setting});
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return std::string();
  const std::string& option = rows->front().front();
  return option.substr(option.find('=') + 1);
}

class DbReadonly final : public Injector {
 public:
  DbReadonly(const FaultSpec& spec, const Surroundings& surroundings)
      : name_(spec.into), surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() override {
    auto session = AdminSession::of_plan(surroundings_, name_);
    if (!session) return std::unexpected(session.error());
    const auto before = setting_of(*session, session->address().database());
    if (!before) return std::unexpected(before.error());
    const auto now =
        session->query("SELECT clock_timestamp(), current_setting('transaction_read_only')");
    if (!now) return std::unexpected(now.error());
    if (now->front().at(1) == "on") return failure("{} could only be read even before", name_);
    auto receipt = ServerReceipt::of(*session, surroundings_).fields();
    receipt.update({{"was", *before}, {"since", now->front().at(0)}});
    return receipt;
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    auto session = ServerReceipt::reach(receipt, surroundings_);
    if (!session) return std::unexpected(session.error());
    const std::string database = session->address().database();
    if (auto done = set(*session, database, "on"); !done) return done;
    const auto ended = end_other_sessions(*session, database);
    if (!ended) return std::unexpected(ended.error());
    ended_ = *ended;
    ended_at_ = surroundings_.now();
    demoted_ = session->address();
    return {};
  }

  Result<void> revert(const nlohmann::json& receipt) override {
    demoted_.reset();
    const auto was = receipt_field<std::string>(receipt, "was");
    if (!was) return std::unexpected(was.error());
    const auto since = receipt_field<std::string>(receipt, "since");
    if (!since) return std::unexpected(since.error());
    auto session = ServerReceipt::reach_to_undo(receipt, surroundings_);
    if (!session) return std::unexpected(session.error());
    if (!*session) return {};
    const std::string database = (*session)->address().database();
    const auto is = setting_of(**session, database);
    if (!is) return std::unexpected(is.error());
    if (*is == *was && *was != writable) return {};
    // Written out until the sessions that began read-only have ended: when we die in between, the
    // setting tells that it is not over.
    if (auto done = set(**session, database, writable); !done) return done;
    if (auto done = end_sessions_since(**session, database, *since); !done) return done;
    return *was == writable ? Result<void>() : set(**session, database, *was);
  }

  std::optional<Bite> confirm() override {
    if (!demoted_) return std::nullopt;
    auto fresh = AdminSession::open(*demoted_);
    if (!fresh) return std::nullopt;
    const auto shown = fresh->query("SHOW transaction_read_only");
    if (!shown || shown->front().front() != "on") return std::nullopt;
    return Bite{ended_ > 0 ? ended_at_ : surroundings_.now(),
                fmt::format("new sessions of {} may only read ({} session{} ended)",
                            demoted_->database(), ended_, ended_ == 1 ? "" : "s")};
  }

  nlohmann::json state() override {
    auto session = AdminSession::of_plan(surroundings_, name_);
    if (!session) return nlohmann::json::object();
    const auto is = setting_of(*session, session->address().database());
    if (!is) return nlohmann::json::object();
    return {{fmt::format("{} {}", name_, setting), *is}};
  }

 private:
  static Result<void> set(AdminSession& session, const std::string& database,
                          const std::string& value) {
    // Our own session may have begun read-only.
    const auto free = session.query(fmt::format("SET {} = off", setting));
    if (!free) return std::unexpected(free.error());
    const auto quoted = session.identifier(database);
    if (!quoted) return std::unexpected(quoted.error());
    const auto change = value.empty() ? fmt::format("RESET {}", setting)
                                      : fmt::format("SET {} = {}", setting, value == "on");
    const auto done = session.query(fmt::format("ALTER DATABASE {} {}", *quoted, change));
    if (!done) return std::unexpected(done.error());
    return {};
  }

  std::string name_;
  const Surroundings& surroundings_;
  std::optional<PostgresAddress> demoted_;
  int ended_ = 0;
  Instant ended_at_{};
};

const Registered<FaultKind> db_readonly_registered{FaultKind{
    FaultInfo{KindInfo{
                  .name = "db_readonly",
                  .summary = "Lets a PostgreSQL database be read and not written; open sessions "
                             "are ended, at the healing as well.",
                  .options = Shape::object({}),
                  .example = {{"inject", "db_readonly"},
                              {"into", "history"},
                              {"with", nlohmann::json::object()},
                              {"at", "2s"},
                              {"for", "5s"}},
                  .server = "postgresql",
              },
              Nature::condition, Target::database},
    [](const FaultSpec& spec,
       const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
      return std::make_unique<DbReadonly>(spec, surroundings);
    }}};

}  // namespace
}  // namespace reprise
