'use strict';

// For drills: runs a command and wants it to end with a certain exit code, and to say every one of
// some words on standard error.
//   node drill/expect.js 78 PORT,REDIS_URL node app/index.js

const { spawnSync } = require('node:child_process');

const [wanted, names, command, ...words] = process.argv.slice(2);
const { status, stderr } = spawnSync(command, words, {
  stdio: ['inherit', 'inherit', 'pipe'],
  encoding: 'utf8',
});
process.stderr.write(stderr);
const said = new Set(stderr.match(/\w+/g));
const unsaid = names.split(',').filter((name) => !said.has(name));
if (unsaid.length > 0 || status !== Number(wanted)) {
  process.stderr.write(`ended with ${status}, expected ${wanted}; not said: ${unsaid.join()}\n`);
  process.exitCode = 1;
}
