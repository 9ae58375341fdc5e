// Child processes of our own that do a fault's work: they are busy, or full of memory.
//
// They are forked without exec and die with the program that started them: the kernel kills them
// when the thread that forked them ends, and that thread ends with the fault or with the program.
// Should one be left all the same, its name finds it: it is unlike every other, the receipt has it
// before the first fork, and a child bears it from its first instant.
// Ownership: the children are killed and reaped with the object. Threads: one at a time.
#pragma once

#include <functional>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/model/error.h"

namespace reprise {

class HelperProcesses {
 public:
  // {helper, boot_id}.
  [[nodiscard]] static nlohmann::json receipt();

  HelperProcesses() = default;
  HelperProcesses(const HelperProcesses&) = delete;
  HelperProcesses& operator=(const HelperProcesses&) = delete;
  ~HelperProcesses() { stop(); }

  // Forks that many children. `work` runs in each and nothing but system calls may be in it: other
  // threads of the program may have held any lock at the fork. A child ends with its work.
  Result<void> start(const nlohmann::json& receipt, std::size_t count, std::function<void()> work);
  // None is left when it returns.
  void stop();
  // Those that have not ended.
  [[nodiscard]] std::vector<pid_t> living() const;

  // Ends whatever bears the receipt's name, for a process that has nothing but the receipt.
  static Result<void> end(const nlohmann::json& receipt);

 private:
  std::vector<pid_t> children_;
  std::thread parent_;
  std::binary_semaphore over_{0};
};

}  // namespace reprise
