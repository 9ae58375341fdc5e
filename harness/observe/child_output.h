// Runs a program to its end, or to the deadline, and keeps what it printed.
//
// Ownership: plain values; the program and all it started end with the call. Threads: the engine
// thread.
#pragma once

#include <optional>
#include <string>

#include "harness/engine/site/surroundings.h"
#include "harness/observe/child.h"

namespace reprise {

struct ChildOutput {
  std::optional<Exit> exit;  // nothing: the deadline came first
  std::string out, complaints;
  // It printed more than this, which nobody read, or the deadline came before its end.
  bool more_out = false, more_complaints = false;
};

// `run: [program, arguments], folder`, references filled in.
[[nodiscard]] Result<ChildOptions> child_options(const nlohmann::json& options,
                                                 const Surroundings& surroundings);

// An error when it cannot be started. Beyond `most` bytes of a stream the rest is read and dropped,
// so that the program never waits for us.
boost::asio::awaitable<Result<ChildOutput>> run_child(boost::asio::any_io_executor executor,
                                                      ChildOptions options, Instant deadline,
                                                      std::size_t most);

}  // namespace reprise
