'use strict';

const { createClient } = require('redis');
const { within } = require('./within');

const ANSWER_MS = 300;
const RECONNECT_MS = 2000;
const KEEP_S = 600;
const POPULAR = 'popular';

/**
 * Redis behind a circuit: one late or failed answer opens it, and from then on nobody waits for
 * Redis; check() closes it again. Every method answers null when Redis cannot.
 */
class Cache {
  #url;
  #log;
  #client = null; // null: the circuit is open
  #reason = 'not connected yet';

  constructor(url, log) {
    this.#url = url;
    this.#log = log;
  }

  read(key) {
    return this.#attempt(async (client) => JSON.parse(await client.get(`cache:${key}`)));
  }

  /** For what was just read from the database: never over what a later write has put there. */
  fill(key, value) {
    return this.#set(key, value, { condition: 'NX' });
  }

  write(key, value) {
    return this.#set(key, value, {});
  }

  /** One more view of a product: kept in Redis only, its loss costs the order of a list. */
  countView(sku) {
    return this.#attempt((client) => client.zIncrBy(POPULAR, 1, sku));
  }

  mostViewed(count) {
    const range = [POPULAR, 0, count - 1, { REV: true }];
    return this.#attempt((client) => client.zRangeWithScores(...range));
  }

  /** Looks after the connection; never rejects. */
  async check() {
    if (this.#client === null) await this.#reconnect();
    else await this.#attempt((client) => client.ping());
  }

  get state() {
    return { state: this.#client === null ? 'down' : 'up', reason: this.#reason };
  }

  #set(key, value, options) {
    const expiration = { type: 'EX', value: KEEP_S };
    return this.#attempt((client) =>
      client.set(`cache:${key}`, JSON.stringify(value), { expiration, ...options }),
    );
  }

  async #attempt(command) {
    const client = this.#client;
    if (client === null) return null;
    try {
      return await within(ANSWER_MS, command(client));
    } catch (error) {
      this.#lose(client, error);
      return null;
    }
  }

  async #reconnect() {
    const client = createClient({
      url: this.#url,
      disableOfflineQueue: true,
      socket: { connectTimeout: ANSWER_MS, reconnectStrategy: false },
    });
    client.on('error', (error) => this.#lose(client, error));
    try {
      await within(RECONNECT_MS, this.#openAndForget(client));
      this.#client = client;
      this.#reason = null;
      this.#log.info('redis: answers');
    } catch (error) {
      this.#reason = error.code || error.message;
      if (client.isOpen) client.destroy();
    }
  }

  /** Writes may have been missed while Redis was away: what is cached there is not trusted. */
  async #openAndForget(client) {
    await client.connect();
    for await (const keys of client.scanIterator({ MATCH: 'cache:*', COUNT: 1000 })) {
      if (keys.length > 0) await client.unlink(keys);
    }
  }

  #lose(client, error) {
    if (client !== this.#client) return;
    this.#client = null;
    this.#reason = error.code || error.message;
    this.#log.error(`redis: lost: ${this.#reason}`);
    if (client.isOpen) client.destroy();
  }
}

module.exports = { Cache };
