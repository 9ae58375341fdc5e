'use strict';

const { Refusal } = require('./refusal');

const LARGEST_BODY = 256 * 1024;
const LONGEST_TEXT = 200;
const MOST_ITEMS = 50;
const MOST_OF_ONE = 1000;
const LARGEST_PAGE = 10000;

async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new Refusal(413, 'body is too large');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Refusal(400, 'body is not JSON');
  }
}

function text(value, name) {
  const usable =
    typeof value === 'string' &&
    value !== '' &&
    value.length <= LONGEST_TEXT &&
    !value.includes('\0'); // PostgreSQL's text cannot hold it
  if (!usable) throw new Refusal(400, `${name} must be 1 to ${LONGEST_TEXT} characters`);
  return value;
}

/** One entry a product, in the order of their sku. */
function readItems(items, least) {
  if (!Array.isArray(items) || items.length < least || items.length > MOST_ITEMS) {
    throw new Refusal(400, `items must be a list of ${least} to ${MOST_ITEMS}`);
  }
  const quantities = new Map();
  for (const item of items) {
    const sku = text(item?.sku, 'sku');
    const total = (quantities.get(sku) ?? 0) + item.quantity;
    if (!Number.isInteger(item.quantity) || item.quantity < 1 || total > MOST_OF_ONE) {
      throw new Refusal(400, `quantity must be 1 to ${MOST_OF_ONE}`);
    }
    quantities.set(sku, total);
  }
  return [...quantities.keys()].sort().map((sku) => ({ sku, quantity: quantities.get(sku) }));
}

async function readOrder(request) {
  const body = await readBody(request);
  return {
    reference: text(body?.reference, 'reference'),
    user: text(body.user, 'user'),
    items: readItems(body.items, 1),
    payload: body.payload ?? null,
  };
}

function readKey(request) {
  const key = request.headers['idempotency-key'];
  return key === undefined ? null : text(key, 'Idempotency-Key');
}

async function readLogin(request) {
  return text((await readBody(request))?.user, 'user');
}

async function readCart(request) {
  return readItems((await readBody(request))?.items, 0);
}

function wholeNumber(parameters, name, fallback, least, most) {
  const value = Number(parameters.get(name) ?? fallback);
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new Refusal(400, `${name} must be ${least} to ${most}`);
  }
  return value;
}

function readSelection(parameters) {
  return {
    prefix: parameters.get('prefix') ?? '',
    after: wholeNumber(parameters, 'after', 0, 0, Number.MAX_SAFE_INTEGER),
    limit: wholeNumber(parameters, 'limit', 1000, 1, LARGEST_PAGE),
  };
}

module.exports = { readOrder, readKey, readLogin, readCart, readSelection };
