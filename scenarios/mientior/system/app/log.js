'use strict';

// One event a line, its instant first: scripts/find-incident.sh and read-logs.sh read these lines.
// To standard output, and to LOG_FILE where one is named.

const fs = require('node:fs');
const path = require('node:path');

const FILE = process.env.LOG_FILE;
if (FILE) fs.mkdirSync(path.dirname(FILE), { recursive: true });

function append(line) {
  try {
    fs.appendFileSync(FILE, line);
  } catch (error) {
    process.stderr.write(`log: ${error.message}\n`); // no reason to stop selling
  }
}

const write = (level) => (text) => {
  const line = `${new Date().toISOString()} ${level} ${text}\n`;
  process.stdout.write(line);
  if (FILE) append(line);
};

module.exports = { info: write('info'), error: write('error') };
