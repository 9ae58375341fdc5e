'use strict';

/**
 * Runs `task` now and then every `intervalMs`, counted from start to start, never twice at once.
 * `task` must not reject. Returns the function that stops the repetition.
 */
function repeat(task, intervalMs) {
  let timer = null;
  let stopped = false;

  const run = async () => {
    const startedAt = performance.now();
    await task();
    if (stopped) return;
    timer = setTimeout(run, Math.max(0, intervalMs - (performance.now() - startedAt)));
  };
  run();

  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

module.exports = { repeat };
