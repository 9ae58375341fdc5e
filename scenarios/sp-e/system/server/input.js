'use strict';

const LARGEST_BODY = 64 * 1024;
const LONGEST_SITE = 64;
const DEFAULT_LIMIT = 100;
const LARGEST_LIMIT = 10000;

/** The caller's mistake; its message is shown to the caller. */
class BadRequest extends Error {}

async function readBody(request) {
  let text = '';
  request.setEncoding('utf8');
  for await (const chunk of request) {
    text += chunk;
    if (text.length > LARGEST_BODY) throw new BadRequest('body is too large');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new BadRequest('body is not JSON');
  }
}

function isSite(site) {
  return typeof site === 'string' && site !== '' && site.length <= LONGEST_SITE;
}

/** The body of POST /api/readings. */
async function readReading(request) {
  const body = await readBody(request);
  if (!isSite(body?.site)) throw new BadRequest(`site must be 1 to ${LONGEST_SITE} characters`);
  if (!Number.isFinite(body.kw) || body.kw < 0) throw new BadRequest('kw must be a number from 0');
  return { site: body.site, kw: body.kw };
}

/** The query of GET /api/history. */
function readSelection(parameters) {
  const limit = Number(parameters.get('limit') ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_LIMIT) {
    throw new BadRequest(`limit must be 1 to ${LARGEST_LIMIT}`);
  }
  return { site: parameters.get('site'), limit };
}

module.exports = { readReading, readSelection, BadRequest };
