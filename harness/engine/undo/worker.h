// The worker: the process in which a drill happens (engine, probes, proxy).
#pragma once

#include "harness/engine/undo/job.h"
#include "harness/engine/undo/undo_log.h"

namespace reprise {

// Runs the drill and returns the worker's exit code: 0 when it ended in order, 1 when it could not
// begin (the journal says why). `alive` is written to now and then, as a sign of life.
int run_worker(const Job& job, UndoLog undo_log, int alive);

}  // namespace reprise
