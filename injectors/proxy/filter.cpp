#include "injectors/proxy/filter.h"

#include <algorithm>
#include <atomic>

namespace reprise::proxy {
namespace {

std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

}  // namespace

Filter::Filter() : serial_(next_serial()) {}

std::uint64_t Filter::victims() const {
  const std::lock_guard lock(mutex_);
  return victims_;
}

std::optional<Instant> Filter::first_victim() const {
  const std::lock_guard lock(mutex_);
  return first_;
}

void Filter::hit(Instant at) {
  const std::lock_guard lock(mutex_);
  ++victims_;
  first_ = std::min(first_.value_or(at), at);
}

void Filter::hit(Flow& flow) {
  if (std::ranges::find(*flow.hit_by, serial_) != flow.hit_by->end()) return;
  flow.hit_by->push_back(serial_);
  hit();
}

}  // namespace reprise::proxy
