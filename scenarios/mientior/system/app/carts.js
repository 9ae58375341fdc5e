'use strict';

const READ = 'SELECT items FROM carts WHERE user_id = $1';
const WRITE = `INSERT INTO carts (user_id, items) VALUES ($1, $2)
  ON CONFLICT (user_id) DO UPDATE SET items = excluded.items, updated_at = now()`;

/** Carts are read from Redis; PostgreSQL has every one of them, for the day Redis has none. */
class Carts {
  #database;
  #cache;

  constructor(database, cache) {
    this.#database = database;
    this.#cache = cache;
  }

  async of(userId) {
    const cached = await this.#cache.read(`cart:${userId}`);
    if (cached !== null) return { items: cached, source: 'redis' };
    const [cart] = await this.#database.query(READ, [userId]);
    const items = cart?.items ?? [];
    this.#cache.fill(`cart:${userId}`, items);
    return { items, source: 'postgres' };
  }

  async replace(userId, items) {
    await this.#database.query(WRITE, [userId, JSON.stringify(items)]);
    await this.#cache.write(`cart:${userId}`, items);
  }
}

module.exports = { Carts };
