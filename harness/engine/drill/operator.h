// The person at the terminal, as the worker hears them: lines on a pipe that the command line
// fills. Nobody there, or the command line gone: every question is answered with an error.
//
// Ownership: the descriptor is borrowed. Threads: the engine thread.
#pragma once

#include <deque>
#include <functional>
#include <string>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "harness/engine/event.h"
#include "harness/model/plan/plan.h"

namespace reprise {

class Operator {
 public:
  Operator(boost::asio::any_io_executor executor, Clock& clock, int lines, bool attended);

  // Waits for a line, at most `step.within`. The question itself is shown by whoever follows the
  // journal, where the step's start stands.
  boost::asio::awaitable<Result<std::string>> ask(const Step& step);
  // Calls `heard` at every line that no question waits for.
  void on_line(std::function<void()> heard) { heard_ = std::move(heard); }

 private:
  boost::asio::awaitable<void> listen();
  void add(const std::string& line);

  Clock& clock_;
  boost::asio::posix::stream_descriptor lines_;
  Event changed_;
  std::deque<std::string> unread_;
  std::function<void()> heard_;
  bool attended_;
  bool gone_ = false;
  int waiting_ = 0;
};

}  // namespace reprise
