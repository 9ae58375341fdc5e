'use strict';

const { html, json, send } = require('./answers');
const { DatabaseUnavailable } = require('./database');
const { readMaintenance } = require('./maintenance');
const { maintenancePage, unavailablePage } = require('./pages');
const { Refusal } = require('./refusal');
const { hasMaintenancePass } = require('./signature');

function urlOf(request) {
  try {
    return new URL(request.url, 'http://localhost');
  } catch {
    return null;
  }
}

const isApi = (url) => url.pathname.startsWith('/api/');

function underMaintenance(url, maintenance) {
  const headers = { 'retry-after': String(maintenance.retryAfterS) };
  if (!isApi(url)) return html(503, maintenancePage(maintenance), headers);
  return json(503, { error: 'maintenance', until: maintenance.until }, headers);
}

function failed(request, url, error, log) {
  if (error instanceof Refusal) return json(error.status, { error: error.message });
  const known = error.outcome === undefined ? '' : ` (${error.outcome})`;
  log.error(`${request.method} ${url.pathname} failed: ${error.message}${known}`);
  if (!(error instanceof DatabaseUnavailable)) {
    log.error(error.stack);
    return json(500, { error: 'internal error' });
  }
  if (!isApi(url)) return html(503, unavailablePage());
  const { message: reason, outcome } = error;
  // Only who wanted something stored is told what has become of it.
  const told = request.method === 'GET' ? {} : { outcome };
  return json(503, { error: 'database unavailable', reason, ...told });
}

function createHandler({ table, secret, maintenanceFile, log }) {
  const answer = async (request, url) => {
    // Health tells of the process, which maintenance does not stop.
    if (url.pathname !== '/health' && !hasMaintenancePass(secret, request)) {
      const maintenance = await readMaintenance(maintenanceFile, new Date());
      if (maintenance !== null) return underMaintenance(url, maintenance);
    }
    for (const [method, path, handle] of table) {
      const found = method === request.method && path.exec(url.pathname);
      if (found) return handle(request, url, found[1]);
    }
    throw new Refusal(404, 'no such resource');
  };

  return async (request, response) => {
    const url = urlOf(request);
    try {
      if (url === null) throw new Refusal(400, 'unusable address');
      send(response, await answer(request, url));
    } catch (error) {
      send(response, failed(request, url, error, log));
    }
  };
}

module.exports = { createHandler };
