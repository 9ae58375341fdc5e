// A condition: operations on a disk of the plan fail, as on a broken one, while its other files and
// its room are as they were.
//
// The disk is served by a process of the drill from the system's start (faulty_disk.h), which is
// told what to fail; told nothing, or dead with the drill, it leaves nothing behind.
#include "injectors/failing_disk/faulty_disk.h"

#include <cerrno>
#include <numeric>

#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "injectors/receipts/receipt.h"

namespace reprise {
namespace {

struct Failure {
  const char* name;
  int number;
};
constexpr Failure errors[] = {{"EIO", EIO},       {"ENOSPC", ENOSPC}, {"EROFS", EROFS},
                              {"EACCES", EACCES}, {"EDQUOT", EDQUOT}, {"ENODEV", ENODEV}};

std::vector<std::string> error_names() {
  std::vector<std::string> names;
  for (const Failure& error : errors) names.emplace_back(error.name);
  return names;
}

std::vector<DiskOperation> operations_of(const nlohmann::json& with) {
  const nlohmann::json usual{"open", "create", "read", "write", "fsync"};
  std::vector<DiskOperation> operations;
  for (const std::string name : with.value("on", usual)) {
    const auto* found = std::ranges::find(disk_operations, name);
    operations.push_back(static_cast<DiskOperation>(found - disk_operations.begin()));
  }
  return operations;
}

// "3 writes, 1 fsync".
std::string counted(const DiskFailures& failures) {
  constexpr std::array plurals{"opens",  "creates", "reads",  "writes",
                               "fsyncs", "renames", "unlinks"};
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < plurals.size(); ++i) {
    const std::uint64_t count = failures.counts[i];
    if (count == 0) continue;
    parts.push_back(fmt::format("{} {}", count, count == 1 ? disk_operations[i] : plurals[i]));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

class DiskError final : public Injector {
 public:
  DiskError(const FaultSpec& spec, const Surroundings& surroundings, DiskOrders::Order order,
            std::string error)
      : disk_(spec.into),
        surroundings_(surroundings),
        order_(std::move(order)),
        error_(std::move(error)) {}
  ~DiskError() override { withdraw(); }

  Result<nlohmann::json> prepare() override {
    const auto path = surroundings_.disk(disk_);
    if (!path) return std::unexpected(path.error());
    if (!served()) return failure("disk {} was not mounted as one that can fail", disk_);
    return nlohmann::json{{"path", path->string()}, {"undo", "ends with the program"}};
  }

  Result<void> inject(const nlohmann::json&) override {
    const FaultyDisk* disk = served();
    if (!disk) return failure("disk {} was not mounted as one that can fail", disk_);
    auto given = disk->orders().give(order_);
    if (!given) return failure("disk {}: {}", disk_, given.error().text());
    given_ = &disk->orders();
    return {};
  }

  Result<void> revert(const nlohmann::json&) override {
    withdraw();
    return {};
  }

  std::optional<Bite> confirm() override {
    if (!given_) return std::nullopt;
    const DiskFailures failures = given_->failures();
    if (failures.first == 0) return std::nullopt;
    return Bite{Instant(Duration(failures.first)),
                fmt::format("{} failed with {}", counted(failures), error_)};
  }

 private:
  [[nodiscard]] const FaultyDisk* served() const {
    return dynamic_cast<const FaultyDisk*>(surroundings_.instrument("disk_error", disk_));
  }

  void withdraw() {
    if (given_) given_->withdraw();
    given_ = nullptr;
  }

  std::string disk_;
  const Surroundings& surroundings_;
  DiskOrders::Order order_;
  std::string error_;
  DiskOrders* given_ = nullptr;  // while the fault is there
};

Result<std::unique_ptr<Injector>> make_disk_error(const FaultSpec& spec,
                                                  const Surroundings& surroundings) {
  const std::string error = spec.with.value("error", "EIO");
  const auto share = parse_percentage(spec.with.value("rate", "100%"));
  if (!share) return std::unexpected(share.error());
  if (*share <= 0) return failure("`rate: 0%` would let nothing fail");
  DiskOrders::Order order{operations_of(spec.with),
                          std::ranges::find(errors, error, &Failure::name)->number, *share,
                          spec.with.value("files", "*")};
  return std::make_unique<DiskError>(spec, surroundings, std::move(order), error);
}

const Registered<FaultKind> disk_error_registered{FaultKind{
    FaultInfo{
        KindInfo{
            .name = "disk_error",
            .summary = "Lets operations on a disk of the plan fail, as on a broken one.",
            .options = Shape::object(
                {{.name = "on",
                  .shape = Shape::list(
                      Shape::choice({disk_operations.begin(), disk_operations.end()}), 1),
                  .doc = "Which operations; default open, create, read, write and fsync. A read "
                         "that the page cache answers does not fail."},
                 {.name = "error",
                  .shape = Shape::choice(error_names()),
                  .doc = "How they fail; default EIO."},
                 {.name = "files",
                  .shape = Shape::text(),
                  .doc = "Which files, as a glob of paths below the disk, where * matches / as "
                         "well: pg_wal/*; default all."},
                 {.name = "rate",
                  .shape = Shape::percentage(),
                  .doc = "How many of these operations fail, spread evenly; default 100%."}}),
            .example = {{"inject", "disk_error"},
                        {"into", "data"},
                        {"with", {{"on", {"write", "fsync"}}, {"error", "EIO"}}},
                        {"at", "2s"},
                        {"for", "5s"}},
        },
        Nature::condition, Target::disk},
    make_disk_error, FaultyDisk::install}};

}  // namespace
}  // namespace reprise
