// An event: a transaction of ours takes what the system's takes last, waits until the system waits
// for it, and then asks for what the system holds. PostgreSQL ends the system's transaction, not
// ours, because ours is told to look for deadlocks later.
//
// Our transaction is rolled back and ends with the program: there is nothing to undo.
#include <atomic>
#include <cstdlib>
#include <mutex>

#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/processes/repeating.h"
#include "injectors/receipts/receipt.h"
#include "injectors/servers/server_receipt.h"

namespace reprise {
namespace {

constexpr Duration between_deadlock_looks = 5ms;
constexpr Duration when_over = 1h;

// Of the database; other sessions of it may meet deadlocks of their own.
constexpr auto deadlocks_so_far =
    "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";

std::uint64_t count_of(const std::string& digits) {
  return std::strtoull(digits.c_str(), nullptr, 10);
}

class DbDeadlock final : public Injector {
 public:
  DbDeadlock(const FaultSpec& spec, const Surroundings& surroundings)
      : name_(spec.into),
        first_(spec.with.at("first").get<std::string>()),
        then_(spec.with.at("then").get<std::string>()),
        surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() override {
    auto session = AdminSession::of_plan(surroundings_, name_);
    if (!session) return std::unexpected(session.error());
    const auto patient = session->query("SET deadlock_timeout = '1h'");
    if (!patient) {
      return std::unexpected(Error{patient.error().what,
                                   "only a superuser may let the other transaction be the victim",
                                   {}});
    }
    const auto before = session->query(deadlocks_so_far);
    if (!before) return std::unexpected(before.error());
    auto receipt = ServerReceipt::of(*session, surroundings_).fields();
    receipt["deadlocks"] = before->front().front();
    return receipt;
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    auto before = receipt_field<std::string>(receipt, "deadlocks");
    if (!before) return std::unexpected(before.error());
    auto session = ServerReceipt::reach(receipt, surroundings_);
    if (!session) return std::unexpected(session.error());
    for (const std::string& statement :
         {std::string("SET deadlock_timeout = '1h'"), std::string("BEGIN"), first_}) {
      const auto done = session->query(statement);
      if (!done) return std::unexpected(done.error());
    }
    before_ = std::move(*before);
    address_ = session->address();
    ours_ = std::move(*session);
    waiting_.start([this] { return ask_when_waited_for(); });
    return {};
  }

  Result<void> revert(const nlohmann::json&) override {
    waiting_.stop();
    ours_.reset();
    address_.reset();
    return {};
  }

  std::optional<Bite> confirm() override {
    if (!address_ || !asked_) return std::nullopt;
    auto session = AdminSession::open(*address_);
    if (!session) return std::nullopt;
    const auto now = session->query(deadlocks_so_far);
    // A server that came back after a crash counts from zero again.
    if (!now || count_of(now->front().front()) <= count_of(before_)) return std::nullopt;
    return Bite{asked_at_.load(),
                fmt::format("{} had {} deadlocks, then {}", name_, before_, now->front().front())};
  }

 private:
  Duration ask_when_waited_for() {
    if (!ours_) return when_over;
    const auto waited = ours_->query(
        "SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY "
        "(pg_blocking_pids(pid))");
    if (waited && waited->empty()) return between_deadlock_looks;
    asked_at_ = surroundings_.now();
    asked_ = true;
    // Until the system's transaction has been ended, or in vain: ours is over either way.
    if (waited) (void)ours_->query(then_);
    ours_.reset();
    return when_over;
  }

  std::string name_;
  std::string first_;
  std::string then_;
  const Surroundings& surroundings_;
  std::optional<PostgresAddress> address_;
  std::string before_;
  std::atomic<bool> asked_ = false;
  std::atomic<Instant> asked_at_{};
  std::optional<AdminSession> ours_;  // of the thread, between inject and revert
  Repeating waiting_;
};

const Registered<FaultKind> db_deadlock_registered{FaultKind{
    FaultInfo{
        KindInfo{
            .name = "db_deadlock",
            .summary = "Makes a transaction of the system the victim of a deadlock.",
            .options = Shape::object(
                {{"first", Shape::text(), required,
                  "A statement that locks what the system's transaction needs last."},
                 {"then", Shape::text(), required,
                  "A statement that needs what the system's transaction holds by then."}}),
            .example = {{"inject", "db_deadlock"},
                        {"into", "history"},
                        {"with", {{"first", "LOCK TABLE lines"}, {"then", "LOCK TABLE orders"}}},
                        {"at", "2s"}},
            .server = "postgresql",
        },
        Nature::event,
        Target::database,
        {},
        {},
        "it needs tables of your own"},
    [](const FaultSpec& spec,
       const Surroundings& surroundings) -> Result<std::unique_ptr<Injector>> {
      return std::make_unique<DbDeadlock>(spec, surroundings);
    }}};

}  // namespace
}  // namespace reprise
