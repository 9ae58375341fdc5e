'use strict';

const fs = require('node:fs');

const READERS = {
  A: ([address]) => ({ address }),
  SRV: ([priority, weight, port, target]) => ({
    priority: Number(priority),
    weight: Number(weight),
    port: Number(port),
    target: target.toLowerCase(),
  }),
};

/** The records of a zone: one a line, "name seconds type data"; a semicolon opens a comment. */
function readZone(file) {
  const records = [];
  for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
    const [name, seconds, type, ...data] = line.replace(/;.*/, '').trim().split(/\s+/);
    if (name === '') continue;
    if (!READERS[type] || data.length === 0) throw new Error(`unusable record: ${line}`);
    records.push({
      name: name.toLowerCase(),
      seconds: Number(seconds),
      type,
      data: READERS[type](data),
    });
  }
  return records;
}

module.exports = { readZone };
