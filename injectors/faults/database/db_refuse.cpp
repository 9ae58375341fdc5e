// A condition: the server is up, ends the sessions of one database and accepts no new ones for it.
//
// The setting lies in the server's catalogue and survives everything but its own reversal. It is
// changed from another database, since nobody can enter the refused one, not even a superuser.
#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/receipts/receipt.h"
#include "injectors/servers/server_receipt.h"

namespace reprise {
namespace {

struct Refusal {
  ServerReceipt server;
  std::string via;
  std::string oid;
  bool allowed;
};

Result<Refusal> read_refusal(const nlohmann::json& receipt, const Surroundings& surroundings) {
  auto server = ServerReceipt::recall(receipt, surroundings);
  if (!server) return std::unexpected(server.error());
  const auto via = receipt_field<std::string>(receipt, "via");
  if (!via) return std::unexpected(via.error());
  const auto oid = receipt_field<std::string>(receipt, "oid");
  if (!oid) return std::unexpected(oid.error());
  const auto allowed = receipt_field<bool>(receipt, "allowed");
  if (!allowed) return std::unexpected(allowed.error());
  return Refusal{std::move(*server), *via, *oid, *allowed};
}

class DbRefuse final : public Injector {
 public:
  DbRefuse(const FaultSpec& spec, const Surroundings& surroundings)
      : name_(spec.into), via_(spec.with.value("via", "")), surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() override {
    const auto target = PostgresAddress::of_plan(surroundings_, name_);
    if (!target) return std::unexpected(target.error());
    const std::string database = target->database();
    if (via_.empty()) via_ = database == "postgres" ? "template1" : "postgres";
    if (via_ == database) return failure("`via` must be another database than {}", database);
    auto session = AdminSession::open(target->with_database(via_));
    if (!session) return std::unexpected(session.error());
    const auto found =
        session->query("SELECT oid, datallowconn FROM pg_database WHERE datname = $1", {database});
    if (!found) return std::unexpected(found.error());
    if (found->empty()) return failure("there is no database {} on the server", database);
    auto server = ServerReceipt::of(*session, surroundings_);
    server.address = *target;  // which is not the session's
    auto receipt = server.fields();
    const auto& row = found->front();
    receipt.update({{"via", via_}, {"oid", row.at(0)}, {"allowed", row.at(1) == "t"}});
    return receipt;
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    auto written = read_refusal(receipt, surroundings_);
    if (!written) return std::unexpected(written.error());
    if (!written->allowed) {
      return failure("{} accepted no connections even before", written->server.address.database());
    }
    auto session = AdminSession::open(written->server.address.with_database(written->via));
    if (!session) return std::unexpected(session.error());
    if (auto set = allow(*session, written->server.address.database(), false); !set) return set;
    const auto ended = end_other_sessions(*session, written->server.address.database());
    if (!ended) return std::unexpected(ended.error());
    refused_ = std::move(*written);
    ended_ = *ended;
    ended_at_ = surroundings_.now();
    return {};
  }

  Result<void> revert(const nlohmann::json& receipt) override {
    refused_.reset();
    const auto written = read_refusal(receipt, surroundings_);
    if (!written) return std::unexpected(written.error());
    // It was refused before we came: leave it so.
    if (!written->allowed) return {};
    const std::string database = written->server.address.database();
    auto opened = written->server.session_to_undo(written->via, surroundings_);
    if (!opened) return std::unexpected(opened.error());
    if (!*opened) return {};
    AdminSession& session = **opened;
    const auto found =
        session.query("SELECT datallowconn FROM pg_database WHERE datname = $1 AND oid = $2::oid",
                      {database, written->oid});
    if (!found) return std::unexpected(found.error());
    // Dropped or rebuilt meanwhile: the setting went with the old one.
    if (found->empty() || found->front().at(0) == "t") return {};
    return allow(session, database, true);
  }

  std::optional<Bite> confirm() override {
    if (!refused_) return std::nullopt;
    // The server answers and this database does not: both are needed for evidence.
    const auto server = AdminSession::open(refused_->server.address.with_database(refused_->via));
    if (!server) return std::nullopt;
    const auto refused = AdminSession::open(refused_->server.address);
    if (refused) return std::nullopt;
    return Bite{ended_ > 0 ? ended_at_ : surroundings_.now(),
                fmt::format("{} ({} session{} ended)", refused.error().what, ended_,
                            ended_ == 1 ? "" : "s")};
  }

  nlohmann::json state() override {
    const auto target = PostgresAddress::of_plan(surroundings_, name_);
    if (!target) return nlohmann::json::object();
    auto session = AdminSession::open(target->with_database(via_));
    if (!session) return nlohmann::json::object();
    const auto found =
        session->query("SELECT datallowconn, datconnlimit FROM pg_database WHERE datname = $1",
                       {target->database()});
    if (!found || found->empty()) return nlohmann::json::object();
    return {{name_ + " accepts connections", found->front().at(0)},
            {name_ + " connection limit", found->front().at(1)}};
  }

 private:
  static Result<void> allow(AdminSession& session, const std::string& database, bool allowed) {
    const auto quoted = session.identifier(database);
    if (!quoted) return std::unexpected(quoted.error());
    const auto set =
        session.query(fmt::format("ALTER DATABASE {} ALLOW_CONNECTIONS {}", *quoted, allowed));
    if (!set) return std::unexpected(set.error());
    return {};
  }

  std::string name_;
  std::string via_;
  const Surroundings& surroundings_;
  std::optional<Refusal> refused_;
  int ended_ = 0;
  Instant ended_at_{};
};

const Registered<FaultKind> db_refuse_registered{FaultKind{
    FaultInfo{
        KindInfo{
            .name = "db_refuse",
            .summary = "Lets a PostgreSQL server refuse all connections to one database, after "
                       "ending those that are open.",
            .options = Shape::object({{.name = "via",
                                       .shape = Shape::text(),
                                       .doc = "The other database of the server from which this is "
                                              "done; default postgres."}}),
            .example = {{"inject", "db_refuse"},
                        {"into", "history"},
                        {"with", {{"via", "postgres"}}},
                        {"at", "2s"},
                        {"for", "5s"}},
            .server = "postgresql",
        },
        Nature::condition, Target::database},
    [](const FaultSpec& spec,
       const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
      return std::make_unique<DbRefuse>(spec, surroundings);
    }}};

}  // namespace
}  // namespace reprise
