'use strict';

const { Pool } = require('pg');
const { reasonOf } = require('./reason-of');

const READING = 'id::int AS id, site, kw, recorded_at';
const LAST_READING = 'SELECT recorded_at FROM readings ORDER BY id DESC LIMIT 1';
const NEWEST = `SELECT ${READING} FROM readings
  WHERE $1::text IS NULL OR site = $1 ORDER BY readings.id DESC LIMIT $2`;
const INSERT = `INSERT INTO readings (site, kw) VALUES ($1, $2) RETURNING ${READING}`;
const HOURLY_LOAD = `SELECT date_trunc('hour', recorded_at) AS time, avg(kw) AS kw FROM readings
  WHERE site = $1 AND recorded_at > now() - interval '48 hours' GROUP BY 1 ORDER BY 1`;

/** Meter readings in PostgreSQL. Losing the database costs the history, nothing else. */
class History {
  #pool;
  #timeoutMs;
  #log;
  #available = null; // null: not known yet
  #lastReadingAt = null;
  #load = [];
  #checking = null;

  constructor({ url, timeoutMs }, log) {
    this.#timeoutMs = timeoutMs;
    this.#log = log;
    this.#pool = new Pool({
      connectionString: url,
      max: 5,
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
      statement_timeout: timeoutMs, // so that the database, too, gives up on what we gave up on
    });
    // Without a listener, losing an idle connection would end the process.
    this.#pool.on('error', (error) => {
      this.#lost(error);
      this.check();
    });
  }

  /** Looks whether history can really be read; never rejects, never lasts beyond the time-out. */
  check() {
    this.#checking ??= this.#look().finally(() => {
      this.#checking = null;
    });
    return this.#checking;
  }

  async newest(site, limit) {
    return this.#queryOrCheck(NEWEST, [site, limit]);
  }

  async record(site, kw) {
    const [reading] = await this.#queryOrCheck(INSERT, [site, kw]);
    return reading;
  }

  /** The last known hourly load of a site; an unreachable database does not delay the caller. */
  async hourlyLoad(site) {
    if (this.#available === false) return this.#load;
    try {
      this.#load = await this.#queryOrCheck(HOURLY_LOAD, [site]);
    } catch {
      // The check has been told; an older load still makes a fair prediction.
    }
    return this.#load;
  }

  get state() {
    return { available: this.#available === true, last_reading_at: this.#lastReadingAt };
  }

  close() {
    return this.#pool.end();
  }

  async #look() {
    try {
      const [last] = await this.#query(LAST_READING, []);
      this.#lastReadingAt = last?.recorded_at ?? null;
      if (this.#available === false) this.#log('history: connection restored');
      this.#available = true;
    } catch (error) {
      this.#lost(error);
    }
  }

  #lost(error) {
    if (this.#available !== false) this.#log(`history: connection lost: ${reasonOf(error)}`);
    this.#available = false;
  }

  async #queryOrCheck(text, values) {
    try {
      return await this.#query(text, values);
    } catch (error) {
      this.check();
      throw error;
    }
  }

  /** The pool bounds connecting and querying apart from each other; this bounds their sum. */
  async #query(text, values) {
    let timer;
    const deadline = new Promise((_, reject) => {
      const late = new Error(`no answer within ${this.#timeoutMs} ms`);
      timer = setTimeout(() => reject(late), this.#timeoutMs);
    });
    try {
      const { rows } = await Promise.race([this.#pool.query(text, values), deadline]);
      return rows;
    } finally {
      clearTimeout(timer);
    }
  }
}

module.exports = { History };
