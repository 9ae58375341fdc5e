// A condition: every connection that the server allows is taken, by us, as by a leaking pool.
//
// The connections end with the program. Those that others give up meanwhile are taken as well.
#include <mutex>

#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/processes/repeating.h"
#include "injectors/receipts/receipt.h"
#include "injectors/servers/server_receipt.h"

namespace reprise {
namespace {

constexpr Duration between_tries = 50ms;
constexpr std::size_t most_taken = 10'000;

// A limit of our role's own harms nobody else.
bool refuses_everybody(const std::string& why) {
  return std::ranges::any_of(
      std::initializer_list<const char*>{"too many clients", "slots are reserved",
                                         "too many connections for database"},
      [&](const char* words) { return why.find(words) != std::string::npos; });
}

class DbExhaust final : public Injector {
 public:
  DbExhaust(const FaultSpec& spec, const Surroundings& surroundings)
      : name_(spec.into),
        ends_sessions_(spec.with.value("end-sessions", false)),
        surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() override {
    auto session = AdminSession::of_plan(surroundings_, name_);
    if (!session) return std::unexpected(session.error());
    return ServerReceipt::of(*session, surroundings_).fields();
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    auto server = ServerReceipt::recall(receipt, surroundings_);
    if (!server) return std::unexpected(server.error());
    if (ends_sessions_) {
      auto session = AdminSession::open(server->address);
      if (!session) return std::unexpected(session.error());
      const auto ended = end_other_sessions(*session, server->address.database());
      if (!ended) return std::unexpected(ended.error());
    }
    address_ = server->address;
    (void)take_all();
    taking_.start([this] { return take_all(); });
    return {};
  }

  Result<void> revert(const nlohmann::json&) override {
    taking_.stop();
    const std::scoped_lock lock(mutex_);
    taken_.clear();
    refused_.reset();
    return {};
  }

  std::optional<Bite> confirm() override {
    const std::scoped_lock lock(mutex_);
    return refused_;
  }

 private:
  // Connections until the server refuses one.
  Duration take_all() {
    while (true) {
      auto session = AdminSession::open(*address_);
      const std::scoped_lock lock(mutex_);
      if (session && taken_.size() < most_taken) {
        taken_.push_back(std::move(*session));
        continue;
      }
      // A server that was full before we came has not been harmed by us.
      if (!session && !taken_.empty() && refuses_everybody(session.error().what) && !refused_) {
        refused_ = Bite{surroundings_.now(),
                        fmt::format("{} (after {} of ours)", session.error().what, taken_.size())};
      }
      return between_tries;
    }
  }

  std::string name_;
  bool ends_sessions_;
  const Surroundings& surroundings_;
  std::optional<PostgresAddress> address_;
  std::mutex mutex_;  // guards what follows
  std::vector<AdminSession> taken_;
  std::optional<Bite> refused_;
  Repeating taking_;
};

const Registered<FaultKind> db_exhaust_registered{FaultKind{
    FaultInfo{
        KindInfo{
            .name = "db_exhaust",
            .summary = "Takes every connection that a PostgreSQL server allows.",
            .options = Shape::object({{"end-sessions",
                                       Shape::boolean(),
                                       {},
                                       "End the database's open sessions first; default no."}}),
            .example = {{"inject", "db_exhaust"},
                        {"into", "history"},
                        {"with", {{"end-sessions", true}}},
                        {"at", "2s"},
                        {"for", "5s"}},
            .server = "postgresql",
        },
        Nature::condition, Target::database},
    [](const FaultSpec& spec,
       const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
      return std::make_unique<DbExhaust>(spec, surroundings);
    }}};

}  // namespace
}  // namespace reprise
