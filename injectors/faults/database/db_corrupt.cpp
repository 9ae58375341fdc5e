// An event: data of a table are wrong, or the table is gone. Recovery is the system's work, from a
// backup; nothing brings the old content back here.
//
// rows: a statement's SET changes a share of the rows. drop: the table and what depends on it go.
// page: bytes of a page are flipped in the file, behind the server's back, which a server with data
// checksums notices when it reads the page from the disk again.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "harness/engine/descriptor.h"
#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "harness/model/time.h"
#include "injectors/receipts/receipt.h"
#include "injectors/servers/server_receipt.h"

namespace reprise {
namespace {

constexpr off_t page_header = 24;
constexpr int most_tries = 10;
constexpr std::size_t flipped_bytes = 64;

struct Damage {
  std::string how;
  std::string table;
  std::string set;     // of rows
  double share = 1.0;  // of rows
};

Result<void> flip_bytes(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  const auto trouble = [&](const char* doing) {
    return failure("cannot {} {}: {}", doing, path, std::strerror(errno));
  };
  if (file.number() < 0) return trouble("open");
  std::array<char, flipped_bytes> bytes{};
  const ssize_t got = ::pread(file.number(), bytes.data(), bytes.size(), page_header);
  if (got != static_cast<ssize_t>(bytes.size())) return trouble("read");
  for (char& byte : bytes) byte = static_cast<char>(~byte);
  const ssize_t written = ::pwrite(file.number(), bytes.data(), bytes.size(), page_header);
  if (written != static_cast<ssize_t>(bytes.size())) return trouble("write");
  if (::fsync(file.number()) != 0) return trouble("sync");
  return {};
}

class DbCorrupt final : public Injector {
 public:
  DbCorrupt(const FaultSpec& spec, const Surroundings& surroundings, Damage damage)
      : name_(spec.into), damage_(std::move(damage)), surroundings_(surroundings) {}

  Result<nlohmann::json> prepare() override {
    auto session = AdminSession::of_plan(surroundings_, name_);
    if (!session) return std::unexpected(session.error());
    const auto table = quoted_table(*session, damage_.table);
    if (!table) return std::unexpected(table.error());
    auto receipt = ServerReceipt::of(*session, surroundings_).fields();
    if (damage_.how != "page") return receipt;
    const auto found = session->query(
        "SELECT current_setting('data_directory'), pg_relation_filepath($1::regclass), "
        "pg_relation_size($1::regclass)",
        {damage_.table});
    if (!found) return std::unexpected(found.error());
    const auto& row = found->front();
    if (row.at(2) == "0") return failure("{} is empty: there is no page to damage", damage_.table);
    const std::string path = row.at(0) + "/" + row.at(1);
    if (::access(path.c_str(), R_OK | W_OK) != 0) {
      return failure("{} cannot be written from here: {}", path, std::strerror(errno));
    }
    receipt["page_of"] = path;
    return receipt;
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    auto session = ServerReceipt::reach(receipt, surroundings_);
    if (!session) return std::unexpected(session.error());
    auto done = damage(*session, receipt);
    // The system goes on meanwhile, and one of two transactions that wait for each other is ended.
    for (int tries = 1; tries < most_tries && is_deadlock(done); ++tries) {
      done = damage(*session, receipt);
    }
    if (!done) return std::unexpected(done.error());
    if (done->empty()) return {};
    bite_ = Bite{surroundings_.now(), std::move(*done)};
    return {};
  }

  // An event: what was damaged stays so until the system mends it.
  Result<void> revert(const nlohmann::json&) override { return {}; }
  std::optional<Bite> confirm() override { return bite_; }

 private:
  Result<std::string> damage(AdminSession& session, const nlohmann::json& receipt) const {
    if (damage_.how == "page") return damage_page(session, receipt);
    return damage_.how == "drop" ? drop_table(session) : change_rows(session);
  }

  static bool is_deadlock(const Result<std::string>& done) {
    return !done && done.error().what.find("deadlock detected") != std::string::npos;
  }

  // Each says what was damaged; empty when nothing was.
  Result<std::string> change_rows(AdminSession& session) const {
    const auto table = quoted_table(session, damage_.table);
    if (!table) return std::unexpected(table.error());
    const auto changed = session.query(fmt::format(
        "WITH chosen AS (SELECT ctid AS reprise_place, ROW({0}.*)::text AS reprise_was FROM {0} "
        "ORDER BY ctid LIMIT (SELECT ceil(count(*) * {1}) FROM {0})), changed AS (UPDATE {0} SET "
        "{2} FROM chosen WHERE {0}.ctid = reprise_place RETURNING ROW({0}.*)::text <> reprise_was "
        "AS differs) SELECT count(*) FROM changed WHERE differs",
        *table, damage_.share, damage_.set));
    if (!changed) return std::unexpected(changed.error());
    const std::string& count = changed->front().front();
    return count == "0" ? std::string() : fmt::format("{} rows of {} changed", count, *table);
  }

  Result<std::string> drop_table(AdminSession& session) const {
    const auto table = quoted_table(session, damage_.table);
    if (!table) return std::unexpected(table.error());
    const auto dropped = session.query(fmt::format("DROP TABLE {} CASCADE", *table));
    if (!dropped) return std::unexpected(dropped.error());
    return fmt::format("{} is dropped", *table);
  }

  Result<std::string> damage_page(AdminSession& session, const nlohmann::json& receipt) const {
    const auto path = receipt_field<std::string>(receipt, "page_of");
    if (!path) return std::unexpected(path.error());
    const auto table = quoted_table(session, damage_.table);
    if (!table) return std::unexpected(table.error());
    // What only lies in the server's memory would be written over the damage, and what the next
    // reader would note in the page as well.
    for (const std::string& statement : {"VACUUM " + *table, std::string("CHECKPOINT")}) {
      const auto written = session.query(statement);
      if (!written) return std::unexpected(written.error());
    }
    if (auto done = flip_bytes(*path); !done) return std::unexpected(done.error());
    return fmt::format("{} bytes of the first page of {} are flipped", flipped_bytes,
                       damage_.table);
  }

  std::string name_;
  Damage damage_;
  const Surroundings& surroundings_;
  std::optional<Bite> bite_;
};

Result<std::unique_ptr<Injector>> make_db_corrupt(const FaultSpec& spec,
                                                  const Surroundings& surroundings) {
  Damage damage{spec.with.at("how"), spec.with.at("table"), spec.with.value("set", ""), 1.0};
  if ((damage.how == "rows") == damage.set.empty()) {
    return failure(
        "`set` says what becomes of rows: it goes with how: rows, and with nothing else");
  }
  if (spec.with.contains("share")) {
    const auto share = parse_percentage(spec.with.at("share").get<std::string>());
    if (!share) return std::unexpected(share.error());
    if (damage.how != "rows") return failure("`share` goes with how: rows");
    if (*share <= 0) return failure("`share: 0%` would change no row");
    damage.share = *share;
  }
  return std::make_unique<DbCorrupt>(spec, surroundings, std::move(damage));
}

const Registered<FaultKind> db_corrupt_registered{FaultKind{
    FaultInfo{
        KindInfo{
            .name = "db_corrupt",
            .summary = "Damages a table of a PostgreSQL database for good: its rows, the table "
                       "itself, or a page on the disk.",
            .options = Shape::object(
                {{"how", Shape::choice({"rows", "drop", "page"}), required,
                  "page needs the server's files on this machine."},
                 {"table", Shape::text(), required, "Its name, as in shop.orders."},
                 {"set", Shape::text(), {}, "With rows: as in UPDATE, email = 'x'."},
                 {"share", Shape::percentage(), {}, "With rows: of them; default 100%."}}),
            .example = {{"inject", "db_corrupt"},
                        {"into", "history"},
                        {"with", {{"how", "rows"}, {"table", "readings"}, {"set", "kw = 0"}}},
                        {"at", "2s"}},
            .server = "postgresql",
        },
        Nature::event,
        Target::database,
        {},
        {},
        "it needs tables of your own"},
    make_db_corrupt}};

}  // namespace
}  // namespace reprise
