#include "injectors/failing_disk/disk_orders.h"

#include <cmath>
#include <ctime>

#include <fnmatch.h>

namespace reprise {
namespace {

constexpr std::uint64_t million = 1'000'000;

std::uint32_t bit(DiskOperation operation) { return 1U << static_cast<unsigned>(operation); }

}  // namespace

Result<void> DiskOrders::give(const Order& order) {
  if (operations_ != 0) return failure("it is failing already");
  if (order.files.size() >= files_.size()) {
    return failure("`files` has {} bytes; at most {} can be kept", order.files.size(),
                   files_.size() - 1);
  }
  files_.fill('\0');
  std::ranges::copy(order.files, files_.begin());
  error_ = order.error;
  share_ = static_cast<std::uint64_t>(std::llround(order.share * million));
  meant_ = 0;
  first_ = 0;
  for (auto& count : failed_) count = 0;
  std::uint32_t operations = 0;
  for (const DiskOperation operation : order.operations) operations |= bit(operation);
  operations_ = operations;
  return {};
}

DiskFailures DiskOrders::failures() const {
  DiskFailures failures;
  std::ranges::copy(failed_, failures.counts.begin());
  failures.first = first_;
  return failures;
}

int DiskOrders::asked(DiskOperation operation, const std::string& path) {
  if (!(operations_ & bit(operation))) return 0;
  if (::fnmatch(files_.data(), path.c_str(), 0) != 0) return 0;
  // The n-th fails when the share of n reaches another whole number: evenly, and without chance.
  const std::uint64_t before = meant_.fetch_add(1);
  if ((before + 1) * share_ / million == before * share_ / million) return 0;
  ++failed_[static_cast<std::size_t>(operation)];
  if (first_ == 0) {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    first_ = now.tv_sec * 1'000'000'000 + now.tv_nsec;
  }
  return error_;
}

}  // namespace reprise
