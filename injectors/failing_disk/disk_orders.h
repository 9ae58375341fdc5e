// What a disk that can fail is told, and what came of it: a piece of memory that the drill shares
// with the process which serves the disk.
//
// Ownership: whoever placed it in shared memory. Threads: one gives and withdraws orders, one
// serves; both may be in processes of their own, and either may end at any instant.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/model/error.h"

namespace reprise {

// What may fail. `create` makes a new name: a file, a folder, a link; `unlink` removes one.
enum class DiskOperation { open, create, read, write, fsync, rename, unlink };
inline constexpr std::array<const char*, 7> disk_operations{"open",  "create", "read",  "write",
                                                            "fsync", "rename", "unlink"};

struct DiskFailures {
  std::array<std::uint64_t, disk_operations.size()> counts{};  // by operation
  std::int64_t first = 0;  // when, on the monotonic clock in nanoseconds; 0: none yet
};

class DiskOrders {
 public:
  struct Order {
    std::vector<DiskOperation> operations;
    int error = 0;            // errno
    double share = 1;         // of the operations meant, evenly
    std::string files = "*";  // a glob of paths below the disk; its `*` matches `/` as well
  };

  // Nothing of an earlier order is counted any more. An error when another is still given.
  Result<void> give(const Order& order);
  void withdraw() { operations_ = 0; }
  [[nodiscard]] DiskFailures failures() const;

  // By whoever serves: the errno with which it is to fail, or 0. `path` is below the disk.
  int asked(DiskOperation operation, const std::string& path);

 private:
  std::atomic<std::uint32_t> operations_ = 0;  // a bit each; nothing else changes while one is set
  std::atomic<int> error_ = 0;
  std::atomic<std::uint64_t> share_ = 0;  // of a million
  std::array<char, 256> files_{};
  std::atomic<std::uint64_t> meant_ = 0;
  std::array<std::atomic<std::uint64_t>, disk_operations.size()> failed_{};
  std::atomic<std::int64_t> first_ = 0;
};

}  // namespace reprise
