'use strict';

/** Runs `task` now and again `pauseMs` after each end. It must not reject. */
function repeat(task, pauseMs) {
  const run = async () => {
    await task();
    setTimeout(run, pauseMs).unref();
  };
  run();
}

module.exports = { repeat };
