#include "harness/engine/drill/course.h"

#include <boost/asio/co_spawn.hpp>

namespace reprise {

Course::Course(DrillParts given)
    : parts(std::move(given)), random(parts.seed), changed_(parts.executor) {}

boost::asio::awaitable<bool> Course::wait_until(std::function<bool()> condition, Instant deadline) {
  while (true) {
    if (ending_) co_return false;
    if (condition()) co_return true;
    if (now() >= deadline) co_return false;
    co_await changed_.wait_until(parts.clock, deadline);
  }
}

boost::asio::awaitable<bool> Course::wait_for_healing(Instant deadline) {
  const std::function<bool()> healing = [this] { return healing_; };
  co_return co_await wait_until(healing, deadline);
}

Course::Work Course::pause_until(Instant deadline) {
  const std::function<bool()> never = [] { return false; };
  co_await wait_until(never, deadline);
}

Course::Work Course::wait_for_none(const std::size_t& running) {
  while (running > 0) co_await changed_.wait();
}

Course::Work Course::or_trouble(Work work) {
  try {
    co_await std::move(work);
  } catch (const std::exception& error) {
    end("trouble", {{"what", error.what()}}, outcome_);
  }
}

void Course::launch(Work work, std::size_t& running) {
  ++running;
  auto finished = [this, &running](std::exception_ptr) {
    --running;
    changed();
  };
  auto guarded = or_trouble(std::move(work));
  boost::asio::co_spawn(parts.executor, std::move(guarded), finished);
}

void Course::end(std::string_view event, nlohmann::json fields, std::string outcome) {
  parts.journal.write(event, std::move(fields));
  outcome_ = std::move(outcome);
  ending_ = true;
  heal();
}

void Course::heal() {
  healing_ = true;
  changed();
}

void Course::cannot_start(const std::string& what) {
  parts.journal.write("trouble", {{"what", what}});
  outcome_ = "failed-to-start";
}

}  // namespace reprise
