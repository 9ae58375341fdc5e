// An event: the server ends every session of the database, as a restart or an administrator
// would. New sessions are welcome, so reconnecting is the system's work and nothing is undone.
#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/receipts/receipt.h"
#include "injectors/servers/postgres.h"

namespace reprise {
namespace {

class DbDisconnect final : public Injector {
 public:
  DbDisconnect(const FaultSpec& spec, const Surroundings& surroundings)
      : name_(spec.into), surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() override {
    // Tells now rather than in the middle of the drill that the server cannot be reached.
    const auto session = AdminSession::of_plan(surroundings_, name_);
    if (!session) return std::unexpected(session.error());
    return nlohmann::json{{"address", session->address().receipt()}};
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    const auto written = receipt_field<nlohmann::json>(receipt, "address");
    if (!written) return std::unexpected(written.error());
    const auto address = PostgresAddress::recall(*written, surroundings_);
    if (!address) return std::unexpected(address.error());
    auto session = AdminSession::open(*address);
    if (!session) return std::unexpected(session.error());
    const auto ended = end_other_sessions(*session, address->database());
    if (!ended) return std::unexpected(ended.error());
    ended_ = *ended;
    ended_at_ = surroundings_.now();
    return {};
  }

  Result<void> revert(const nlohmann::json&) override { return {}; }

  std::optional<Bite> confirm() override {
    if (ended_ == 0) return std::nullopt;
    return Bite{ended_at_,
                fmt::format("{} session{} of {} ended", ended_, ended_ == 1 ? "" : "s", name_)};
  }

 private:
  std::string name_;
  const Surroundings& surroundings_;
  int ended_ = 0;
  Instant ended_at_{};
};

const Registered<FaultKind> db_disconnect_registered{FaultKind{
    FaultInfo{KindInfo{
                  .name = "db_disconnect",
                  .summary = "Ends every session of a PostgreSQL database; new ones are accepted.",
                  .options = Shape::object({}),
                  .example = {{"inject", "db_disconnect"},
                              {"into", "history"},
                              {"with", nlohmann::json::object()},
                              {"at", "2s"}},
                  .server = "postgresql",
              },
              Nature::event, Target::database},
    [](const FaultSpec& spec,
       const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
      return std::make_unique<DbDisconnect>(spec, surroundings);
    }}};

}  // namespace
}  // namespace reprise
