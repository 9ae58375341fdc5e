// When faults and procedures start: at an instant, after a fault, or when a probe sees something.
//
// Ownership: refers to what the drill owns. Threads: the engine thread.
#pragma once

#include <map>
#include <string>

#include "harness/engine/drill/observers.h"

namespace reprise {

class Starts {
 public:
  Starts(Course& course, const Observers& observers);

  // False when it never comes, or the drill is healing by then.
  boost::asio::awaitable<bool> wait_for(const Start& start);
  // A round of the fault was in place.
  void injected(const std::string& fault) { injected_[fault] = true; }
  // All its rounds are over.
  void over(const std::string& fault) { over_[fault] = true; }

 private:
  // False when it was not seen until `patience` after the last incident, nothing being at work.
  boost::asio::awaitable<bool> wait_to_see(const Watch& watch);

  Course& course_;
  const Observers& observers_;
  std::map<std::string, bool> over_, injected_;  // by the fault's id
};

}  // namespace reprise
