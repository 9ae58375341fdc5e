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

}  // namespace reprise
