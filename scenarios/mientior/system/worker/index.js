'use strict';

// Prepares orders: takes them from the queue that the table itself is, and marks them prepared.

const { requireEnvironment } = require('../app/environment');
const log = require('../app/log');
const { Database } = require('../app/database');

const BATCH = 10;
const IDLE_MS = 500;
// A row locked by another worker is passed over: no order is prepared twice, none waits.
const PREPARE = `UPDATE orders SET prepared_at = now() WHERE id IN (
    SELECT id FROM orders WHERE prepared_at IS NULL ORDER BY id LIMIT ${BATCH}
    FOR UPDATE SKIP LOCKED)
  RETURNING id`;

const { DATABASE_URL } = requireEnvironment(['DATABASE_URL']);
const database = new Database({ url: DATABASE_URL, dnsServer: process.env.DNS_SERVER }, log);

let stopping = false;
let wake = () => {};
let told = null; // the error last told: one that lasts is told once

function pause() {
  return new Promise((resolve) => {
    wake = resolve;
    setTimeout(resolve, IDLE_MS);
  });
}

async function prepareSome() {
  try {
    const prepared = await database.transaction((query) => query(PREPARE));
    told = null;
    if (prepared.length > 0) log.info(`worker: prepared ${prepared.length} orders`);
    return prepared.length;
  } catch (error) {
    if (error.message !== told) log.error(`worker: ${error.message}`);
    told = error.message;
    await database.check(); // tells of the loss once, and of the return
    return 0;
  }
}

async function main() {
  log.info('worker: started');
  await database.check();
  while (!stopping) {
    const count = await prepareSome();
    if (count < BATCH && !stopping) await pause();
  }
  await database.close();
  log.info('worker: stopped');
  process.exit(0);
}

function stop() {
  stopping = true;
  wake();
}
process.once('SIGTERM', stop);
process.once('SIGINT', stop);

main();
