// TCP ports on the loopback that no other drill of this user has, and that the kernel does not
// hand out on its own.
//
// Ownership: a PortLease holds a locked file for as long as it lives; a dead process releases it.
// Threads: any.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>

#include "harness/model/error.h"

namespace reprise {

class PortLease {
 public:
  // A port free at this moment, outside the ephemeral range. `seed` spreads drills over the range.
  static Result<PortLease> take(std::string_view seed);

  PortLease(PortLease&& other) noexcept
      : port_(other.port_), lock_(std::exchange(other.lock_, -1)) {}
  PortLease& operator=(PortLease&& other) noexcept;
  PortLease(const PortLease&) = delete;
  PortLease& operator=(const PortLease&) = delete;
  ~PortLease();

  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  PortLease(std::uint16_t port, int lock) : port_(port), lock_(lock) {}
  std::uint16_t port_ = 0;
  int lock_ = -1;
};

}  // namespace reprise
