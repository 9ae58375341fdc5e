// Runs a program to its end, or to the deadline, and keeps what it printed.
//
// Ownership: plain values; the program and all it started end with the call. Threads: the engine
// thread.
#pragma once

#include <optional>
#include <string>

#include "harness/engine/surroundings.h"
#include "harness/observe/child.h"

namespace reprise {

struct ChildOutput {
  std::optional<Exit> exit;  // nothing: the deadline came first
  std::string out, complaints;
};

// `run: [program, arguments], folder`, references filled in.
[[nodiscard]] Result<ChildOptions> child_options(const nlohmann::json& options,
                                                 const Surroundings& surroundings);

// An error when it cannot be started. More than `most` bytes of a stream are read and dropped, so
// that the program never waits for us.
boost::asio::awaitable<Result<ChildOutput>> run_child(boost::asio::any_io_executor executor,
                                                      ChildOptions options, Instant deadline,
                                                      std::size_t most);

}  // namespace reprise
