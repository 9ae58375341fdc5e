// A condition: a disk of the plan has no room left. What fills it is a file without a name, so the
// room comes back when the program lets go of it or ends, however it ends.
#include <cerrno>
#include <cstring>
#include <limits>

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "harness/engine/injector.h"
#include "harness/model/registry.h"
#include "harness/model/time.h"
#include "injectors/receipts/receipt.h"

namespace reprise {
namespace {

constexpr std::uint64_t page = 4096;

std::uint64_t room(const std::string& path) {
  struct statvfs disk{};
  return ::statvfs(path.c_str(), &disk) == 0 ? std::uint64_t{disk.f_bavail} * disk.f_frsize : 0;
}

int nameless_file(const std::string& path) {
  return ::open(path.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
}

class DiskFull final : public Injector {
 public:
  DiskFull(const FaultSpec& spec, const Surroundings& surroundings, std::uint64_t leave)
      : disk_(spec.into), surroundings_(surroundings), leave_(leave) {}
  ~DiskFull() override { let_go(); }

  Result<nlohmann::json> prepare() override {
    const auto path = surroundings_.disk(disk_);
    if (!path) return std::unexpected(path.error());
    return nlohmann::json{{"path", path->string()}, {"undo", "ends with the program"}};
  }

  Result<void> inject(const nlohmann::json& receipt) override {
    const auto path = receipt_field<std::string>(receipt, "path");
    if (!path) return std::unexpected(path.error());
    path_ = *path;
    if (const std::uint64_t free = room(path_); free <= leave_ || free - leave_ < page) {
      return failure("{} has no more than {} bytes of room as it is", path_, leave_);
    }
    filler_ = nameless_file(path_);
    if (filler_ < 0) return failure("{} takes no file: {}", path_, std::strerror(errno));
    return fill();
  }

  Result<void> revert(const nlohmann::json&) override {
    let_go();
    return {};
  }

  // Somebody who writes now meets the end of the disk: tried, not assumed.
  std::optional<Bite> confirm() override {
    if (filler_ < 0) return std::nullopt;
    const int tried = nameless_file(path_);
    const auto asked = static_cast<off_t>(leave_ + page);
    const bool full = tried >= 0 ? ::posix_fallocate(tried, 0, asked) == ENOSPC : errno == ENOSPC;
    if (tried >= 0) ::close(tried);
    if (!full) return std::nullopt;
    return Bite{surroundings_.now(), fmt::format("no room for {} bytes", leave_ + page)};
  }

 private:
  Result<void> fill() {
    off_t filled = 0;
    std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    while (true) {
      const std::uint64_t free = room(path_);
      // In ever smaller pieces when others write meanwhile.
      const std::uint64_t piece = std::min(most, free > leave_ ? free - leave_ : 0) / page * page;
      if (piece == 0) return {};
      const int failed = ::posix_fallocate(filler_, filled, static_cast<off_t>(piece));
      if (failed == 0) {
        filled += static_cast<off_t>(piece);
      } else if (failed == ENOSPC) {
        most = piece / 2;
      } else if (failed != EINTR) {
        return failure("{} cannot be filled: {}", path_, std::strerror(failed));
      }
    }
  }

  void let_go() {
    if (filler_ >= 0) ::close(filler_);
    filler_ = -1;
  }

  std::string disk_;
  const Surroundings& surroundings_;
  std::uint64_t leave_;
  std::string path_;
  int filler_ = -1;
};

Result<std::unique_ptr<Injector>> make_disk_full(const FaultSpec& spec,
                                                 const Surroundings& surroundings) {
  const auto leave = parse_size(spec.with.value("leave", "0B"));
  if (!leave) return std::unexpected(leave.error());
  return std::make_unique<DiskFull>(spec, surroundings, *leave);
}

const Registered<FaultKind> disk_full_registered{
    {FaultInfo{
         {.name = "disk_full",
          .summary = "Fills a disk of the plan: whoever writes there finds no room.",
          .options = Shape::object(
              {{.name = "leave", .shape = Shape::size(), .doc = "Room that is left; default 0B."}}),
          .example = {{"inject", "disk_full"}, {"into", "data"}}},
         Nature::condition,
         Target::disk},
     make_disk_full}};

}  // namespace
}  // namespace reprise
