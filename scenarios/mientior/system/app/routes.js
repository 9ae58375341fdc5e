'use strict';

const { html, json, svg } = require('./answers');
const { readCart, readKey, readLogin, readOrder, readSelection } = require('./input');
const { shopPage, PLACEHOLDER_IMAGE } = require('./pages');
const { Refusal } = require('./refusal');
const { sessionCookie, userOf } = require('./signature');

const USER_ID = 'SELECT id FROM users WHERE login = $1';

function known(value, what) {
  if (value === null) throw new Refusal(404, `no such ${what}`);
  return value;
}

/** [method, path, handler]; a handler is given the request, its URL and what varies in the path. */
function routes({ database, cache, media, catalogue, carts, orders, secret }) {
  const shop = async () => {
    const [{ products }, { popular }] = await Promise.all([catalogue.all(), catalogue.popular()]);
    return html(200, shopPage({ products, popular, media }));
  };

  const health = () => {
    const states = { database: database.state, redis: cache.state, media: media.state };
    return json(200, { status: 'ok', ...states });
  };

  const product = async (request, url, sku) =>
    json(200, known(await catalogue.one(sku), 'product'));

  // Who the visitor is is taken on trust: no part of the plan is about passwords.
  const openSession = async (request) => {
    const login = await readLogin(request);
    const [user] = await database.query(USER_ID, [login]);
    if (!user) throw new Refusal(422, `no such user: ${login}`);
    return json(201, { user: login }, { 'set-cookie': sessionCookie(secret, user.id) });
  };

  const visitor = (request) => {
    const userId = userOf(secret, request);
    if (userId === null) throw new Refusal(401, 'no valid session');
    return userId;
  };

  const replaceCart = async (request) => {
    const userId = visitor(request);
    const items = await readCart(request);
    await carts.replace(userId, items);
    return json(200, { items });
  };

  const placeOrder = async (request) => {
    const key = readKey(request);
    const order = await readOrder(request);
    const { id, replayed } = await orders.place(order, key);
    return json(201, { id, reference: order.reference, replayed });
  };

  const exportOrders = async (request, url) =>
    json(200, await orders.page(readSelection(url.searchParams)));

  const order = async (request, url, id) => json(200, known(await orders.one(id), 'order'));

  return [
    ['GET', /^\/$/, shop],
    ['GET', /^\/placeholder\.svg$/, () => svg(PLACEHOLDER_IMAGE)],
    ['GET', /^\/health$/, health],
    ['GET', /^\/api\/products$/, async () => json(200, await catalogue.all())],
    ['GET', /^\/api\/products\/([^/]+)$/, product],
    ['GET', /^\/api\/popular$/, async () => json(200, await catalogue.popular())],
    ['POST', /^\/api\/session$/, openSession],
    ['GET', /^\/api\/cart$/, async (request) => json(200, await carts.of(visitor(request)))],
    ['PUT', /^\/api\/cart$/, replaceCart],
    ['POST', /^\/api\/orders$/, placeOrder],
    ['GET', /^\/api\/orders\/export$/, exportOrders],
    ['GET', /^\/api\/orders\/(\d{1,15})$/, order],
    ['GET', /^\/api\/consistency$/, async () => json(200, await orders.consistency())],
  ];
}

module.exports = { routes };
