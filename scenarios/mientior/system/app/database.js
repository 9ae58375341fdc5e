'use strict';

const { Pool, types } = require('pg');
const { DatabaseAddress, FindingSocket } = require('./database-address');
const { Refusal } = require('./refusal');
const { within } = require('./within');

const QUERY_MS = 1000;
const TRANSACTION_MS = 2000;
// Connections are renewed this often, so that a switched DNS record is followed without a restart.
const LIFETIME_S = 5;
const LOOK = 'SELECT EXISTS (SELECT FROM users) AS users, EXISTS (SELECT FROM orders) AS orders';

types.setTypeParser(types.builtins.INT8, Number); // ids and counts, far below 2^53

/** The database did not do what was asked. `outcome` tells what is known of a transaction. */
class DatabaseUnavailable extends Error {
  constructor(reason, outcome = 'not stored') {
    super(reason);
    this.outcome = outcome;
  }
}

/** PostgreSQL's codes are numbers, its messages say more; elsewhere it is the other way round. */
function reasonOf(error) {
  const fromDatabase = error.severity !== undefined;
  return fromDatabase ? error.message : error.code || error.message;
}

class Database {
  #pool;
  #log;
  #state = 'unknown';
  #reason = null;

  constructor({ url, dnsServer }, log) {
    this.#log = log;
    const address = dnsServer && new DatabaseAddress(dnsServer, log);
    this.#pool = new Pool({
      connectionString: url,
      stream: address && (() => new FindingSocket(address)),
      max: 10,
      maxLifetimeSeconds: LIFETIME_S,
      connectionTimeoutMillis: QUERY_MS,
      query_timeout: QUERY_MS,
      statement_timeout: QUERY_MS, // the server, too, gives up on what we gave up on
      idle_in_transaction_session_timeout: TRANSACTION_MS, // a stopped client holds no locks
    });
    // Without a listener, losing a connection would end the process: the pool listens to those it
    // keeps, and one lost between two queries of a transaction fails the next of them.
    this.#pool.on('error', (error) => this.#lost(error));
    this.#pool.on('connect', (client) => client.on('error', () => {}));
  }

  async query(text, values) {
    try {
      // The pool bounds connecting and querying apart from each other; this bounds their sum.
      const { rows } = await within(QUERY_MS, this.#pool.query(text, values));
      return rows;
    } catch (error) {
      throw new DatabaseUnavailable(reasonOf(error));
    }
  }

  /** What `work` returns, once it is committed. */
  async transaction(work) {
    let client = null;
    let committing = false;
    const run = async () => {
      await client.query('BEGIN');
      const result = await work(async (text, values) => (await client.query(text, values)).rows);
      committing = true;
      await client.query('COMMIT');
      return result;
    };
    try {
      client = await this.#pool.connect();
      const result = await within(TRANSACTION_MS, run());
      client.release();
      return result;
    } catch (error) {
      // Closing the connection makes the server roll back, whatever state the two were in.
      client?.release(true);
      if (error instanceof Refusal) throw error;
      throw new DatabaseUnavailable(reasonOf(error), committing ? 'unknown' : 'not stored');
    }
  }

  /** Looks whether the tables can really be read; never rejects. */
  async check() {
    try {
      await this.query(LOOK);
      if (this.#state !== 'up') this.#log.info('database: answers');
      this.#state = 'up';
      this.#reason = null;
    } catch (error) {
      this.#lost(error);
    }
  }

  get state() {
    return { state: this.#state, reason: this.#reason };
  }

  close() {
    return this.#pool.end();
  }

  #lost(error) {
    this.#reason = reasonOf(error);
    if (this.#state !== 'down') this.#log.error(`database: lost: ${this.#reason}`);
    this.#state = 'down';
  }
}

module.exports = { Database, DatabaseUnavailable };
