'use strict';

const { createHmac, timingSafeEqual } = require('node:crypto');

const COOKIE = 'session';
const PASS = 'pass:maintenance';

function sign(secret, text) {
  return createHmac('sha256', secret).update(text).digest('base64url');
}

function isSigned(secret, text, signature) {
  const wanted = Buffer.from(sign(secret, text));
  const given = Buffer.from(signature);
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}

function sessionCookie(secret, userId) {
  const value = `${userId}.${sign(secret, `session:${userId}`)}`;
  return `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Lax`;
}

/** The user's id, or null without a session that we have signed. */
function userOf(secret, request) {
  const found = /(?:^|;\s*)session=(\d+)\.([\w-]+)/.exec(request.headers.cookie ?? '');
  if (found === null) return null;
  const [, userId, signature] = found;
  return isSigned(secret, `session:${userId}`, signature) ? Number(userId) : null;
}

/** Lets the health tests in before the customers are. */
const maintenancePass = (secret) => sign(secret, PASS);

function hasMaintenancePass(secret, request) {
  return isSigned(secret, PASS, request.headers['x-maintenance-pass'] ?? '');
}

module.exports = { sessionCookie, userOf, maintenancePass, hasMaintenancePass };
