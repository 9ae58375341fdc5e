#include "harness/observe/probe.h"

namespace reprise {

boost::asio::awaitable<Result<void>> Probe::open() { co_return Result<void>{}; }

boost::asio::awaitable<Observation> take_sample(Probe& probe, Instant deadline) {
  try {
    co_return co_await probe.sample(deadline);
  } catch (const std::exception& thrown) {
    co_return Observation{"error", {{"text", thrown.what()}}};
  }
}

bool says_yes(const Observation& seen) {
  if (seen.outcome != "answered") return false;
  const int status = seen.values.value("status", 0);
  return status != 0 ? status / 100 == 2 : seen.values.value("exit", 0) == 0;
}

}  // namespace reprise
