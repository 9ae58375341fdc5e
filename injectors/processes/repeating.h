// Work of a fault that goes on between inject and revert: a step, again and again, on a thread.
//
// The thread dies with the program, so whatever a step leaves behind must be in the receipt.
// Ownership: the injector owns it, and owns what the step touches; declare it last, so that it
// ends first. Threads: start and stop on the thread of the fault's verbs, the step on its own.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "harness/model/time.h"

namespace reprise {

class Repeating {
 public:
  // `step` says how long to wait before it is called again.
  void start(std::function<Duration()> step) {
    thread_ = std::jthread([step = std::move(step)](const std::stop_token& asked) {
      std::mutex nobody_else;
      std::unique_lock lock(nobody_else);
      std::condition_variable_any wait;
      while (!asked.stop_requested()) {
        const Duration pause = step();
        wait.wait_for(lock, asked, pause, [] { return false; });
      }
    });
  }
  // Returns when the step that was under way is over; no wait is waited out.
  void stop() { thread_ = {}; }

 private:
  std::jthread thread_;
};

}  // namespace reprise
