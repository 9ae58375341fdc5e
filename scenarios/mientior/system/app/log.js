'use strict';

// One event a line, its instant first: scripts/find-incident.sh reads these lines.

const write = (level) => (text) => {
  process.stdout.write(`${new Date().toISOString()} ${level} ${text}\n`);
};

module.exports = { info: write('info'), error: write('error') };
