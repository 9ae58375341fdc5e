// When a process counts as ready, and what is told of one that does not become so.
#include "harness/engine/services/process_controller.h"
#include "harness/engine/services/readiness.h"

namespace reprise {
namespace {

constexpr Duration stays_up_for = 50ms;       // where there is nothing to ask
constexpr Duration last_words_limit = 500ms;  // where a descendant keeps the pipe open
constexpr std::size_t last_words = 5;

}  // namespace

std::optional<std::string> ProcessController::hopeless() const {
  if (abandoned_) return "the drill is over";
  if (child_ || restarting_ || launching_ > 0) return std::nullopt;
  if (!wanted_) return "it was stopped";
  if (ending_ && wants_restart(*ending_)) return std::nullopt;
  return ending_ ? "it " + ending_->text() : "it does not run";
}

boost::asio::awaitable<std::string> ProcessController::with_last_words(std::string why) {
  // Of a process that has just ended, the last lines are still on their way.
  const Instant deadline = parts_.clock.now() + last_words_limit;
  while (!child_ && open_streams_ > 0 && parts_.clock.now() < deadline) {
    co_await changed_.wait_until(parts_.clock, deadline);
    if (abandoned_) co_return why;
  }
  const auto lines = parts_.site.log(service_.name, log_from_);
  const auto first = lines.size() - std::min(lines.size(), last_words);
  for (auto i = first; i < lines.size(); ++i) {
    why += (i == first ? "; it printed last: " : " | ") + lines[i].line;
  }
  co_return why;
}

boost::asio::awaitable<Result<void>> ProcessController::stays_up(Instant deadline) {
  while (!hopeless() && (!running() || parts_.clock.now() < launched_ + stays_up_for)) {
    if (parts_.clock.now() >= deadline) break;
    const Instant next = std::min(deadline, parts_.clock.now() + stays_up_for);
    co_await changed_.wait_until(parts_.clock, next);
  }
  if (auto why = hopeless()) co_return failure("{}", *why);
  if (running()) co_return Result<void>();
  co_return failure("it did not stay up within {}", format_duration(service_.ready_within));
}

boost::asio::awaitable<Result<void>> ProcessController::wait_ready() {
  auto self = shared_from_this();
  const Counted counted(waiting_);
  const Instant deadline = parts_.clock.now() + service_.ready_within;
  Result<void> outcome;
  if (service_.ready) {
    ReadinessWait wait{deadline, changed_, [this] { return hopeless(); },
                       [this] { return running(); }};
    outcome = co_await wait_answer(service_, parts_, std::move(wait));
  } else {
    outcome = co_await stays_up(deadline);
  }
  if (abandoned_) co_return failure("the drill is over");
  if (!outcome) {
    auto why = outcome.error().text();
    auto words = co_await with_last_words(std::move(why));
    if (!abandoned_) note("failed", {{"why", words}});
    co_return failure("service {} did not start: {}", service_.name, words);
  }
  if (!std::exchange(ready_, true)) {
    note("ready", child_ ? nlohmann::json{{"pid", child_->id().pid}} : nlohmann::json::object());
  }
  co_return Result<void>();
}

}  // namespace reprise
