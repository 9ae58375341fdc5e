'use strict';

const { readReading, readSelection, BadRequest } = require('./input');

const NOTICE_DEGRADED = {
  fr: 'Mode dégradé : chiffres estimés',
  en: 'Degraded mode: figures are estimated',
};

function dashboard({ weather, predictions, history }) {
  return {
    mode: weather.mode,
    notice: weather.mode === 'degraded' ? NOTICE_DEGRADED : null,
    weather: weather.state,
    predictions: predictions.state,
    history: history.state,
  };
}

async function generate(predictions) {
  const failure = await predictions.regenerate();
  if (failure === null) return [200, predictions.state];
  return [503, { error: 'prediction engine unavailable', reason: failure }];
}

/** Every path by method; a handler answers [status, body]. */
function routes(parts) {
  const { weather, predictions, history } = parts;

  const orUnavailable = async (status, work) => {
    try {
      return [status, await work()];
    } catch {
      return [503, { error: 'history unavailable' }];
    }
  };

  return {
    'GET /health': () => [200, { status: 'ok' }],
    'GET /api/dashboard': () => [200, dashboard(parts)],
    'GET /api/weather': () => [200, { ...weather.state, hourly: weather.hourly }],
    'GET /api/predictions': () => [200, predictions.state],
    'POST /api/predictions/generate': () => generate(predictions),
    'GET /api/history': (request, url) => {
      const { site, limit } = readSelection(url.searchParams);
      return orUnavailable(200, async () => ({ readings: await history.newest(site, limit) }));
    },
    'POST /api/readings': async (request) => {
      const { site, kw } = await readReading(request);
      return orUnavailable(201, () => history.record(site, kw));
    },
  };
}

function createHandler(parts, log) {
  const table = routes(parts);
  return async (request, response) => {
    let status;
    let body;
    try {
      const url = new URL(request.url, 'http://localhost');
      const handle = table[`${request.method} ${url.pathname}`];
      [status, body] = handle ? await handle(request, url) : [404, { error: 'no such resource' }];
    } catch (error) {
      const known = error instanceof BadRequest;
      if (!known) log(`server: ${request.method} ${request.url} failed: ${error.stack}`);
      [status, body] = known ? [400, { error: error.message }] : [500, { error: 'internal error' }];
    }
    response.writeHead(status, {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    });
    response.end(JSON.stringify(body));
  };
}

module.exports = { createHandler };
