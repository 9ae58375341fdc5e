'use strict';

const fs = require('node:fs/promises');

const RETRY_S = 300; // when no usable return is written in the file

/** Null, or what is known of the maintenance that the file announces. */
async function readMaintenance(file, now) {
  let text;
  try {
    text = await fs.readFile(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    text = ''; // a file that cannot be read is there all the same
  }
  const until = new Date(text.trim());
  if (Number.isNaN(until.getTime())) return { until: null, retryAfterS: RETRY_S };
  const left = Math.ceil((until - now) / 1000);
  return { until, retryAfterS: left > 0 ? left : RETRY_S };
}

module.exports = { readMaintenance };
