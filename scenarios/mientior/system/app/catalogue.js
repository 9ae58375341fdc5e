'use strict';

const PRODUCT = 'sku, title, price_cents, image';
const ALL = `SELECT ${PRODUCT} FROM products ORDER BY sku`;
const ONE = `SELECT ${PRODUCT} FROM products WHERE sku = $1`;
const MOST_VIEWED = 10;

/** Products without their stock, which changes with every order; an order checks it itself. */
class Catalogue {
  #database;
  #cache;

  constructor(database, cache) {
    this.#database = database;
    this.#cache = cache;
  }

  async all() {
    const { value, source } = await this.#cached('products', () => this.#database.query(ALL));
    return { products: value, source };
  }

  /** Null when there is no such product. */
  async one(sku) {
    const read = () => this.#database.query(ONE, [sku]);
    const { value, source } = await this.#cached(`product:${sku}`, read);
    if (value.length === 0) return null;
    this.#cache.countView(sku);
    return { ...value[0], source };
  }

  async popular() {
    const viewed = await this.#cache.mostViewed(MOST_VIEWED);
    if (viewed === null) return { popular: [], source: 'none' };
    const popular = viewed.map(({ value, score }) => ({ sku: value, views: score }));
    return { popular, source: 'redis' };
  }

  async #cached(key, read) {
    const cached = await this.#cache.read(key);
    if (cached !== null) return { value: cached, source: 'redis' };
    const value = await read();
    this.#cache.fill(key, value);
    return { value, source: 'postgres' };
  }
}

module.exports = { Catalogue };
