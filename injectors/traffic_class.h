// A share of the loopback's traffic that the kernel slows: packets to or from some ports go through
// a class of the kernel's HTB scheduler, and the queue below it (netem, tbf) slows them.
//
// A rule of an owned table leads the packets there, so they are free again when the program dies,
// however it dies; the scheduler itself belongs to the sandbox's own network and ends with it.
//
// Ownership: destroying the object frees the packets and removes the class; what waited in its
// queue is dropped, as by a router that is switched off, and sent again by TCP.
// Threads: one at a time per object, several objects at once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "injectors/nftables.h"

namespace reprise {

class TrafficClass {
 public:
  // `end`: "dport" for what goes to the port, "sport" for what comes from it.
  // `queue`: what tc calls it, and its options. An error where the kernel or the machine has not
  // what it takes.
  static Result<std::unique_ptr<TrafficClass>> create(const std::vector<std::string>& queue,
                                                      std::uint16_t port, const std::string& end);
  TrafficClass(const TrafficClass&) = delete;
  TrafficClass& operator=(const TrafficClass&) = delete;
  ~TrafficClass();

  // How many packets have gone through it.
  [[nodiscard]] Result<std::uint64_t> packets() { return table_->packets(); }

 private:
  explicit TrafficClass(std::string name) : name_(std::move(name)) {}
  std::string name_;
  std::unique_ptr<OwnedTable> table_;
};

}  // namespace reprise
