// A share of the loopback's traffic that the kernel slows: packets to or from some ports go through
// a class of the kernel's HTB scheduler, and the class, or the queue below it (netem), slows them.
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

#include "injectors/kernel/nftables.h"

namespace reprise {

// How the kernel slows, in the words of tc.
struct Shaping {
  std::vector<std::string> limit;  // of the class itself: rate, burst
  std::vector<std::string> queue;  // below the class; empty for the kernel's plain one
};

class TrafficClass {
 public:
  // `end`: "dport" for what goes to the port, "sport" for what comes from it. An error where the
  // kernel or the machine has not what it takes.
  static Result<std::unique_ptr<TrafficClass>> create(const Shaping& shaping, std::uint16_t port,
                                                      const std::string& end);
  TrafficClass(const TrafficClass&) = delete;
  TrafficClass& operator=(const TrafficClass&) = delete;
  ~TrafficClass();

  [[nodiscard]] const std::string& name() const { return name_; }
  // Whether the loopback has a class of that name.
  [[nodiscard]] static bool exists(const std::string& name);
  // How many packets went through its queue, or without one how often it met its limit.
  [[nodiscard]] Result<std::uint64_t> slowed();

 private:
  TrafficClass(std::string name, bool queues) : name_(std::move(name)), queues_(queues) {}
  std::string name_;
  bool queues_;
  std::unique_ptr<OwnedTable> table_;
};

}  // namespace reprise
