// When a service counts as ready.
#include "harness/engine/services/service_runner.h"
#include "harness/model/registry.h"

namespace reprise {
namespace {

constexpr Duration between_looks = 50ms;      // by default
constexpr Duration default_patience = 1s;     // with one look
constexpr Duration last_words_limit = 500ms;  // where a descendant keeps the pipe open
constexpr std::size_t last_words = 5;

// Plans say ${port} inside a service; probes know of no service.
void fill_port(nlohmann::json& value, const std::string& port) {
  if (value.is_structured()) {
    for (auto& item : value) fill_port(item, port);
  } else if (value.is_string()) {
    auto text = value.get<std::string>();
    constexpr std::string_view reference = "${port}";
    for (auto at = text.find(reference); at != text.npos; at = text.find(reference, at)) {
      text.replace(at, reference.size(), port);
    }
    value = std::move(text);
  }
}

std::string in_words(const Observation& seen) {
  for (const char* value : {"status", "exit"}) {
    const auto found = seen.values.find(value);
    if (found == seen.values.end()) continue;
    return fmt::format("{}, {} {}", seen.outcome, value, found->dump());
  }
  return seen.outcome;
}

}  // namespace

Result<std::unique_ptr<Probe>> ServiceRunner::make_probe() const {
  ProbeSpec spec = *service_.ready;
  if (const auto port = parts_.site.port(service_.name)) {
    fill_port(spec.options, std::to_string(*port));
  }
  const ProbeKind* kind = Registry<ProbeKind>::find(spec.kind);
  if (!kind) return failure("there is no probe kind called {}", spec.kind);
  return kind->make(spec, {parts_.executor, parts_.site, parts_.pool});
}

std::optional<std::string> ServiceRunner::hopeless() const {
  if (abandoned_) return "the drill is over";
  if (service_.external || child_ || restarting_ || launching_ > 0) return std::nullopt;
  if (!wanted_) return "it was stopped";
  if (ending_ && wants_restart(*ending_)) return std::nullopt;
  return ending_ ? "it " + ending_->text() : "it does not run";
}

boost::asio::awaitable<std::string> ServiceRunner::with_last_words(std::string why) {
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

boost::asio::awaitable<Result<void>> ServiceRunner::wait_answer(Instant deadline) {
  auto probe = make_probe();
  if (!probe) co_return std::unexpected(probe.error());
  if (auto opened = co_await (*probe)->open(); !opened) co_return opened;
  const auto given = [](Duration time, Duration otherwise) {
    return time > Duration::zero() ? time : otherwise;
  };
  const Duration every = given(service_.ready->every, between_looks);
  const Duration patience = given(service_.ready->timeout, default_patience);
  std::optional<std::string> last;  // what was seen
  while (true) {
    if (auto why = hopeless()) co_return failure("{}", *why);
    const Instant begun = parts_.clock.now();
    if (begun >= deadline) {
      co_return failure("it was not ready within {}; last seen: {}",
                        format_duration(service_.ready_within), last.value_or("nothing"));
    }
    auto seen = co_await (*probe)->sample(std::min(deadline, begun + patience));
    if (auto why = hopeless()) co_return failure("{}", *why);
    // Somebody else could answer in the place of a process that is gone.
    if (says_yes(seen) && (service_.external || running())) co_return Result<void>();
    // A look that the deadline cut short says less than the one before it.
    if (!last || begun + patience <= deadline) last = in_words(seen);
    const Instant next = std::min(deadline, parts_.clock.now() + every);
    while (parts_.clock.now() < next && !hopeless()) {
      co_await changed_.wait_until(parts_.clock, next);
    }
  }
}

boost::asio::awaitable<Result<void>> ServiceRunner::wait_ready() {
  auto self = shared_from_this();
  struct Counted {
    int& count;
    ~Counted() { --count; }
  };
  ++waiting_;
  const Counted counted{waiting_};
  const Instant deadline = parts_.clock.now() + service_.ready_within;
  Result<void> outcome;
  if (service_.ready) {
    outcome = co_await wait_answer(deadline);
  } else if (!service_.external) {
    // Nothing to ask: it is ready once it has not ended at once.
    while (!hopeless() && (!running() || parts_.clock.now() < launched_ + between_looks)) {
      if (parts_.clock.now() >= deadline) break;
      const Instant next = std::min(deadline, parts_.clock.now() + between_looks);
      co_await changed_.wait_until(parts_.clock, next);
    }
    if (auto why = hopeless()) {
      outcome = failure("{}", *why);
    } else if (!running()) {
      outcome = failure("it did not stay up within {}", format_duration(service_.ready_within));
    }
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
