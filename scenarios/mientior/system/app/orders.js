'use strict';

const { createHash } = require('node:crypto');
const { Refusal } = require('./refusal');

const USER = 'SELECT id FROM users WHERE login = $1';
const INSERT = `INSERT INTO orders (reference, user_id, payload, idempotency_key, request_hash)
  VALUES ($1, $2, $3, $4, $5) ON CONFLICT (idempotency_key) DO NOTHING RETURNING id`;
const BY_KEY = 'SELECT id, request_hash FROM orders WHERE idempotency_key = $1';
const TAKE = `UPDATE products SET stock = stock - $2 WHERE sku = $1 AND stock >= $2
  RETURNING price_cents`;
const KNOWN = 'SELECT FROM products WHERE sku = $1';
const INSERT_LINE = `INSERT INTO order_lines (order_id, sku, quantity, unit_price_cents)
  VALUES ($1, $2, $3, $4)`;
const ONE = `SELECT o.id, o.reference, u.login AS user, o.payload, o.created_at, o.prepared_at,
    (SELECT coalesce(json_agg(json_build_object('sku', l.sku, 'quantity', l.quantity,
       'unit_price_cents', l.unit_price_cents) ORDER BY l.sku), '[]')
     FROM order_lines l WHERE l.order_id = o.id) AS items
  FROM orders o JOIN users u ON u.id = o.user_id WHERE o.id = $1`;
const EXPORT = `SELECT id, reference, payload, created_at FROM orders
  WHERE id > $2 AND starts_with(reference, $1) ORDER BY id LIMIT $3`;
const CONSISTENCY = `SELECT
    (SELECT count(*) FROM users) AS users,
    (SELECT count(*) FROM orders) AS orders,
    (SELECT count(*) FROM orders o
     WHERE NOT EXISTS (SELECT FROM order_lines l WHERE l.order_id = o.id)) AS orders_without_lines,
    (SELECT count(*) FROM orders o
     WHERE NOT EXISTS (SELECT FROM users u WHERE u.id = o.user_id)) AS orders_without_user,
    (SELECT count(*) FROM order_lines l
     WHERE NOT EXISTS (SELECT FROM orders o WHERE o.id = l.order_id)) AS lines_without_order`;

const hashOf = (order) => createHash('sha256').update(JSON.stringify(order)).digest('hex');

async function takeFromStock(query, { sku, quantity }) {
  const [product] = await query(TAKE, [sku, quantity]);
  if (product) return product.price_cents;
  const known = await query(KNOWN, [sku]);
  if (known.length === 0) throw new Refusal(422, `no such product: ${sku}`);
  throw new Refusal(409, `not enough stock: ${sku}`);
}

class Orders {
  #database;

  constructor(database) {
    this.#database = database;
  }

  /** Stores an order whole or not at all; a key seen before gives the order stored under it. */
  place(order, key) {
    const hash = hashOf(order);
    return this.#database.transaction(async (query) => {
      const [user] = await query(USER, [order.user]);
      if (!user) throw new Refusal(422, `no such user: ${order.user}`);
      const payload = order.payload === null ? null : JSON.stringify(order.payload);
      const [stored] = await query(INSERT, [order.reference, user.id, payload, key, hash]);
      if (!stored) {
        const [first] = await query(BY_KEY, [key]);
        if (first.request_hash !== hash) {
          throw new Refusal(422, 'this Idempotency-Key was used for another order');
        }
        return { id: first.id, replayed: true };
      }
      // In the order of their sku: two orders for the same products cannot lock each other out.
      for (const item of order.items) {
        const price = await takeFromStock(query, item);
        await query(INSERT_LINE, [stored.id, item.sku, item.quantity, price]);
      }
      return { id: stored.id, replayed: false };
    });
  }

  async one(id) {
    const [order] = await this.#database.query(ONE, [id]);
    return order ?? null;
  }

  /** One page, by id. Ids are given before commit: read it when no order is under way. */
  async page({ prefix, after, limit }) {
    const orders = await this.#database.query(EXPORT, [prefix, after, limit]);
    return { orders, next: orders.length === limit ? orders.at(-1).id : null };
  }

  async consistency() {
    const [counts] = await this.#database.query(CONSISTENCY);
    return counts;
  }
}

module.exports = { Orders };
