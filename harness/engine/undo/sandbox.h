// The namespaces of one drill: user, network, mount, pid and IPC of its own, also without root.
//
// Inside, the loopback is the drill's own, what is mounted is seen by nobody else, and everything
// ends with the first process. User and group numbers are those outside, so that files keep their
// owners and a server that refuses root can still become somebody else.
//
// Threads: call from a single-threaded process.
#pragma once

#include <functional>
#include <string>

#include <sys/types.h>

#include "harness/model/error.h"

namespace reprise {

enum class SandboxWish { automatic, demanded, off };

// Really tries, in a child that ends at once: an error says what this machine does not allow.
[[nodiscard]] Result<void> try_sandbox();

// Forks the first process of a new sandbox, which runs `inside` in a child of its own, reaps
// whatever loses its parent, passes SIGINT and SIGTERM on to that child, and ends with its code
// (128 + the number of the signal that ended it). The end of the caller is a SIGTERM to it.
// Gives the first process's pid as seen here; an error when the namespaces cannot be made.
[[nodiscard]] Result<pid_t> fork_sandboxed(const std::function<int()>& inside);

}  // namespace reprise
