#include "harness/observe/probe.h"

namespace reprise {

boost::asio::awaitable<Result<void>> Probe::open() { co_return Result<void>{}; }

}  // namespace reprise
