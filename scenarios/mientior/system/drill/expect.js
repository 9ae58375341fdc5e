'use strict';

// For drills: runs a command and wants it to end with a certain exit code.
//   node drill/expect.js 78 node app/index.js

const { spawnSync } = require('node:child_process');

const [wanted, command, ...words] = process.argv.slice(2);
const { status } = spawnSync(command, words, { stdio: 'inherit' });
if (status !== Number(wanted)) {
  process.stderr.write(`ended with ${status}, expected ${wanted}\n`);
  process.exitCode = 1;
}
