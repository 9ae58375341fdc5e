#include "harness/engine/services/readiness.h"

#include "harness/model/registry.h"
#include "harness/observe/probe.h"

namespace reprise {
namespace {

constexpr Duration default_every = 50ms;   // from look to look
constexpr Duration default_patience = 1s;  // with one look

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

Result<std::unique_ptr<Probe>> make_probe(const Service& service, const ControllerParts& parts) {
  ProbeSpec spec = *service.ready;
  if (const auto port = parts.site.port(service.name)) {
    fill_port(spec.options, std::to_string(*port));
  }
  const ProbeKind* kind = Registry<ProbeKind>::find(spec.kind);
  if (!kind) return failure("there is no probe kind called {}", spec.kind);
  return kind->make(spec, {parts.executor, parts.site, parts.pool});
}

Duration given(Duration time, Duration otherwise) {
  return time > Duration::zero() ? time : otherwise;
}

}  // namespace

boost::asio::awaitable<Result<void>> wait_answer(const Service& service,
                                                 const ControllerParts& parts, ReadinessWait wait) {
  auto probe = make_probe(service, parts);
  if (!probe) co_return std::unexpected(probe.error());
  if (auto opened = co_await (*probe)->open(); !opened) co_return opened;
  const Duration every = given(service.ready->every, default_every);
  const Duration patience = given(service.ready->timeout, default_patience);
  std::optional<std::string> last;  // what was seen
  while (true) {
    if (auto why = wait.hopeless()) co_return failure("{}", *why);
    const Instant begun = parts.clock.now();
    if (begun >= wait.deadline) {
      co_return failure("it was not ready within {}; last seen: {}",
                        format_duration(service.ready_within), last.value_or("nothing"));
    }
    auto seen = co_await (*probe)->sample(std::min(wait.deadline, begun + patience));
    if (auto why = wait.hopeless()) co_return failure("{}", *why);
    if (says_yes(seen) && wait.there()) co_return Result<void>();
    // A look that the deadline cut short says less than the one before it.
    if (!last || begun + patience <= wait.deadline) last = in_words(seen);
    const Instant next = std::min(wait.deadline, parts.clock.now() + every);
    while (parts.clock.now() < next && !wait.hopeless()) {
      co_await wait.changed.wait_until(parts.clock, next);
    }
  }
}

}  // namespace reprise
