'use strict';

// npm run test:health — the health tests of the recovery plan, against the shop at HEALTH_URL.
// With SESSION_SECRET in the environment they also pass through the maintenance page.

const assert = require('node:assert/strict');
const { randomUUID } = require('node:crypto');
const { requireEnvironment } = require('../environment');
const { maintenancePass } = require('../signature');

const PATIENCE_MS = 5000;
const USER = 'client-001';

const { HEALTH_URL } = requireEnvironment(['HEALTH_URL']);
const secret = process.env.SESSION_SECRET;
const pass = secret ? { 'x-maintenance-pass': maintenancePass(secret) } : {};

async function ask(method, path, body, headers = {}) {
  const answer = await fetch(new URL(path, HEALTH_URL), {
    method,
    headers: { 'content-type': 'application/json', ...pass, ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type').startsWith('application/json');
  return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
}

async function expect(status, ...request) {
  const answer = await ask(...request);
  assert.equal(answer.status, status, `${request[1]}: ${JSON.stringify(answer.body)}`);
  return answer;
}

async function firstSku() {
  const { body } = await expect(200, 'GET', '/api/products');
  assert.ok(body.products.length > 0, 'no product at all');
  return body.products[0].sku;
}

const CHECKS = {
  'products are listed': firstSku,

  'the shop page is served': async () => {
    const { body } = await expect(200, 'GET', '/');
    assert.match(body, /<ul id="products">\s*<li>/, 'no product on the page');
  },

  'an order is placed once and read back': async () => {
    const order = {
      reference: `health-${randomUUID()}`,
      user: USER,
      items: [{ sku: await firstSku(), quantity: 1 }],
      payload: { health: true },
    };
    const key = { 'idempotency-key': order.reference };
    const { body: placed } = await expect(201, 'POST', '/api/orders', order, key);
    const { body: retried } = await expect(201, 'POST', '/api/orders', order, key);
    assert.equal(retried.id, placed.id, 'a retry has stored the order twice');

    const { body: found } = await expect(200, 'GET', `/api/orders/${placed.id}`);
    assert.equal(found.reference, order.reference);
    assert.equal(found.user, USER);
    assert.deepEqual(found.payload, order.payload);
    const items = found.items.map(({ sku, quantity }) => ({ sku, quantity }));
    assert.deepEqual(items, order.items);
  },

  'critical data is present and consistent': async () => {
    const { body } = await expect(200, 'GET', '/api/consistency');
    assert.ok(body.users > 0, 'no users');
    assert.equal(body.orders_without_lines, 0, 'orders without lines');
    assert.equal(body.orders_without_user, 0, 'orders without user');
    assert.equal(body.lines_without_order, 0, 'lines without order');
  },

  'a cart is kept, with Redis or without': async () => {
    const { headers } = await expect(201, 'POST', '/api/session', { user: USER });
    const cookie = { cookie: headers.get('set-cookie').split(';')[0] };
    const { body: before } = await expect(200, 'GET', '/api/cart', undefined, cookie);
    const items = [{ sku: await firstSku(), quantity: 2 }];
    await expect(200, 'PUT', '/api/cart', { items }, cookie);
    const { body: kept } = await expect(200, 'GET', '/api/cart', undefined, cookie);
    await expect(200, 'PUT', '/api/cart', { items: before.items }, cookie);
    assert.deepEqual(kept.items, items);
  },

  'the state of Redis is known': async () => {
    const { body } = await expect(200, 'GET', '/health');
    assert.ok(['up', 'down'].includes(body.redis.state), `redis is ${body.redis.state}`);
  },
};

async function main() {
  for (const [name, check] of Object.entries(CHECKS)) {
    try {
      await check();
      process.stdout.write(`ok    ${name}\n`);
    } catch (error) {
      const why = error.cause?.code || error.message;
      process.stdout.write(`FAIL  ${name}: ${why}\n`);
      process.exitCode = 1;
    }
  }
}

main();
