// How a service is listened to: what it prints goes to its log, whatever becomes of its process.
#include "harness/engine/services/process_controller.h"

namespace reprise {
namespace {

constexpr Duration look_at_log_again = 100ms;
constexpr std::size_t searched_in_place = 256 << 10;  // of a line; more would hold up the engine

}  // namespace

boost::asio::awaitable<void> ProcessController::follow(Child child, Stream stream) {
  const std::string_view name = stream == Stream::out ? "out" : "err";
  std::vector<PrintedLine> lines;
  bool more = true;
  while (more) {
    lines.clear();
    const bool pending = log_.flooded() || child->unfinished(stream);
    const auto patience = pending ? std::optional(look_at_log_again) : std::nullopt;
    more = co_await child->read(stream, lines, patience);
    if (abandoned_) co_return;
    // A flood that has ended is told of, although no line follows it.
    if (lines.empty() && !child->unfinished(stream)) log_.note_left_out();
    for (const auto& line : lines) {
      if (line.text.size() <= searched_in_place) {
        log_.add(name, line);
        continue;
      }
      auto work = [this, &line] { return log_.search(line); };
      auto searched = co_await parts_.pool.run(work);
      if (abandoned_) co_return;
      log_.add(name, line, std::move(searched));
    }
    // The pipe holds a flood back, and the engine has time for its probes.
    if (log_.flooded()) co_await parts_.clock.sleep_for(log_.breath());
    if (abandoned_) co_return;
  }
  --open_streams_;
  log_.note_left_out();
  changed_.notify();
}

boost::asio::awaitable<void> ProcessController::heard_out(Instant deadline) {
  auto self = shared_from_this();
  while (open_streams_ > 0 && !abandoned_ && parts_.clock.now() < deadline) {
    co_await changed_.wait_until(parts_.clock, deadline);
  }
  if (!abandoned_) log_.note_left_out();
}

}  // namespace reprise
