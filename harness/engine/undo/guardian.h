// The guardian of one drill: parent of the worker and adoptive parent of everything the drill
// starts, in a session of its own. Whatever happens to the worker, the guardian ends what is
// left, reverts what the undo log holds and says so in the journal's sibling.
//
// The worker dead, stopped (no sign of life before the deadline) or the command line gone: the
// same road. Threads: none; the process is single-threaded.
#pragma once

#include <sys/types.h>

#include "harness/engine/undo/job.h"
#include "harness/engine/undo/undo_log.h"

namespace reprise {

enum GuardianExit { guardian_clean = 0, guardian_could_not_start = 2, guardian_residue = 4 };

// Forks the guardian; the caller must be single-threaded. The child never returns from this call.
// Its exit status is a GuardianExit. SIGINT and SIGTERM to it interrupt the drill.
Result<pid_t> fork_guardian(const Job& job);

}  // namespace reprise
