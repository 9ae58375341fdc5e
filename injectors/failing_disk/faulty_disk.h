// The instrument of disk_error: a file system of our own over a disk of the plan, which hands every
// operation on until it is told to let some fail.
//
// A child process serves it, since whoever serves a file system must not use it. The child dies
// with the drill, and the mount is gone with the drill's mount namespace.
// Ownership: unmounted, killed and reaped with the object. Threads: installed by a single-threaded
// process; orders on one thread at a time.
#pragma once

#include "harness/engine/site/instrument.h"
#include "injectors/failing_disk/disk_orders.h"

namespace reprise {

class FaultyDisk final : public Instrument {
 public:
  static Result<std::unique_ptr<Instrument>> install(const std::string& disk,
                                                     const Foundation& foundation);
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;
  ~FaultyDisk() override;

  [[nodiscard]] std::vector<std::string> environment(std::string_view) const override { return {}; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] DiskOrders& orders() const { return *orders_; }

 private:
  explicit FaultyDisk(std::filesystem::path path);
  Result<void> mount_and_serve();

  std::filesystem::path path_;
  DiskOrders* orders_;  // shared with the child
  bool mounted_ = false;
  pid_t child_ = 0;
};

}  // namespace reprise
